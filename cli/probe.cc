// groklab probe
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/lab/loaded_network.h"
#include "groklab/lab/probe_network.h"
#include "groklab/probe/probe_text.h"
#include "groklab/probe/prober.h"
#include "groklab/view/text.h"
#include "options.h"
#include "run_text.h"

namespace groklab::cli {
namespace {

struct ProbeOptions {
  std::string source, at = "last", file, probes = "all";
  std::vector<std::string> assignments;
  bool json = false;
  StoreOption store;
  ThreadsOption threads;
};

std::string text_of(const std::vector<ProbeResult>& results) {
  std::string text;
  for (const ProbeResult& result : results) {
    text += fmt::format("{}step {}\n", text.empty() ? "" : "\n", format_count(result.step));
    std::string probe;
    for (const ProbeLine& line : probe_lines(result)) {
      text += fmt::format("{:<12} {}: {}\n", line.probe == probe ? "" : line.probe, line.name, line.value);
      probe = line.probe;
    }
    if (probe.empty()) text += "nothing: the task has no group or symmetry that these probes know\n";
  }
  return text;
}

std::string json_of(const LoadedNetwork* network, const std::string& id, const std::vector<ProbeResult>& results) {
  nlohmann::ordered_json json;
  if (!id.empty()) json["run"] = id;
  if (network != nullptr) {
    json["task"] = network->run.task().name;
    json["has_split"] = network->has_split;
  }
  json["results"] = nlohmann::ordered_json::array();
  for (const ProbeResult& result : results) json["results"].push_back(probe_result_to_json(result));
  return json_text(json, 2) + "\n";
}

int run_probe(const ProbeOptions& options) {
  const ProbeSet set = parse_probes(options.probes, "--probes");
  ThreadPool pool(options.threads.count(), Binding::kAll);
  const bool is_file = options.source.ends_with(".safetensors");
  std::string id;
  std::optional<LoadedNetwork> network;
  if (is_file) {
    const auto base = options.file.empty() ? std::nullopt : std::optional(read_config(options.file, {}));
    network = load_weights(options.source, base, options.assignments, pool);
  } else {
    if (!options.file.empty()) fail(ErrorKind::kConfig, "--config: only for a file, a run has its own");
    Store store = options.store.open_existing();
    id = store.resolve(options.source);
    if (options.at == "all") {
      if (!options.assignments.empty()) fail(ErrorKind::kConfig, "--set: not with --at all");
      const std::vector<ProbeResult> results = probe_checkpoints(store, id, set, pool);
      write_text(options.json ? json_of(nullptr, id, results) : text_of(results));
      return kExitOk;
    }
    network = load_run(store, id, options.at, options.assignments, pool);
  }
  std::vector<ProbeResult> results = {network->run.prober().read(network->run.engine(), set, true)};
  results[0].step = network->step;
  write_text(options.json ? json_of(&*network, id, results) : text_of(results));
  return kExitOk;
}

std::string probes_help() {
  std::string text = "Names separated by commas, or all (the default):";
  for (const ProbeDescriptor* probe : probe_table()) {
    text += fmt::format("\n{}: {} ({})", probe->spec.name, probe->spec.meaning, probe->cost);
  }
  return text;
}

}  // namespace

void add_probe(CLI::App& program, Action& action) {
  auto options = std::make_shared<ProbeOptions>();
  CLI::App* command = program.add_subcommand(
      "probe", "Look inside a network: circuits, frequencies, neurons, and what taking them away does");
  command
      ->add_option("NETWORK", options->source,
                   "Run id, a unique start of one, or 'last'; or a .safetensors file with TransformerLens names")
      ->required();
  command->add_option("--probes", options->probes, probes_help());
  command->add_option("--at", options->at,
                      "Step of the run, 'last' (the default), or 'all' stored checkpoints, whose results are kept for "
                      "the report");
  command->add_option("--config", options->file,
                      "TOML file: the task and what shapes cannot say (for weights that groklab did not export)");
  add_set_option(*command, options->assignments);
  command->add_flag("--json", options->json, "As JSON, with spectra, single neurons and sweeps");
  options->store.add_to(*command);
  options->threads.add_to(*command);
  command->callback([options, &action] { action = [options] { return run_probe(*options); }; });
}

}  // namespace groklab::cli
