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
#include "terminal.h"

namespace groklab::cli {

void add_report(CLI::App& program, Action& action) {
  struct Options {
    std::vector<std::string> runs;
    std::string output, title;
    std::int64_t fixed_input = 1;
    StoreOption store;
    ThreadsOption threads;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("report", "Write one HTML page about runs: curves, heat map, config");
  command->add_option("RUN", options->runs, "Run ids, unique starts of them, or 'last'; several are overlaid")
      ->required();
  command->add_option("--output,-o", options->output, "The page's file (default: groklab-RUN.html)");
  command->add_option("--title", options->title, "The page's title");
  command->add_option("--slice", options->fixed_input, "First input of the rows in the logit heat map (default: 1)");
  options->store.add_to(*command);
  options->threads.add_to(*command);
  command->callback([options, &action] {
    action = [options] {
      const Store store = options->store.open_existing();
      if (!options->output.empty()) check_output_file(options->output);
      ThreadPool pool(options->threads.count(), Binding::kAll);
      std::vector<ReportRun> runs;
      std::vector<std::string> ids;
      for (const std::string& name : options->runs) {
        ids.push_back(store.resolve(name));
        runs.push_back(report_run(store, ids.back(), options->fixed_input, options->runs.size() == 1, pool));
      }
      const std::string title = options->title.empty()
                                    ? fmt::format("groklab run{} {}", ids.size() > 1 ? "s" : "", join(ids, ", "))
                                    : options->title;
      const std::string file = options->output.empty() ? fmt::format("groklab-{}.html", ids.front()) : options->output;
      write_output(file, render_report(runs, title));
      if (file != "-") print_out("{}\n", file);
      return kExitOk;
    };
  });
}

}  // namespace groklab::cli
