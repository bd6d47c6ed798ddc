// The command on a run's card makes that run again.
#include "groklab/report/config_diff.h"

#include <gtest/gtest.h>

#include "groklab/config.h"
#include "groklab/config/change.h"

namespace groklab::report {
namespace {

/// The settings of a command, its quotes taken away.
std::vector<std::string> settings_of(std::string command) {
  std::vector<std::string> settings;
  static const std::string kSet = " --set ";
  for (std::size_t at = command.find(kSet); at != std::string::npos; at = command.find(kSet, at + 1)) {
    std::string word = command.substr(at + kSet.size(), command.find(kSet, at + 1) - at - kSet.size());
    std::erase(word, '\'');
    settings.push_back(word);
  }
  return settings;
}

// Catches: a key left out, booleans as the page's table writes them, a value that --set does not take.
TEST(TrainCommand, GivesARunOfTheSameId) {
  for (const std::vector<std::string>& changes :
       {std::vector<std::string>{},
        {"seed=7", "task.modulus=31", "task.operation=sum_of_squares", "split.train_fraction=0.35"},
        {"optim.kind=adam", "optim.weight_decay=1e-5", "optim.schedule=cosine", "optim.decay=*.W_*",
         "model.tied_embeddings=true", "model.layer_norm=pre", "model.biases=all", "train.precision=float64"},
        {"task.operation=parity", "task.parity_bits=12", "model.architecture=mlp", "split.train_size=300",
         "train.stop_test_accuracy=0.99"}}) {
    Config config;
    change_config(config, changes, "test");
    const ResolvedConfig resolved = resolve_config(config);
    const std::string command = train_command(*resolved);
    EXPECT_EQ(command.rfind("groklab train", 0), 0u);
    Config again;
    change_config(again, settings_of(command), command);
    EXPECT_EQ(resolve_config(again).id(), resolved.id()) << command;
  }
}

TEST(TrainCommand, OfAForkStartsFromItsParentAndQuotesWhatAShellWouldRead) {
  Config config;
  config.fork = {"aa11bb22cc33", 4000, false};
  config.split.train_size = 300;
  config.task.table = "my table; rm.csv";
  const std::string command = train_command(config);
  EXPECT_EQ(command.rfind("groklab fork aa11bb22cc33 --at 4000 --set task.table='my table; rm.csv' ", 0), 0u)
      << command;
  EXPECT_NE(command.find(" --set split.train_size=300"), std::string::npos);
  EXPECT_EQ(command.find("fork.run"), std::string::npos);
}

// A store is untrusted, and people paste what the page says.
TEST(TrainCommand, QuotesAParentThatIsNoId) {
  Config config;
  config.fork = {"$(touch x)", 4000, false};
  EXPECT_EQ(train_command(config).rfind("groklab fork '$(touch x)' --at 4000", 0), 0u) << train_command(config);
}

}  // namespace
}  // namespace groklab::report
