// G, M and their ratio of logits whose circuits are known, with noise as rows of a trained network have it.
#include "groklab/probe/balance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "groklab/base/random.h"
#include "groklab/config.h"

namespace groklab {
namespace {

class Lab {
 public:
  explicit Lab(const std::vector<std::string>& settings) {
    config_.split.train_fraction = 0.4;
    for (const std::string& setting : settings) set_config_value(config_, setting);
    const ResolvedConfig resolved = resolve_config(config_);
    config_ = *resolved;
    task = make_task(resolved);
    split = make_split(resolved, task);
    orbits = *task_orbits(config_.task, task);
    logits.assign(orbits.orbit.size(), 0.0);
  }
  double classes() const { return static_cast<double>(task.n_classes); }
  double& at(std::int64_t row, std::int64_t c) { return logits[static_cast<std::size_t>(row * task.n_classes + c)]; }

  /// What a circuit of the group computes: one value for an orbit. Waves of two frequencies; G = 6.
  Lab& waves(double height = 3) {
    for (std::int64_t row = 0; row < task.n_rows; ++row) {
      const double label = task.test_labels[static_cast<std::size_t>(row)];
      for (std::int64_t c = 0; c < task.n_classes; ++c) {
        const double turn = 2 * std::numbers::pi * (label - static_cast<double>(c)) / classes();
        at(row, c) += height * (std::cos(2 * turn) + std::cos(3 * turn));
      }
    }
    return *this;
  }
  /// A lookup table of the training rows; M = height (1 - 1 / classes).
  Lab& table(double height) {
    for (const std::int64_t row : split.train) at(row, task.labels[static_cast<std::size_t>(row)]) += height;
    return *this;
  }
  Lab& noise(double sigma, std::uint64_t seed = 1) {
    RandomStream stream(seed, StreamPurpose::kInit);
    for (double& logit : logits) logit += sigma * stream.next_normal();
    return *this;
  }
  BalanceMetrics measure() const { return measure_balance(orbits, task, split, logits); }

  Task task;
  Split split;
  SymmetryOrbits orbits;
  std::vector<double> logits;

