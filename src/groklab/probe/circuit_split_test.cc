#include "groklab/probe/circuit_split.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <set>

#include "groklab/base/random.h"
#include "groklab/config.h"

namespace groklab {
namespace {

struct Bench {
  explicit Bench(const std::vector<std::string>& assignments) {
    config.split.train_fraction = 0.4;
    for (const std::string& assignment : assignments) set_config_value(config, assignment);
    const ResolvedConfig resolved = resolve_config(config);
    config = *resolved;
    task = make_task(resolved);
    split = make_split(resolved, task);
  }
  Config config;
  Task task;
  Split split;
};

std::vector<double> noise(std::int64_t n) {
  RandomStream stream(1, StreamPurpose::kInit);
  std::vector<double> values(static_cast<std::size_t>(n));
  for (double& v : values) v = stream.next_normal();
  return values;
}

/// Waves of three frequencies on (a + b - c): what a network that generalises computes.
std::vector<double> waves(const Bench& bench) {
  const auto p = static_cast<double>(bench.config.task.modulus);
  std::vector<double> logits;
  for (std::int64_t row = 0; row < bench.task.n_rows; ++row) {
    for (std::int64_t c = 0; c < bench.task.n_classes; ++c) {
      double sum = 0;
      for (const int k : {2, 3, 5}) {
        sum +=
            4 * std::cos(2 * std::numbers::pi * k * (bench.task.labels[static_cast<std::size_t>(row)] - double(c)) / p);
      }
      logits.push_back(sum);
    }
  }
  return logits;
}

std::vector<double> lookup(const Bench& bench, double height) {
  std::vector<double> logits(static_cast<std::size_t>(bench.task.n_rows * bench.task.n_classes), 0.0);
  for (const std::int64_t row : bench.split.train) {
    logits[static_cast<std::size_t>(row * bench.task.n_classes + bench.task.labels[static_cast<std::size_t>(row)])] =
        height;
  }
  return logits;
}

TEST(CircuitSplit, OrbitsOfAdditionFollowCMinusAMinusB) {
  const Bench bench({"task.modulus=11"});
  const auto orbits = task_orbits(bench.config.task, bench.task);
  ASSERT_TRUE(orbits);
  EXPECT_EQ(orbits->count, 11);
  for (std::int64_t row = 0; row < 121; ++row) {
    for (std::int64_t c = 0; c < 11; ++c) {
      const std::int64_t key = ((c - row / 11 - row % 11) % 11 + 11) % 11;
      EXPECT_EQ(orbits->orbit[static_cast<std::size_t>(row * 11 + c)], orbits->orbit[static_cast<std::size_t>(key)]);
    }
  }
}

TEST(CircuitSplit, TheLabelsOfATaskAreUnionsOfOrbits) {
  for (const std::vector<std::string>& task :
       {std::vector<std::string>{"task.operation=add", "task.modulus=10"},
        {"task.operation=subtract", "task.modulus=9"},
        {"task.operation=multiply", "task.modulus=11"},
        {"task.operation=divide", "task.modulus=11"},
        {"task.operation=group_product", "task.group_degree=4"},
        {"task.operation=group_conjugate", "task.group_degree=4"},
        {"task.operation=group_sandwich", "task.group_degree=3"},
        {"task.operation=group_product", "task.group=dihedral", "task.group_degree=5"}}) {
    const Bench bench(task);
    const auto orbits = task_orbits(bench.config.task, bench.task);
    ASSERT_TRUE(orbits) << bench.task.name;
    std::set<std::int32_t> correct, wrong;
    for (std::int64_t row = 0; row < bench.task.n_rows; ++row) {
      for (std::int64_t c = 0; c < bench.task.n_classes; ++c) {
        const bool is_label = bench.task.labels[static_cast<std::size_t>(row)] == c;
        (is_label ? correct : wrong).insert(orbits->orbit[static_cast<std::size_t>(row * bench.task.n_classes + c)]);
      }
    }
    for (const std::int32_t orbit : correct) EXPECT_EQ(wrong.count(orbit), 0u) << bench.task.name;
    EXPECT_GT(orbits->count, 1);
    EXPECT_LT(orbits->count, bench.task.n_rows) << bench.task.name;
  }
}

TEST(CircuitSplit, OrbitsOfAGroupProductAreOnePerElement) {
  const Bench bench({"task.operation=group_product", "task.group_degree=4"});
  EXPECT_EQ(task_orbits(bench.config.task, bench.task)->count, 24);
}

TEST(CircuitSplit, APolynomialHasNone) {
  const Bench bench({"task.operation=cubic", "task.modulus=11"});
  EXPECT_FALSE(task_orbits(bench.config.task, bench.task));
}

TEST(CircuitSplit, WavesAreAllGeneral) {
  const Bench bench({"task.modulus=23"});
  const auto orbits = task_orbits(bench.config.task, bench.task);
  const CircuitMetrics m = measure_circuits(*orbits, bench.task, bench.split, waves(bench));
  EXPECT_NEAR(m.invariant_fraction, 1, 1e-12);
  EXPECT_NEAR(m.invariant_train.correct_logit, 12, 1e-10);
  EXPECT_NEAR(m.invariant_test.correct_logit, 12, 1e-10);
  EXPECT_NEAR(m.residual_norm, 0, 1e-10);
  EXPECT_NEAR(m.memorised_strength, 0, 1e-12);
  EXPECT_EQ(m.invariant_test.accuracy, 1);
}

TEST(CircuitSplit, AKnownMixtureIsTakenApart) {
  const Bench bench({"task.modulus=23"});
  const auto orbits = task_orbits(bench.config.task, bench.task);
  const double height = 7, classes = 23;
  std::vector<double> logits = waves(bench);
  const std::vector<double> table = lookup(bench, height);
  for (std::size_t i = 0; i < logits.size(); ++i) logits[i] += table[i] + 3;  // a constant changes nothing
  const CircuitMetrics m = measure_circuits(*orbits, bench.task, bench.split, logits);
  const double fraction = static_cast<double>(bench.split.train.size()) / static_cast<double>(bench.task.n_rows);
  // The table's mean over the correct orbit is fraction * height, less the row's mean over classes: invariant.
  const double in_general = fraction * height * (1 - 1 / classes);
  EXPECT_NEAR(m.invariant_train.correct_logit, 12 + in_general, 1e-10);
  EXPECT_NEAR(m.residual_train.correct_logit, height * (1 - 1 / classes) - in_general, 1e-10);
  EXPECT_NEAR(m.residual_test.correct_logit, -in_general, 1e-10);
  EXPECT_NEAR(m.memorised_strength, height * (1 - 1 / classes), 1e-10);
}

TEST(CircuitSplit, PartsAddUpAndNoiseIsHardlyGeneral) {
  const Bench bench({"task.operation=group_product", "task.group_degree=4"});
  const auto orbits = task_orbits(bench.config.task, bench.task);
  const std::vector<double> logits = noise(bench.task.n_rows * bench.task.n_classes);
  const std::vector<double> invariant = invariant_component(*orbits, logits);
  const CircuitMetrics m = measure_circuits(*orbits, bench.task, bench.split, logits);
  double whole = 0;
  for (std::int64_t row = 0; row < bench.task.n_rows; ++row) {
    double mean = 0;
    for (std::int64_t c = 0; c < 24; ++c) mean += logits[static_cast<std::size_t>(row * 24 + c)] / 24;
    for (std::int64_t c = 0; c < 24; ++c) whole += std::pow(logits[static_cast<std::size_t>(row * 24 + c)] - mean, 2);
  }
  EXPECT_NEAR(m.invariant_norm * m.invariant_norm + m.residual_norm * m.residual_norm, whole, 1e-8 * whole);
  // Expectation (n - 1) / (n^2 (n - 1)) = 1 / 576 with a spread of sqrt(2 / 23) of it.
  EXPECT_NEAR(m.invariant_fraction, 1.0 / 576, 1.5e-3);
  const CircuitMetrics again = measure_circuits(*orbits, bench.task, bench.split, invariant);
  EXPECT_NEAR(again.residual_norm, 0, 1e-10);  // a projection
}

}  // namespace
}  // namespace groklab
