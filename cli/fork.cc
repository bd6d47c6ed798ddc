// groklab fork
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "groklab/lab/fork_config.h"
#include "groklab/lab/run_state.h"
#include "training.h"

namespace groklab::cli {

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
  command->add_option("--at", options->at, "Step of the parent to start from, or 'last' (the default)");
  add_set_option(*command, options->assignments);
  options->flags.add_to(*command);
  command->add_flag("--force", options->flags.force, "Train anew, replacing the stored run");
  command->callback([options, &action] {
    action = [options] {
      Store store = options->flags.store.open_existing();
      const std::string parent = store.resolve(options->run);
      const std::int64_t step = parse_step(options->at, store, parent);
      const PreparedRun run = prepare_run(fork_config(store, parent, step, options->assignments), &store);
      return train_and_summarise(run, store, options->flags);
    };
  });
}

}  // namespace groklab::cli
