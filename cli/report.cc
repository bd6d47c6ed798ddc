// groklab report
#include "groklab/report/report.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/report/report_run.h"
#include "options.h"
#include "overview.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

constexpr std::size_t kMostOverlaid = 8;  ///< more runs are aggregated

struct ReportOptions {
  std::vector<std::string> runs;
  std::string output, title, where;
  std::int64_t fixed_input = 1;
  OverviewFlags overview;
  StoreOption store;
  ThreadsOption threads;
};

std::string page_of_each(const ReportOptions& options, const Store& store, const std::vector<std::string>& ids) {
  ThreadPool pool(options.threads.count(), Binding::kAll);
  std::vector<ReportRun> runs;
  for (const std::string& id : ids) {
    runs.push_back(report_run(store, id, options.fixed_input, ids.size() == 1, pool));
  }
  const std::string title = fmt::format("groklab run{} {}", ids.size() > 1 ? "s" : "", join(ids, ", "));
  return render_report(runs, options.title.empty() ? title : options.title);
}

/// The command line that makes the page again.
std::string command_of(const ReportOptions& options) {
  std::string command = "groklab report";
  for (const std::string& run : options.runs) command += " " + run;
  if (!options.where.empty()) command += " --where " + shell_quoted(options.where);
  return command + options.overview.as_arguments() + options.store.as_argument();
}

int report(const ReportOptions& options) {
  const bool chosen = !options.where.empty() || options.overview.any();
  if (options.runs.empty() && !chosen) {
    fail(ErrorKind::kConfig, "report: expected RUN, --where or --x, found none of them");
  }
  if (!options.runs.empty() && !options.where.empty()) {
    fail(ErrorKind::kConfig, "report: expected RUN or --where, found both");
  }
  const Store store = options.store.open_existing();
  if (!options.output.empty()) check_output_file(options.output);
  std::vector<std::string> ids;
  for (const std::string& name : options.runs) ids.push_back(store.resolve(name));
  std::vector<RunInfo> infos;
  if (ids.empty()) infos = store.runs(options.where);
  if (ids.empty() && infos.empty()) fail(ErrorKind::kStore, "report: expected runs, found none: {}", options.where);
  const bool each = !chosen && ids.size() <= kMostOverlaid;
  if (!each) {
    for (const std::string& id : ids) infos.push_back(store.run(id));
  }
  const std::string title = options.title.empty() ? fmt::format("{} runs", infos.size()) : options.title;
  const std::string page = each ? page_of_each(options, store, ids)
                                : overview_page(store, infos, options.overview, command_of(options), title);
  const std::string file = !options.output.empty() ? options.output
                           : each                  ? fmt::format("groklab-{}.html", ids.front())
                                                   : "groklab-runs.html";
  write_output(file, page);
  if (file != "-") print_out("{}\n", file);
  return kExitOk;
}

}  // namespace

void add_report(CLI::App& program, Action& action) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command =
      program.add_subcommand("report", "Write one HTML page: about a run, a few overlaid, or many aggregated");
  command->add_option("RUN", options->runs,
                      "Run ids, unique starts of them, or 'last'; up to 8 are overlaid, more aggregated");
  command->add_option("--where", options->where, "Condition as in groklab runs: all runs that meet it, aggregated");
  options->overview.add_to(*command);
  command->add_option("--output,-o", options->output, "The page's file (default: groklab-RUN.html, groklab-runs.html)");
  command->add_option("--title", options->title, "The page's title");
  command->add_option("--slice", options->fixed_input, "First input of the rows in the logit heat map (default: 1)");
  options->store.add_to(*command);
  options->threads.add_to(*command);
  command->callback([options, &action] { action = [options] { return report(*options); }; });
}

}  // namespace groklab::cli
