// groklab train, groklab resume
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "training.h"

namespace groklab::cli {

void add_train(CLI::App& program, Action& action) {
  struct Options {
    std::string file;
    std::vector<std::string> assignments;
    TrainingFlags flags;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("train", "Train a network; go on if it is unfinished, show it if done");
  command->add_option("CONFIG", options->file, "TOML file (see groklab config --example); without it, the defaults");
  add_set_option(*command, options->assignments);
  options->flags.add_to(*command);
  command->add_flag("--force", options->flags.force, "Train anew, replacing the stored run");
  command->callback([options, &action] {
    action = [options] {
      const Config config = read_config(options->file, options->assignments);
      // Checked before the store is made: a bad config leaves no empty store behind.
      const bool is_fork = !config.fork.run.empty();
      if (!is_fork) {
        const PreparedRun run = prepare_run(config, nullptr);
        Store store = options->flags.store.open();
        return train_and_summarise(run, store, options->flags, options->assignments);
      }
      Store store = options->flags.store.open_existing();
      const PreparedRun run = prepare_run(config, &store);
      return train_and_summarise(run, store, options->flags, options->assignments);
    };
  });
}

void add_resume(CLI::App& program, Action& action) {
  struct Options {
    std::string run;
    TrainingFlags flags;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("resume", "Go on with an interrupted or killed run");
  command->add_option("RUN", options->run, "Run id, a unique start of one, or 'last'")->required();
  options->flags.add_to(*command);
  command->callback([options, &action] {
    action = [options] {
      Store store = options->flags.store.open_existing();
      const PreparedRun run = prepare_stored_run(store, store.resolve(options->run));
      return train_and_summarise(run, store, options->flags);
    };
  });
}

}  // namespace groklab::cli
