// Splits: sizes, nesting, forks and their roles, files.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "groklab/task.h"
#include "groklab/task/test_help.h"

namespace groklab {
namespace {

using Rows = std::vector<std::int64_t>;

Task small_task(std::int64_t modulus = 10) {
  TaskConfig config;
  config.modulus = modulus;
  return task_of(config, 0);
}

SplitConfig sized(std::int64_t size, SplitMethod method = SplitMethod::kPhilox) {
  SplitConfig config;
  config.train_size = size;
  config.method = method;
  return config;
}

bool contains(const Split& larger, const Split& smaller) {
  return std::includes(larger.train.begin(), larger.train.end(), smaller.train.begin(), smaller.train.end());
}

std::int64_t count(const Split& split, RowRole role) { return std::count(split.role.begin(), split.role.end(), role); }

TEST(Split, PaperFractionGives3830Rows) {
  const Split split = split_of(SplitConfig{}, small_task(113), 0);
  EXPECT_EQ(split.train.size(), 3830u);
  EXPECT_EQ(split.role.size(), 12769u);
  EXPECT_TRUE(std::is_sorted(split.train.begin(), split.train.end()));
  EXPECT_EQ(std::set<std::int64_t>(split.train.begin(), split.train.end()).size(), 3830u);
  EXPECT_EQ(count(split, RowRole::kTrain), 3830);
  EXPECT_EQ(count(split, RowRole::kNeverSeen), 12769 - 3830);
  for (const std::int64_t row : split.train) ASSERT_EQ(split.role[static_cast<std::size_t>(row)], RowRole::kTrain);
}

TEST(Split, FractionsThatMeanAWholeNumberAreNotRoundedDown) {
  for (int percent = 1; percent <= 100; ++percent) {
    SplitConfig config;
    config.train_fraction = percent / 100.0;
    EXPECT_EQ(static_cast<int>(split_of(config, small_task(), 0).train.size()), percent);
  }
}

TEST(Split, FollowsTheSeed) {
  const Task task = small_task();
  EXPECT_EQ(split_of(sized(30), task, 1).train, split_of(sized(30), task, 1).train);
  EXPECT_NE(split_of(sized(30), task, 1).train, split_of(sized(30), task, 2).train);
  SplitConfig own_seed = sized(30);
  own_seed.seed = 2;
  EXPECT_EQ(split_of(own_seed, task, 1).train, split_of(sized(30), task, 2).train);
}

TEST(Split, SubsetsOfOneSeedAreNested) {
  const Task task = small_task();
  for (const SplitMethod method : {SplitMethod::kPhilox, SplitMethod::kTorchRandperm}) {
    for (std::int64_t size = 1; size < 100; ++size) {
      EXPECT_TRUE(contains(split_of(sized(size + 1, method), task, 4), split_of(sized(size, method), task, 4)));
    }
  }
  EXPECT_FALSE(contains(split_of(sized(60), task, 5), split_of(sized(50), task, 4)));  // another seed
}

TEST(Split, AllRowsMayTrain) {
  const Split split = split_of(sized(100), small_task(), 0);
  EXPECT_EQ(split.train.size(), 100u);
  EXPECT_EQ(count(split, RowRole::kNeverSeen), 0);
}

TEST(Split, RefusesSizesOutOfRange) {
  const Task task = small_task();
  expect_error(ErrorKind::kConfig, {"split.train_size = -1"}, [&] { split_of(sized(-1), task, 0); });
  expect_error(ErrorKind::kConfig, {"split.train_size = 101", "1..100"}, [&] { split_of(sized(101), task, 0); });
  EXPECT_EQ(split_of(sized(100), task, 0).train.size(), 100u);
  for (const double fraction : {0.0, 0.009, -0.5, 1.01, std::nan("")}) {
    SplitConfig config;
    config.train_fraction = fraction;
    expect_error(ErrorKind::kConfig, {"split.train_fraction = ", "expected "}, [&] { split_of(config, task, 0); });
  }
  SplitConfig tiny;
  tiny.train_fraction = 0.009;
  expect_error(ErrorKind::kConfig, {"1..100 rows, found 0 rows"}, [&] { training_rows(tiny, 100); });
}

TEST(Split, ForkToFewerRowsRemembersTheRemovedOnes) {
  const Task task = small_task();
  const Split parent = split_of(sized(60), task, 0);
  // Also with another seed: the parent's rows come first.
  for (const std::int64_t seed : {0, 9}) {
    const Split child = split_of(sized(20), task, seed, &parent);
    EXPECT_EQ(child.train.size(), 20u);
    EXPECT_TRUE(contains(parent, child));
    EXPECT_EQ(count(child, RowRole::kRemoved), 40);
    EXPECT_EQ(count(child, RowRole::kNeverSeen), 40);
    for (std::size_t row = 0; row < 100; ++row) {
      ASSERT_EQ(child.role[row] == RowRole::kNeverSeen, parent.role[row] == RowRole::kNeverSeen);
    }
    const Split grandchild = split_of(sized(10), task, seed, &child);
    EXPECT_TRUE(contains(child, grandchild));
    EXPECT_EQ(count(grandchild, RowRole::kRemoved), 50);
    const Split grown = split_of(sized(80), task, seed, &child);
    EXPECT_TRUE(contains(grown, child));
    EXPECT_EQ(grown.train.size(), 80u);
  }
  EXPECT_EQ(split_of(sized(20), task, 0, &parent).train, split_of(sized(20), task, 0).train) << "same seed";
  EXPECT_FALSE(contains(parent, split_of(sized(20), task, 9))) << "without its parent, another seed is not nested";
}

TEST(Split, ForkToMoreRowsKeepsTheParents) {
  const Task task = small_task();
  const Split parent = split_of(sized(20), task, 0);
  for (const SplitMethod method : {SplitMethod::kPhilox, SplitMethod::kTorchRandperm}) {
    const Split child = split_of(sized(60, method), task, 3, &parent);
    EXPECT_TRUE(contains(child, parent));
    EXPECT_EQ(count(child, RowRole::kTrain), 60);
    EXPECT_EQ(count(child, RowRole::kRemoved), 0);
  }
}

TEST(Split, ParentOfAnotherTableIsRefused) {
  const Split parent = split_of(sized(20), small_task(10), 0);
  expect_error(ErrorKind::kConfig, {"100 rows of the parent", "found 121"},
               [&] { split_of(sized(20), small_task(11), 0, &parent); });
}

SplitConfig from_file(const std::string& path) {
  SplitConfig config;
  config.method = SplitMethod::kFile;
  config.file = path;
  return config;
}

TEST(Split, FileRowsAreTheTrainingSet) {
  const TemporaryFile file("split.txt", "50\n7\n99\n");
  const Task task = small_task();
  const Split split = split_of(from_file(file.path()), task, 0);
  EXPECT_EQ(split.train, (Rows{7, 50, 99}));
  EXPECT_EQ(count(split, RowRole::kNeverSeen), 97);

  const Split parent = split_of(sized(100), task, 0);
  EXPECT_EQ(count(split_of(from_file(file.path()), task, 0, &parent), RowRole::kRemoved), 97);

  const Split grown = split_of(sized(10), task, 0, &split);
  EXPECT_TRUE(contains(grown, split));
}

TEST(Split, FileErrors) {
  const Task task = small_task();
  expect_error(ErrorKind::kInput, {"split.file", "/no/such/rows.npy"},
               [&] { split_of(from_file("/no/such/rows.npy"), task, 0); });
  expect_error(ErrorKind::kConfig, {"split.file"}, [&] { split_of(from_file(""), task, 0); });
  const TemporaryFile file("rows.txt", "1 2 3");
  SplitConfig config = from_file(file.path());
  config.file_digest = file_digest("split.file", file.path());
  EXPECT_EQ(split_of(config, task, 0).train, (Rows{1, 2, 3}));
  file.write("1 2 4");
  expect_error(ErrorKind::kInput, {"split.file", file.path(), "changed", config.file_digest},
               [&] { split_of(config, task, 0); });
  file.write("1 100");
  config.file_digest.clear();
  expect_error(ErrorKind::kInput, {file.path(), "line 1", "0..99", "found 100"}, [&] { split_of(config, task, 0); });
}

}  // namespace
}  // namespace groklab