 private:
  Config config_;
};

double height_of(const Lab& lab, double height) { return height * (1 - 1 / lab.classes()); }

// Catches: G as the mean over all rows, which gives a lookup table 40 % of its height as a generalising circuit.
TEST(Balance, ALookupTableHasNoGeneralisingPart) {
  Lab lab({"task.modulus=23"});
  const BalanceMetrics m = lab.table(7).noise(1).measure();
  EXPECT_EQ(m.undefined, "");
  EXPECT_LT(std::abs(m.general), 3 * m.general_error);
  EXPECT_NEAR(m.memorised, height_of(lab, 7), 3 * m.memorised_error);
  EXPECT_LT(m.ratio_low, 0);
  EXPECT_GT(m.ratio_high, 0);
  EXPECT_LT(m.ratio_high, 0.06);
  const CircuitMetrics all_rows = measure_circuits(lab.orbits, lab.task, lab.split, lab.logits);
  EXPECT_GT(all_rows.invariant_test.correct_logit, 2.5) << "what the mean over all rows makes of it";
}

TEST(Balance, RandomLabelsAreMemorisedAlone) {
  Lab lab({"task.modulus=31", "task.labels=random"});
  const BalanceMetrics m = lab.table(7).noise(1).measure();
  EXPECT_EQ(m.undefined, "");
  EXPECT_LT(std::abs(m.general), 3.5 * m.general_error);
  EXPECT_NEAR(m.memorised, height_of(lab, 7), 3.5 * m.memorised_error);
  EXPECT_LT(m.ratio_high, 0.06);
}

TEST(Balance, APureCosineNetworkHasNoMemorisingPart) {
  Lab lab({"task.modulus=23"});
  const BalanceMetrics m = lab.waves().noise(0.5).measure();
  EXPECT_NEAR(m.general, 6, 3 * m.general_error);
  EXPECT_LT(std::abs(m.memorised), 3 * m.memorised_error);
  EXPECT_TRUE(std::isnan(m.ratio_high)) << "no bound above";
  EXPECT_GT(m.ratio_low, 40);
}

TEST(Balance, AMixtureIsTakenApart) {
  Lab lab({"task.modulus=23"});
  const BalanceMetrics m = lab.waves().table(4).noise(1).measure();
  EXPECT_NEAR(m.general, 6, 3 * m.general_error);
  EXPECT_NEAR(m.memorised, height_of(lab, 4), 3 * m.memorised_error);
  EXPECT_NEAR(m.ratio, 6 / height_of(lab, 4), 0.1);
  // One correct orbit: G is then what a record has as the mean centred correct logit of test rows.
  double test = 0, rows = 0;
  for (std::int64_t row = 0; row < lab.task.n_rows; ++row) {
    if (lab.split.role[static_cast<std::size_t>(row)] == RowRole::kTrain) continue;
    double mean = 0;
    for (std::int64_t c = 0; c < 23; ++c) mean += lab.at(row, c) / 23;
    test += lab.at(row, lab.task.test_labels[static_cast<std::size_t>(row)]) - mean;
    rows += 1;
  }
  EXPECT_NEAR(m.general, test / rows, 1e-12);
}

// Catches, by what it then covers: the covariance of G and M left out (86 %) or with the wrong sign (62 %), test rows
// left out of M's variance (90 %).
TEST(Balance, TheIntervalCoversTheRatioInNineteenOfTwentyDraws) {
  int covered = 0;
  const int draws = 400;
  for (int i = 0; i < draws; ++i) {
    Lab lab({"task.modulus=11", "split.train_fraction=0.5"});
    const BalanceMetrics m = lab.waves(1).table(2).noise(1.5, static_cast<std::uint64_t>(i + 1)).measure();
    const double truth = 2 / height_of(lab, 2);
    covered += m.ratio_low <= truth && truth <= m.ratio_high ? 1 : 0;
  }
  // Three standard errors of 400 draws at 0.95 are 0.033.
  EXPECT_NEAR(covered / static_cast<double>(draws), 0.95, 0.033);
}

// Catches: half or twice the variance of G, which the ratio's interval above hardly feels.
TEST(Balance, StandardErrorsAreThoseOfManyDraws) {
  const int draws = 400;
  double general[2] = {0, 0}, memorised[2] = {0, 0}, general_error = 0, memorised_error = 0;
  for (int i = 0; i < draws; ++i) {
    Lab lab({"task.modulus=11", "split.train_fraction=0.5"});
    const BalanceMetrics m = lab.waves(1).table(2).noise(1.5, static_cast<std::uint64_t>(i + 1)).measure();
    for (int power = 0; power < 2; ++power) {
      general[power] += std::pow(m.general, power + 1) / draws;
      memorised[power] += std::pow(m.memorised, power + 1) / draws;
    }
    general_error += m.general_error * m.general_error / draws;
    memorised_error += m.memorised_error * m.memorised_error / draws;
  }
  // A variance from 400 draws is known to sqrt(2 / 400) = 7 %; three times that.
  EXPECT_NEAR(general_error / (general[1] - general[0] * general[0]), 1, 0.21);
  EXPECT_NEAR(memorised_error / (memorised[1] - memorised[0] * memorised[0]), 1, 0.21);
}

// Catches: squares of means with the squares of their errors in them, some 0.22 of G here.
TEST(Balance, SquaresHaveTheirNoiseTakenOff) {
  double general = 0, memorised = 0;
  const int draws = 200;
  for (int i = 0; i < draws; ++i) {
    Lab lab({"task.modulus=11"});
    const BalanceMetrics m = lab.table(3).noise(1, static_cast<std::uint64_t>(i + 1)).measure();
    general += m.general_square / draws;
    memorised += m.memorised_square / draws;
  }
  EXPECT_NEAR(general, 0, 0.02);
  EXPECT_NEAR(memorised, 9 * (1 - 1.0 / 11), 0.1);
}

// x y x^-1 in S_4: correct cells lie in five orbits of unequal heights, which test rows do not hold in the table's
// proportions. Catches: test rows pooled across orbits.
TEST(Balance, OrbitsOfUnequalHeightCountAsTheTableHasThem) {
  Lab lab({"task.operation=group_conjugate", "task.group_degree=4", "split.train_fraction=0.5"});
  double truth = 0, pooled = 0, test_rows = 0;
  for (std::int64_t row = 0; row < lab.task.n_rows; ++row) {
    const std::int32_t label = lab.task.labels[static_cast<std::size_t>(row)];
    const auto orbit = lab.orbits.orbit[static_cast<std::size_t>(row * lab.task.n_classes + label)];
    const double height = 3.0 * orbit;
    for (std::int64_t c = 0; c < lab.task.n_classes; ++c) {
      if (lab.orbits.orbit[static_cast<std::size_t>(row * lab.task.n_classes + c)] == orbit) lab.at(row, c) += height;
    }
    double mean = 0;
    for (std::int64_t c = 0; c < lab.task.n_classes; ++c) mean += lab.at(row, c) / lab.classes();
    const double centred = lab.at(row, label) - mean;
    truth += centred / static_cast<double>(lab.task.n_rows);
    if (lab.split.role[static_cast<std::size_t>(row)] == RowRole::kTrain) continue;
    pooled += centred;
    test_rows += 1;
  }
  const BalanceMetrics m = lab.measure();
  EXPECT_NEAR(m.general, truth, 1e-9);
  EXPECT_NEAR(m.memorised, 0, 1e-9);
  EXPECT_GT(std::abs(pooled / test_rows - truth), 1e-3 * truth) << "pooled rows would be off";
}

// A fifth of the training labels is wrong and stored: M is their height too, G what test rows show of the truth.
TEST(Balance, CorruptedLabelsAreHeldAgainstTheirOwnOrbit) {
  Lab lab({"task.modulus=23", "task.labels=corrupted", "task.corrupted_fraction=0.2"});
  const BalanceMetrics m = lab.waves().table(4).noise(0.3).measure();
  EXPECT_NEAR(m.general, 6, 3 * m.general_error);
  EXPECT_NEAR(m.memorised, height_of(lab, 4), 3 * m.memorised_error);
}

TEST(Balance, WithoutTestRowsThereIsNone) {
  Lab all({"task.modulus=11", "split.train_fraction=1"});
  const BalanceMetrics whole = all.table(7).measure();
  EXPECT_EQ(whole.undefined, "all rows are trained on");
  EXPECT_TRUE(std::isnan(whole.ratio) && std::isnan(whole.general));
  Lab few({"task.modulus=11", "split.train_size=114"});
  EXPECT_NE(few.waves().measure().undefined.find("8 test rows or more"), std::string::npos);
  Lab enough({"task.modulus=11", "split.train_size=113"});
  EXPECT_EQ(enough.waves().noise(0.1).measure().undefined, "");
  Lab little({"task.modulus=11", "split.train_size=7"});
  EXPECT_EQ(little.waves().measure().undefined, "7 training rows, expected 8");
}

TEST(Balance, FiellersIntervalIsThatOfItsDefinition) {
  const RatioInterval plain = fieller_interval(6, 3, 0, 0.09, 0, 2);  // 6 / (3 +- 0.6)
  EXPECT_NEAR(plain.low, 6 / 3.6, 1e-12);
  EXPECT_NEAR(plain.high, 6 / 2.4, 1e-12);
  const RatioInterval open = fieller_interval(6, 0.1, 0, 0.09, 0, 2);  // 6 / r within 0.6 of 0.1
  EXPECT_NEAR(open.low, 6 / 0.7, 1e-12);
  EXPECT_TRUE(std::isnan(open.high));
  const RatioInterval below = fieller_interval(-6, 0.1, 0, 0.09, 0, 2);
  EXPECT_NEAR(below.high, -6 / 0.7, 1e-12);
  EXPECT_TRUE(std::isnan(below.low));
  const RatioInterval none = fieller_interval(0.1, 0.1, 1, 1, 0, 2);
  EXPECT_TRUE(std::isnan(none.low) && std::isnan(none.high));
}

}  // namespace
}  // namespace groklab
