// Sparse parity: complete and sampled tables, and the hidden subset.
#include "groklab/task/parity.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "groklab/task/test_help.h"

namespace groklab {
namespace {

TaskConfig parity(std::int64_t bits, std::int64_t subset, std::int64_t rows = 0) {
  TaskConfig config;
  config.operation = "parity";
  config.parity_bits = bits;
  config.parity_subset = subset;
  config.parity_rows = rows;
  return config;
}

void expect_labels_are_parities(const Task& task, const std::vector<std::int64_t>& subset) {
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    int sum = 0;
    for (const std::int64_t bit : subset) sum += task.inputs[static_cast<std::size_t>(row * task.n_inputs + bit)];
    ASSERT_EQ(task.labels[static_cast<std::size_t>(row)], sum % 2) << "row " << row;
  }
}

TEST(Parity, CompleteTable) {
  const Task task = task_of(parity(10, 3), 5);
  EXPECT_EQ(task.n_rows, 1024);
  EXPECT_EQ(task.n_inputs, 10);
  EXPECT_EQ(task.n_symbols, 2);
  EXPECT_EQ(task.n_classes, 2);
  EXPECT_EQ(task.inputs.size(), 10240u);
  EXPECT_EQ(std::count(task.labels.begin(), task.labels.end(), 1), 512);
  // Row 5 = 0000000101.
  EXPECT_EQ(std::vector<std::int32_t>(task.inputs.begin() + 50, task.inputs.begin() + 60),
            (std::vector<std::int32_t>{0, 0, 0, 0, 0, 0, 0, 1, 0, 1}));
  const std::vector<std::int64_t> subset = parity_subset(10, 3, 5);
  ASSERT_EQ(subset.size(), 3u);
  EXPECT_TRUE(std::is_sorted(subset.begin(), subset.end()));
  expect_labels_are_parities(task, subset);
  EXPECT_EQ(task.name, fmt::format("(10, 3) parity of bits {}, {}, {}", subset[0], subset[1], subset[2]));
}

TEST(Parity, SeedsHideDifferentSubsets) {
  std::set<std::vector<std::int64_t>> subsets;
  for (std::int64_t seed = 0; seed < 200; ++seed) {
    const std::vector<std::int64_t> subset = parity_subset(5, 2, seed);
    EXPECT_EQ(std::set<std::int64_t>(subset.begin(), subset.end()).size(), 2u);
    EXPECT_TRUE(subset.front() >= 0 && subset.back() < 5);
    subsets.insert(subset);
  }
  EXPECT_EQ(subsets.size(), 10u);  // all 5 choose 2
}

TEST(Parity, SampledRowsAreDistinctAndKeepTheSubset) {
  for (const std::int64_t rows : {1, 500, 1000, 1024}) {
    const Task task = task_of(parity(10, 3, rows), 5);
    EXPECT_EQ(task.n_rows, rows);
    expect_labels_are_parities(task, parity_subset(10, 3, 5));
    std::set<std::vector<std::int32_t>> distinct;
    for (std::int64_t row = 0; row < rows; ++row) {
      distinct.emplace(task.inputs.begin() + row * 10, task.inputs.begin() + (row + 1) * 10);
    }
    EXPECT_EQ(static_cast<std::int64_t>(distinct.size()), rows);
  }
  EXPECT_EQ(task_of(parity(10, 3, 1024), 5).inputs, task_of(parity(10, 3), 5).inputs);
  EXPECT_NE(task_of(parity(10, 3, 100), 5).inputs, task_of(parity(10, 3, 100), 6).inputs);
}

TEST(Parity, ManyBitsWithSampledRows) {
  const Task task = task_of(parity(40, 4, 2000), 1);
  EXPECT_EQ(task.n_rows, 2000);
  expect_labels_are_parities(task, parity_subset(40, 4, 1));
  const auto ones = std::count(task.inputs.begin(), task.inputs.end(), 1);
  EXPECT_NEAR(static_cast<double>(ones) / 80000.0, 0.5, 0.01);  // 5.6 standard deviations
}

TEST(Parity, RefusesSizesOutOfRange) {
  const auto make = [](const TaskConfig& config) { return [config] { task_of(config, 0); }; };
  expect_error(ErrorKind::kConfig, {"task.parity_bits = 0", "[1, 62]"}, make(parity(0, 1)));
  expect_error(ErrorKind::kConfig, {"task.parity_bits = 63", "[1, 62]"}, make(parity(63, 1, 10)));
  expect_error(ErrorKind::kConfig, {"task.parity_rows = 0", "task.parity_bits = 30 is above 21"}, make(parity(30, 3)));
  expect_error(ErrorKind::kConfig, {"task.parity_subset = 11", "at most task.parity_bits = 10"}, make(parity(10, 11)));
  expect_error(ErrorKind::kConfig, {"task.parity_subset = 0", "[1, 62]"}, make(parity(10, 0)));
  expect_error(ErrorKind::kConfig, {"task.parity_rows = 1025", "at most 2^10 = 1024"}, make(parity(10, 3, 1025)));
  expect_error(ErrorKind::kConfig, {"task.parity_rows = -1", "4000000]"}, make(parity(40, 3, -1)));
}

}  // namespace
}  // namespace groklab
