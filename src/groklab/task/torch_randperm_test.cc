// torch_randperm against values that PyTorch printed (tools/print_torch_randperm.py).
#include <gtest/gtest.h>

#include <algorithm>

#include "groklab/task.h"
#include "groklab/task/test_help.h"

namespace groklab {
namespace {

struct Printed {
  std::int64_t n;
  std::uint64_t seed;
  std::uint64_t checksum;  // sum of (i + 1) * value[i], modulo 2^64
  std::vector<std::int64_t> first;
};

const std::vector<Printed>& printed() {
  static const std::vector<Printed> rows = {
      // PyTorch 2.13.0+cpu
      {1, 0u, 0u, {0}},
      {2, 1u, 1u, {1, 0}},
      {10, 0u, 254u, {4, 1, 7, 5, 3, 9, 0, 8, 6, 2}},
      {10, 42u, 268u, {2, 6, 1, 8, 4, 5, 0, 9, 3, 7}},
      {100, 598u, 235016u, {99, 77, 3, 75, 62, 78, 64, 97, 50, 80, 47, 90, 87, 33, 92, 71, 19, 96, 85, 31}},
      {12769, 0u, 521240203276u, {4182, 2608, 269,   825,  4847, 9224, 6227, 116,  5276, 2052,
                                  6813, 8919, 10500, 5332, 717,  4499, 3193, 8221, 656,  4552}},
      {12769, 42u, 519092210245u, {11691, 4308, 4501, 5493,  10945, 9828,  10172, 39,   2087, 7722,
                                   3539,  5777, 4087, 11443, 11170, 11329, 999,   7576, 9583, 5225}},
      {12769, 598u, 519805193416u, {2404, 3488, 5321,  9739, 11270, 1804, 6289, 3838, 2621,  1976,
                                    6515, 5515, 11573, 7278, 3673,  4061, 3883, 7619, 10458, 8380}},
      {12769, 4294967894u, 519805193416u, {2404, 3488, 5321,  9739, 11270, 1804, 6289, 3838, 2621,  1976,
                                           6515, 5515, 11573, 7278, 3673,  4061, 3883, 7619, 10458, 8380}},
      {300000, 7u, 6745845478818870u, {141615, 217147, 248053, 188987, 178391, 5377,  221435, 167940, 245004, 244451,
                                       199258, 258189, 182108, 276363, 171710, 80005, 98170,  238348, 7827,   76101}},
  };
  return rows;
}

std::uint64_t checksum(const std::vector<std::int64_t>& values) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += (i + 1) * static_cast<std::uint64_t>(values[i]);
  return sum;
}

TEST(TorchRandperm, RepeatsWhatPyTorchPrinted) {
  for (const Printed& row : printed()) {
    const std::vector<std::int64_t> found = torch_randperm(row.n, row.seed);
    ASSERT_EQ(static_cast<std::int64_t>(found.size()), row.n);
    EXPECT_TRUE(std::equal(row.first.begin(), row.first.end(), found.begin())) << row.n << ", " << row.seed;
    EXPECT_EQ(checksum(found), row.checksum) << row.n << ", " << row.seed;
  }
}

TEST(TorchRandperm, TheChecksumNoticesAnExchange) {
  std::vector<std::int64_t> values = torch_randperm(12769, 42);
  const std::uint64_t before = checksum(values);
  std::swap(values[12000], values[12001]);
  EXPECT_NE(checksum(values), before);
}

TEST(TorchRandperm, Edges) {
  EXPECT_TRUE(torch_randperm(0, 1).empty());
  expect_error(ErrorKind::kInternal, {"torch_randperm"}, [] { torch_randperm(-1, 0); });
  // 2^32 / 20: from here on PyTorch has another algorithm.
  expect_error(ErrorKind::kInternal, {"torch_randperm"}, [] { torch_randperm(214748364, 0); });
}

TEST(TorchRandperm, SplitTrainsOnItsFirstRows) {
  TaskConfig task_config;
  SplitConfig config;
  config.method = SplitMethod::kTorchRandperm;
  config.seed = 598;
  config.train_size = 3830;
  const Split split = split_of(config, task_of(task_config, 0), 0);
  std::vector<std::int64_t> expected = torch_randperm(12769, 598);
  expected.resize(3830);
  EXPECT_EQ(expected[0], 2404);
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(split.train, expected);
}

}  // namespace
}  // namespace groklab
