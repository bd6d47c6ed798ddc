// groklab eval
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/lab/evaluate.h"
#include "groklab/store/run_json.h"
#include "groklab/view/text.h"
#include "options.h"
#include "run_text.h"

namespace groklab::cli {
namespace {

std::string group_line(const char* name, const GroupMetrics& group) {
  if (group.rows == 0) return "";  // the test rows of a run that trains on all
  return fmt::format("{:<9} {:>8} rows  loss {:.10g}  accuracy {:.6f}\n", name, format_count(group.rows), group.loss,
                     group.accuracy);
}

std::string text_of(const Evaluation& result) {
  const nlohmann::json config = config_to_json(result.config);
  std::string text =
      fmt::format("{}, {} parameters, norm {}, {}\n", result.task_name, format_count(result.n_parameters),
                  format_number(result.norm), config["train"]["precision"].get<std::string>());
  text += group_line("all rows", result.all);
  if (result.has_split) text += group_line("train", result.train) + group_line("test", result.test);
  return text;
}

std::string json_of(const Evaluation& result) {
  const nlohmann::json config = config_to_json(result.config);
  nlohmann::ordered_json json = {{"task", result.task_name},
                                 {"step", result.step},
                                 {"parameters", result.n_parameters},
                                 {"norm", result.norm},
                                 {"precision", config["train"]["precision"]},
                                 {"model", config["model"]}};
  json["all"] = group_to_json(result.all);
  if (result.has_split) {
    json["train"] = group_to_json(result.train);
    json["test"] = group_to_json(result.test);
  }
  return json_text(json, 2) + "\n";
}

}  // namespace

void add_eval(CLI::App& program, Action& action) {
  struct Options {
    std::string run, weights, file, at = "last";
    std::vector<std::string> assignments;
    bool json = false;
    StoreOption store;
    ThreadsOption threads;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("eval", "Loss and accuracy of a stored run or of other people's weights");
  CLI::Option* run = command->add_option("RUN", options->run, "Run id, a unique start of one, or 'last'");
  CLI::Option* weights = command->add_option("--weights", options->weights,
                                             "Safetensors file with TransformerLens names; the shape is read from it");
  weights->excludes(run);
  command
      ->add_option("--config", options->file,
                   "TOML file: the task and what shapes cannot say (for weights that groklab did not export)")
      ->excludes(run);
  command->add_option("--at", options->at, "Step of the run, or 'last' (the default)")->excludes(weights);
  add_set_option(*command, options->assignments);
  command->add_flag("--json", options->json, "As JSON, with all metrics");
  options->store.add_to(*command);
  options->threads.add_to(*command);
  command->callback([options, &action] {
    action = [options] {
      ThreadPool pool(options->threads.count(), Binding::kAll);
      Evaluation result;
      if (!options->weights.empty()) {
        const auto base = options->file.empty() ? std::nullopt : std::optional(read_config(options->file, {}));
        result = evaluate_weights(options->weights, base, options->assignments, pool);
      } else if (!options->run.empty()) {
        const Store store = options->store.open_existing();
        result = evaluate_run(store, store.resolve(options->run), options->at, options->assignments, pool);
      } else {
        fail(ErrorKind::kConfig, "eval: expected a run or --weights FILE.safetensors, found neither");
      }
      write_text(options->json ? json_of(result) : text_of(result));
      return kExitOk;
    };
  });
}

}  // namespace groklab::cli
