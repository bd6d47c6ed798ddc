// Logits and embeddings whose components are known give the known answers to 1e-10.
#include "groklab/probe/frequencies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "groklab/base/random.h"
#include "groklab/config.h"
#include "groklab/probe/circuit_split.h"
#include "groklab/probe/geometry.h"
#include "groklab/probe/neurons.h"
#include "groklab/probe/part_metrics.h"
#include "groklab/probe/weights.h"

namespace groklab {
namespace {

struct Known {
  explicit Known(const std::vector<std::string>& assignments) {
    config.split.train_fraction = 0.4;
    for (const std::string& assignment : assignments) set_config_value(config, assignment);
    const ResolvedConfig resolved = resolve_config(config);
    config = *resolved;
    task = make_task(resolved);
    split = make_split(resolved, task);
    group = *task_group(config.task, task);
    orbits = task_orbits(config.task, task);
  }
  /// value(x^-1 c y'^-1) for product tasks.
  template <class F>
  std::vector<double> invariant(F value) const {
    std::vector<double> logits;
    for (std::int64_t row = 0; row < task.n_rows; ++row) {
      const auto r = static_cast<std::size_t>(row);
      for (std::int64_t c = 0; c < task.n_classes; ++c) {
        const auto& g = group.group;
        const std::int32_t element = group.element_of_class[static_cast<std::size_t>(c)];
        logits.push_back(
            value(g.product(g.product(g.inverse(group.factor_x[r]), element), g.inverse(group.factor_y[r]))));
      }
    }
    return logits;
  }
  FrequencyMetrics read(const std::vector<double>& logits, std::span<const double> embedding = {},
                        std::int64_t d_model = 1) const {
    const std::vector<double> flat(static_cast<std::size_t>(task.n_symbols * d_model), 0.0);
    return measure_frequencies(group, task, split, logits,
                               orbits ? invariant_component(*orbits, logits) : std::vector<double>{},
                               embedding.empty() ? std::span<const double>(flat) : embedding, d_model);
  }
  Config config;
  Task task;
  Split split;
  TaskGroup group;
  std::optional<SymmetryOrbits> orbits;
};

std::vector<double> noise_of(std::size_t n, std::uint64_t seed = 2) {
  RandomStream stream(seed, StreamPurpose::kInit);
  std::vector<double> values(n);
  for (double& v : values) v = stream.next_normal();
  return values;
}

double wave_at(std::int64_t k, double u, double p) {
  return std::cos(2 * std::numbers::pi * static_cast<double>(k) * u / p);
}

TEST(Frequencies, AmplitudesOfWavesAreTheShares) {
  for (const char* operation : {"task.operation=add", "task.operation=subtract"}) {
    const Known known({operation, "task.modulus=23"});
    const std::vector<double> logits =
        known.invariant([](std::int64_t u) { return 3 * wave_at(4, double(u), 23) + 4 * wave_at(9, double(u), 23); });
    const FrequencyMetrics m = known.read(logits);
    ASSERT_EQ(m.logit_fraction.size(), 11u);
    for (std::size_t k = 0; k < 11; ++k) {
      EXPECT_NEAR(m.logit_fraction[k], k == 3 ? 0.36 : k == 8 ? 0.64 : 0.0, 1e-10) << k;
    }
    EXPECT_EQ(m.logit_keys, (std::vector<std::int64_t>{8, 3}));
    EXPECT_EQ(m.names[8], "9");
    const PartMetrics train = part_metrics(known.task, known.split, logits, false);
    const PartMetrics test = part_metrics(known.task, known.split, logits, true);
    const double fraction = double(known.split.train.size()) / double(known.task.n_rows);
    EXPECT_NEAR(m.restricted_loss, fraction * train.loss + (1 - fraction) * test.loss, 1e-10)
        << "keys are all there is";
    EXPECT_NEAR(m.excluded_loss, std::log(23.0), 1e-10) << "without them the logits are flat";
  }
}

TEST(Frequencies, OneKeyOfTwoTakenAwayLeavesTheOther) {
  const Known known({"task.modulus=23"});
  const auto small = known.invariant([](std::int64_t u) { return 0.5 * wave_at(4, double(u), 23); });
  const auto both =
      known.invariant([](std::int64_t u) { return 0.5 * wave_at(4, double(u), 23) + 9 * wave_at(2, double(u), 23); });
  const FrequencyMetrics m = known.read(both);
  EXPECT_EQ(m.logit_keys, (std::vector<std::int64_t>{1}));
  EXPECT_NEAR(m.excluded_loss, part_metrics(known.task, known.split, small, false).loss, 1e-10);
}

TEST(Frequencies, UnitsModuloAPrimeHaveTheirOwnWaves) {
  const Known known({"task.operation=divide", "task.modulus=13"});
  const auto logarithm = known.group.element_of_symbol;
  std::vector<double> logits;
  for (std::int64_t row = 0; row < known.task.n_rows; ++row) {
    const auto r = static_cast<std::size_t>(row);
    for (std::int64_t c = 0; c < 13; ++c) {
      const std::int32_t x = known.group.factor_x[r], y = known.group.factor_y[r],
                         e = logarithm[static_cast<std::size_t>(c)];
      logits.push_back(x < 0 || e < 0 ? 0.0 : wave_at(5, double(e - x - y), 12));
    }
  }
  const FrequencyMetrics m = known.read(logits);
  EXPECT_NEAR(m.logit_fraction[4], 1.0, 1e-10);
}

TEST(Frequencies, CharactersOfAGroupAreItsComponents) {
  const Known known({"task.operation=group_product", "task.group_degree=4"});
  // Fixed points less 1: the character of [3,1].
  const auto logits = known.invariant([&](std::int64_t u) {
    const std::string& name = known.group.group.names[static_cast<std::size_t>(u)];
    double n = -1;
    for (std::size_t i = 0; i < name.size(); ++i) n += name[i] == static_cast<char>('1' + i) ? 1 : 0;
    return n;
  });
  const FrequencyMetrics m = known.read(logits);
  for (std::size_t k = 0; k < m.names.size(); ++k) {
    EXPECT_NEAR(m.logit_fraction[k], m.names[k] == "[3,1]" ? 1.0 : 0.0, 1e-10) << m.names[k];
  }
  EXPECT_NEAR(m.excluded_loss, std::log(24.0), 1e-10);
  // A conjugate is no product: the split along classes must find the same kind of function.
  const Known conjugate({"task.operation=group_conjugate", "task.group_degree=4"});
  EXPECT_FALSE(conjugate.group.is_product());
  std::vector<double> lookup;
  for (std::int64_t row = 0; row < conjugate.task.n_rows; ++row) {
    for (std::int64_t c = 0; c < 24; ++c) {
      const auto& g = conjugate.group.group;
      const std::int32_t u =
          g.product(g.inverse(conjugate.task.labels[static_cast<std::size_t>(row)]), static_cast<std::int32_t>(c));
      lookup.push_back(logits[static_cast<std::size_t>(u)]);  // row 0 of the product task is x = y = e
    }
  }
  const FrequencyMetrics of_conjugate = conjugate.read(lookup);
  for (std::size_t k = 0; k < of_conjugate.names.size(); ++k) {
    EXPECT_NEAR(of_conjugate.logit_fraction[k], of_conjugate.names[k] == "[3,1]" ? 1.0 : 0.0, 1e-10);
  }
}

TEST(Frequencies, RandomLogitsHaveTheTrigonometricShareOfTheirDimensions) {
  const Known known({"task.modulus=23"});
  double mean = 0;
  constexpr int kDraws = 50;
  for (int draw = 0; draw < kDraws; ++draw) {
    mean += measure_circuits(*known.orbits, known.task, known.split, noise_of(23 * 23 * 23, 100 + draw))
                .invariant_fraction /
            kDraws;
  }
  // 22 of 22 * 529 dimensions. One draw scatters by sqrt(2 / 22) = 30 %, the mean of 50 by 4.3 %.
  EXPECT_NEAR(mean * 529, 1.0, 0.15);
}

TEST(Frequencies, EmbeddingOfOneWave) {
  const Known known({"task.modulus=23"});
  std::vector<double> embedding;
  for (int a = 0; a < 23; ++a) {
    embedding.push_back(7 + 2 * wave_at(6, a, 23));
    embedding.push_back(-1 + 5 * wave_at(6, a, 23));
  }
  const FrequencyMetrics m = known.read(noise_of(23 * 23 * 23), embedding, 2);
  EXPECT_NEAR(m.embedding_fraction[5], 1.0, 1e-10);
  EXPECT_NEAR(m.embedding_gini, 21.0 / 22.0, 1e-10) << "one of 22 basis functions has it all";
  EXPECT_EQ(m.embedding_keys, (std::vector<std::int64_t>{5}));
}

TEST(Frequencies, GiniOfKnownNumbers) {
  EXPECT_NEAR(gini({1, 1, 1, 1}), 0.0, 1e-15);
  EXPECT_NEAR(gini({0, 0, 0, 5}), 0.75, 1e-15);
  EXPECT_NEAR(gini({1, 3}), 0.25, 1e-15);
}

TEST(Neurons, PureAndMixedResponses) {
  const Known known({"task.modulus=23"});
  // Neuron 0: frequency 3 in both inputs. 1: 3 in x and 5 in y. 2: two equal waves in both. 3: dead. 4: a lookup.
  std::vector<double> activations;
  for (std::int64_t row = 0; row < known.task.n_rows; ++row) {
    const auto x = double(row / 23), y = double(row % 23);
    activations.push_back(2 + wave_at(3, x, 23) + wave_at(3, y, 23));
    activations.push_back(2 + wave_at(3, x, 23) + 2 * wave_at(5, y, 23));
    activations.push_back(wave_at(3, x, 23) + wave_at(4, x, 23) + wave_at(7, y, 23) + wave_at(8, y, 23));
    activations.push_back(0);
    activations.push_back(row == 40 ? 1 : 0);
  }
  const std::vector<double> squares = {1, 4, 9, 16, 25};
  const NeuronMetrics m = measure_neurons(known.group, known.task, activations, squares, true);
  ASSERT_EQ(m.each.size(), 5u);
  EXPECT_NEAR(m.each[0].ipr, 1.0, 1e-10);
  EXPECT_EQ(m.each[0].component, 2);
  EXPECT_NEAR(m.each[1].ipr, 1.0, 1e-10);
  EXPECT_NEAR(m.each[2].ipr, 0.5, 1e-10) << "not above the threshold";
  EXPECT_TRUE(std::isnan(m.each[3].ipr));
  EXPECT_EQ(m.each[3].component, -1);
  EXPECT_NEAR(m.each[4].ipr, 1.0 / 11, 1e-10) << "one row has equal power in all 11 frequencies";
  EXPECT_EQ(m.periodic, 2);
  EXPECT_NEAR(m.periodic_norm, std::sqrt(5.0), 1e-12);
  EXPECT_NEAR(m.other_norm, std::sqrt(50.0), 1e-12);
  EXPECT_NEAR(m.component_fraction[2] + m.component_fraction[4], 1.0, 1e-12);
}

TEST(Neurons, NormsTakeColumnsIntoAndRowsOutOfANeuron) {
  const std::vector<double> in = {1, 2, 3, 4}, bias = {5, 6}, out = {7, 8, 9, 10, 11, 12};
  const std::vector<double> squares = neuron_squares(in, bias, out, 2);  // in [2, 2], out [2, 3]
  EXPECT_DOUBLE_EQ(squares[0], 1 + 9 + 25 + 49 + 64 + 81);
  EXPECT_DOUBLE_EQ(squares[1], 4 + 16 + 36 + 100 + 121 + 144);
}

TEST(Geometry, DistanceIrrelevanceOfKnownLogits) {
  const Known known({"task.modulus=11"});
  std::vector<double> by_distance, by_sum;
  for (std::int64_t row = 0; row < known.task.n_rows; ++row) {
    const std::int64_t x = row / 11, y = row % 11, label = known.task.labels[static_cast<std::size_t>(row)];
    for (std::int64_t c = 0; c < 11; ++c) {
      by_distance.push_back(c == label ? 3 + wave_at(2, double(x - y), 11) : 0);
      by_sum.push_back(c == label ? 3 + wave_at(2, double(x + y), 11) : 0);
    }
  }
  EXPECT_NEAR(distance_irrelevance(known.group, known.task, by_distance), 0.0, 1e-7);
  EXPECT_NEAR(distance_irrelevance(known.group, known.task, by_sum), 1.0, 1e-10);
}

TEST(Weights, SingularValuesOfKnownMatrices) {
  const std::vector<double> wide = {3, 0, 0, 0, 0, -4, 0, 0}, tall = {3, 0, 0, -4, 0, 0, 0, 0};
  EXPECT_NEAR(singular_values(wide, 2, 4)[0], 4.0, 1e-12);
  EXPECT_NEAR(singular_values(tall, 4, 2)[1], 3.0, 1e-12);
  const std::vector<double> equal = {2, 2, 2}, one = {5, 0, 0};
  EXPECT_NEAR(effective_rank(equal), 3.0, 1e-12);
  EXPECT_NEAR(effective_rank(one), 1.0, 1e-12);
}

}  // namespace
}  // namespace groklab
