// groklab export
#include "groklab/store/export.h"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/lab/run_state.h"
#include "options.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

/// Where the file goes: text to standard output, the others to a file named after the run.
std::string default_output(const std::string& id, const std::string& format) {
  return format == "csv" || format == "json" ? "-" : fmt::format("groklab-{}.{}", id, format);
}

}  // namespace

void add_export(CLI::App& program, Action& action) {
  struct Options {
    std::string run, format, output, at = "last";
    StoreOption store;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("export", "Write a run's records or weights for other programs");
  command->add_option("RUN", options->run, "Run id, a unique start of one, or 'last'")->required();
  command->add_option("--format", options->format, "csv, json, npz (records) or safetensors (weights)")->required();
  command->add_option("--output,-o", options->output,
                      "File (default: standard output for csv and json, else groklab-RUN.FORMAT)");
  command->add_option("--at", options->at, "Step of the weights, or 'last' (the default)");
  options->store.add_to(*command);
  command->callback([options, &action] {
    action = [options] {
      const ExportFormat format = parse_export_format(options->format);
      const Store store = options->store.open_existing();
      const std::string id = store.resolve(options->run);
      const std::int64_t step = options->at == "last" ? -1 : parse_step(options->at, store, id);
      if (step >= 0 && format != ExportFormat::kSafetensors) {
        fail(ErrorKind::kConfig, "--at: expected --format safetensors (records have all steps), found {}",
             options->format);
      }
      const std::string output = options->output.empty() ? default_output(id, options->format) : options->output;
      if (output != "-") {
        export_run(store, id, format, output, step);
        if (options->output.empty()) print_out("{}\n", output);
      } else if (format == ExportFormat::kCsv) {
        records_to_csv(store, id, write_data);
      } else if (format == ExportFormat::kJson) {
        run_to_json_text(store, id, write_data);
      } else {
        fail(ErrorKind::kConfig, "--output: expected a file for {}, found -", options->format);
      }
      return kExitOk;
    };
  });
}

}  // namespace groklab::cli
