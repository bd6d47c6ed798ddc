// groklab fork
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "groklab/lab/fork_config.h"
#include "groklab/lab/mixed_start.h"
#include "groklab/lab/run_state.h"
#include "groklab/view/text.h"
#include "terminal.h"
#include "training.h"

namespace groklab::cli {

namespace {

std::int64_t start_step(const std::string& at, const Store& store, const std::string& parent,
                        const TrainingFlags& flags) {
  const std::optional<double> ratio = parse_balance(at);
  if (!ratio) return parse_step(at, store, parent);
  ThreadPool pool(flags.threads.count());
  const MixedState start = mixed_start(store, parent, *ratio, pool);
  if (!flags.quiet) {
    print_note("forking run {} at step {}, where G / M is {:.3g}", parent, format_count(start.step), start.ratio);
  }
  return start.step;
}

}  // namespace

void add_fork(CLI::App& program, Action& action) {
  struct Options {
    std::string run;
    std::string at = "last";
    std::vector<std::string> assignments;
    TrainingFlags flags;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("fork", "Train a new run from a stored state, with another data set, weight decay, ...");
  command->add_option("RUN", options->run, "The parent: a run id, a unique start of one, or 'last'")->required();
  command->add_option(
      "--at", options->at,
      "Step of the parent to start from, 'last' (the default), or 'balance[=RATIO]': the stored state whose "
      "generalising over memorising logit is nearest to RATIO (1)");
  add_set_option(*command, options->assignments);
  options->flags.add_to(*command);
  command->add_flag("--force", options->flags.force, "Train anew, replacing the stored run");
  command->callback([options, &action] {
    action = [options] {
      Store store = options->flags.store.open_existing();
      const std::string parent = store.resolve(options->run);
      const std::int64_t step = start_step(options->at, store, parent, options->flags);
      const PreparedRun run = prepare_run(fork_config(store, parent, step, options->assignments), &store);
      return train_and_summarise(run, store, options->flags, options->assignments);
    };
  });
}

}  // namespace groklab::cli
