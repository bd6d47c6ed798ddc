// groklab export
#include "groklab/store/export.h"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "commands.h"
#include "figures.h"
#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/lab/run_state.h"
#include "groklab/lab/split_export.h"
#include "groklab/report/report_run.h"
#include "groklab/store/export_parquet.h"
#include "groklab/view/text.h"
#include "options.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

struct ExportOptions {
  std::string run, format, output, where, at = "last";
  StoreOption store;
};

int export_whole_store(const ExportOptions& options) {
  if (!options.run.empty()) {
    fail(ErrorKind::kConfig, "export: expected no RUN for parquet, which has all runs or those of --where, found {}",
         options.run);
  }
  if (options.output == "-") fail(ErrorKind::kConfig, "--output: expected a folder for parquet, found -");
  const Store store = options.store.open_existing();
  const std::string folder = options.output.empty() ? "groklab-parquet" : options.output;
  const ParquetReport report = export_parquet(store, options.where, folder);
  print_damaged(report.damaged);
  print_out("{}: {} runs, {} records, {} probe results\n", folder, format_count(report.runs),
            format_count(report.records), format_count(report.probes));
  return report.damaged.empty() ? kExitOk : kExitFailed;
}

void check_one_run(const std::string& run, const std::string& where) {
  if (run.empty()) fail(ErrorKind::kConfig, "export: expected RUN, found none");
  if (!where.empty()) fail(ErrorKind::kConfig, "--where: expected --format parquet, which has many runs");
}

/// Where the file goes: text to standard output, the others to a file, or folder, named after the run.
std::string default_output(const std::string& id, ExportFormat format, const std::string& name) {
  if (format == ExportFormat::kFigures) return fmt::format("groklab-{}-figures", id);
  const bool is_text = format == ExportFormat::kCsv || format == ExportFormat::kJson || format == ExportFormat::kSplit;
  return is_text ? "-" : fmt::format("groklab-{}.{}", id, name);
}

int export_figures(const Store& store, const std::string& id, const std::string& folder) {
  if (folder == "-") fail(ErrorKind::kConfig, "--output: expected a folder for figures, found -");
  ThreadPool pool(ThreadPool::default_threads(), Binding::kAll);
  const std::vector<Figure> figures = report_figures({report_run(store, id, 1, true, pool)});
  const WrittenFigures written = write_figures(figures, folder);
  print_out("{}: {} figures as {}\n", folder, format_count(static_cast<std::int64_t>(figures.size())),
            join(written.kinds, ", "));
  if (!written.missing.empty()) print_note("{}", written.missing);
  return kExitOk;
}

void export_split(const Store& store, const std::string& id, const std::string& output) {
  const PreparedRun run = prepare_stored_run(store, id);
  write_output(output, output.ends_with(".npy") ? split_npy(run) : split_csv(run));
}

int export_to(const ExportOptions& options) {
  if (options.format == "parquet") return export_whole_store(options);
  check_one_run(options.run, options.where);
  const ExportFormat format = parse_export_format(options.format);
  const Store store = options.store.open_existing();
  const std::string id = store.resolve(options.run);
  const std::int64_t step = options.at == "last" ? -1 : parse_step(options.at, store, id);
  if (step >= 0 && format != ExportFormat::kSafetensors) {
    fail(ErrorKind::kConfig, "--at: expected --format safetensors (the others are about all steps), found {}",
         options.format);
  }
  const std::string output = options.output.empty() ? default_output(id, format, options.format) : options.output;
  if (format == ExportFormat::kFigures) return export_figures(store, id, output);
  if (format == ExportFormat::kSplit) {
    export_split(store, id, output);
  } else if (output != "-") {
    export_run(store, id, format, output, step);
    if (options.output.empty()) print_out("{}\n", output);
  } else if (format == ExportFormat::kCsv) {
    records_to_csv(store, id, write_data);
  } else if (format == ExportFormat::kJson) {
    run_to_json_text(store, id, write_data);
  } else {
    fail(ErrorKind::kConfig, "--output: expected a file for {}, found -", options.format);
  }
  return kExitOk;
}

}  // namespace

void add_export(CLI::App& program, Action& action) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command =
      program.add_subcommand("export", "Write a run's records, weights, rows or figures for other programs");
  command->add_option("RUN", options->run, "Run id, a unique start of one, 'last', or a name; none for parquet");
  command
      ->add_option("--format", options->format,
                   "csv, json, npz (records), safetensors (weights), split (the table's rows), figures (SVG, PDF), or "
                   "parquet (the whole store)")
      ->required();
  command->add_option("--output,-o", options->output,
                      "File (default: standard output for text, else groklab-RUN.FORMAT), of figures and parquet a "
                      "folder; a split is a NumPy array where it ends in .npy");
  command->add_option("--where", options->where, "Of parquet: runs of a condition, as in groklab runs");
  command->add_option("--at", options->at, "Step of the weights, or 'last' (the default)");
  options->store.add_to(*command);
  command->callback([options, &action] { action = [options] { return export_to(*options); }; });
}

}  // namespace groklab::cli
