// Tests of changes of a configuration, and of what follows from them.
#include "groklab/config/change.h"

#include <gtest/gtest.h>

#include "groklab/config/config_test_util.h"

namespace groklab {
namespace {

TEST(ChangeConfig, AFractionReplacesAStoredSize) {
  Config config = config_with("split.train_size=100");
  change_config(config, {" split.train_fraction = 0.5"});
  EXPECT_EQ(config.split.train_size, 0);
  EXPECT_EQ(config.split.train_fraction, 0.5);
  change_config(config, {"split.train_size=30", "split.train_fraction=0.4"});
  EXPECT_EQ(config.split.train_size, 30);
  change_config(config, {"optim.weight_decay=2"});
  EXPECT_EQ(config.split.train_size, 30) << "other keys leave it alone";
}

TEST(ChangeConfig, AnotherFileForgetsTheDigest) {
  Config config = config_with("task.table=a.csv", "task.table_digest=11", "split.file=b", "split.file_digest=22");
  change_config(config, {"seed=1"});
  EXPECT_EQ(config.task.table_digest, "11");
  change_config(config, {"task.table=c.csv"});
  EXPECT_EQ(config.task.table_digest, "");
  EXPECT_EQ(config.split.file_digest, "22");
  change_config(config, {"split.file=d", "split.file_digest=33"});
  EXPECT_EQ(config.split.file_digest, "33") << "one that is given counts";
}

TEST(ChangeConfig, ErrorsNameTheOption) {
  Config config;
  EXPECT_EQ(error_of([&] { change_config(config, {"optim.beta1=2"}, "grid.toml:4"); }),
            "grid.toml:4: optim.beta1 = 2: expected a number in [0, 1), found 2");
}

}  // namespace
}  // namespace groklab
