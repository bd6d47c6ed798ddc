// groklab export
#include "groklab/store/export.h"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/lab/run_state.h"
#include "groklab/store/export_parquet.h"
#include "groklab/view/text.h"
#include "options.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

/// Where the file goes: text to standard output, the others to a file named after the run.
std::string default_output(const std::string& id, const std::string& format) {
  return format == "csv" || format == "json" ? "-" : fmt::format("groklab-{}.{}", id, format);
}

int export_whole_store(const StoreOption& option, const std::string& run, const std::string& where,
                       const std::string& output) {
  if (!run.empty()) {
    fail(ErrorKind::kConfig, "export: expected no RUN for parquet, which has all runs or those of --where, found {}",
         run);
  }
  if (output == "-") fail(ErrorKind::kConfig, "--output: expected a folder for parquet, found -");
  const Store store = option.open_existing();
  const std::string folder = output.empty() ? "groklab-parquet" : output;
  const ParquetReport report = export_parquet(store, where, folder);
  for (const std::string& line : report.damaged) print_error(line);
  print_out("{}: {} runs, {} records, {} probe results\n", folder, format_count(report.runs),
            format_count(report.records), format_count(report.probes));
  return report.damaged.empty() ? kExitOk : kExitFailed;
}

void check_one_run(const std::string& run, const std::string& where) {
  if (run.empty()) fail(ErrorKind::kConfig, "export: expected RUN, found none");
  if (!where.empty()) fail(ErrorKind::kConfig, "--where: expected --format parquet, which has many runs");
}

}  // namespace

void add_export(CLI::App& program, Action& action) {
  struct Options {
    std::string run, format, output, at = "last";
    std::string where;
    StoreOption store;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("export", "Write a run's records or weights for other programs");
  command->add_option("RUN", options->run, "Run id, a unique start of one, or 'last'; none for parquet");
  command
      ->add_option("--format", options->format,
                   "csv, json, npz (records), safetensors (weights), or parquet (the whole store)")
      ->required();
  command->add_option("--output,-o", options->output,
                      "File (default: standard output for csv and json, else groklab-RUN.FORMAT); for parquet a folder "
                      "(default: groklab-parquet)");
  command->add_option("--where", options->where, "Of parquet: runs of a condition, as in groklab runs");
  command->add_option("--at", options->at, "Step of the weights, or 'last' (the default)");
  options->store.add_to(*command);
  command->callback([options, &action] {
    action = [options] {
      if (options->format == "parquet") {
        return export_whole_store(options->store, options->run, options->where, options->output);
      }
      check_one_run(options->run, options->where);
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
