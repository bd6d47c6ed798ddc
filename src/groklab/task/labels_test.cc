// Random, commutative and corrupted labels.
#include "groklab/task/labels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "groklab/task/test_help.h"

namespace groklab {
namespace {

TaskConfig labelled(LabelKind kind, double fraction = 0.0) {
  TaskConfig config;
  config.modulus = 23;
  config.labels = kind;
  config.corrupted_fraction = fraction;
  return config;
}

std::int64_t n_different(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) count += a[i] != b[i] ? 1 : 0;
  return count;
}

// Pairs whose label depends on the order of x and y. `task` must hold all pairs.
std::int64_t n_asymmetric(const Task& task) {
  std::int64_t count = 0;
  const std::int64_t p = task.n_symbols;
  for (std::int64_t x = 0; x < p; ++x) {
    for (std::int64_t y = 0; y < x; ++y) {
      count += task.labels[static_cast<std::size_t>(x * p + y)] != task.labels[static_cast<std::size_t>(y * p + x)];
    }
  }
  return count;
}

TEST(Labels, RandomLabelsFollowTheSeedAndCoverTheClasses) {
  const Task task = task_of(labelled(LabelKind::kRandom), 1);
  EXPECT_EQ(task.test_labels, task.labels);
  EXPECT_EQ(std::set<std::int32_t>(task.labels.begin(), task.labels.end()).size(), 23u);
  EXPECT_EQ(*std::min_element(task.labels.begin(), task.labels.end()), 0);
  EXPECT_EQ(*std::max_element(task.labels.begin(), task.labels.end()), 22);
  EXPECT_EQ(task_of(labelled(LabelKind::kRandom), 1).labels, task.labels);
  EXPECT_NE(task_of(labelled(LabelKind::kRandom), 2).labels, task.labels);
  EXPECT_GT(n_asymmetric(task), 200);  // of 253; a negative control of the commutative test
  EXPECT_EQ(task.name, "x + y mod 23, random labels");
}

TEST(Labels, LabelSeedReplacesTheRunSeed) {
  TaskConfig config = labelled(LabelKind::kRandom);
  config.label_seed = 7;
  EXPECT_EQ(task_of(config, 1).labels, task_of(config, 2).labels);
  EXPECT_EQ(task_of(config, 1).labels, task_of(labelled(LabelKind::kRandom), 7).labels);
}

TEST(Labels, CommutativeLabelsAreSymmetric) {
  const Task task = task_of(labelled(LabelKind::kRandomCommutative), 1);
  EXPECT_EQ(n_asymmetric(task), 0);
  EXPECT_EQ(task.test_labels, task.labels);
  EXPECT_GT(n_different(task.labels, task_of(labelled(LabelKind::kTrue), 1).labels), 400);
  TaskConfig with_gaps = labelled(LabelKind::kRandomCommutative);
  with_gaps.operation = "divide";  // (x, 0) is missing, (0, y) is not
  const Task gaps = task_of(with_gaps, 1);
  const auto label = [&](std::int64_t x, std::int64_t y) {
    return gaps.labels[static_cast<std::size_t>(x * 22 + y - 1)];
  };
  for (std::int64_t x = 1; x < 23; ++x) {
    for (std::int64_t y = 1; y < 23; ++y) ASSERT_EQ(label(x, y), label(y, x));
  }
}

TEST(Labels, CommutativeLabelsNeedTwoInputs) {
  TaskConfig config = labelled(LabelKind::kRandomCommutative);
  config.operation = "parity";
  expect_error(ErrorKind::kConfig, {"task.labels = \"random_commutative\"", "no x y and y x"},
               [&] { task_of(config, 0); });
}

TEST(Labels, CorruptsExactlyTheShareToWrongLabels) {
  const std::vector<std::int32_t> truth = task_of(labelled(LabelKind::kTrue), 1).labels;
  for (const double fraction : {0.0, 0.001, 0.1, 0.5, 1.0}) {
    const Task task = task_of(labelled(LabelKind::kCorrupted, fraction), 1);
    EXPECT_EQ(task.test_labels, truth);
    EXPECT_EQ(n_different(task.labels, truth), std::llround(fraction * 529.0)) << fraction;
    for (const std::int32_t label : task.labels) ASSERT_TRUE(label >= 0 && label < 23);
  }
}

TEST(Labels, WrongLabelsAreUniform) {
  TaskConfig config = labelled(LabelKind::kCorrupted, 1.0);
  config.modulus = 113;
  const Task task = task_of(config, 3);
  std::vector<int> count(113, 0);
  for (std::size_t i = 0; i < task.labels.size(); ++i) {
    ++count[static_cast<std::size_t>((task.labels[i] - task.test_labels[i] + 113) % 113)];
  }
  EXPECT_EQ(count[0], 0);
  double chi_squared = 0.0;
  for (int shift = 1; shift < 113; ++shift) {
    const double expected = 12769.0 / 112.0;
    chi_squared += (count[static_cast<std::size_t>(shift)] - expected) *
                   (count[static_cast<std::size_t>(shift)] - expected) / expected;
  }
  EXPECT_LT(chi_squared, 111.0 + 5.0 * std::sqrt(2.0 * 111.0));  // mean + 5 standard deviations
}

TEST(Labels, SmallerSharesCorruptASubset) {
  const Task few = task_of(labelled(LabelKind::kCorrupted, 0.1), 1);
  const Task many = task_of(labelled(LabelKind::kCorrupted, 0.3), 1);
  for (std::size_t i = 0; i < few.labels.size(); ++i) {
    if (few.labels[i] == few.test_labels[i]) continue;
    ASSERT_EQ(many.labels[i], few.labels[i]);
  }
  EXPECT_NE(task_of(labelled(LabelKind::kCorrupted, 0.1), 2).labels, few.labels);
  EXPECT_EQ(few.name, "x + y mod 23, 10% of labels corrupted");
}

TEST(Labels, CorruptedBitsFlip) {
  TaskConfig config = labelled(LabelKind::kCorrupted, 0.25);
  config.operation = "parity";
  const Task task = task_of(config, 1);
  EXPECT_EQ(n_different(task.labels, task.test_labels), 256);
}

TEST(Labels, RefusesAShareOutOfRange) {
  for (const double fraction : {-0.1, 1.5, std::nan("")}) {
    expect_error(ErrorKind::kConfig, {"task.corrupted_fraction", "[0, 1]"},
                 [&] { task_of(labelled(LabelKind::kCorrupted, fraction), 0); });
  }
}

}  // namespace
}  // namespace groklab
