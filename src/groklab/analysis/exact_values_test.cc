// Statistics against numbers worked out by hand or printed in tables, at their edges too: what coverage tests with
// random numbers let pass.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "groklab/analysis/curves.h"
#include "groklab/analysis/estimate.h"
#include "groklab/analysis/event_times.h"
#include "groklab/analysis/student.h"
#include "groklab/analysis/verdict.h"

namespace groklab {
namespace {

using Numbers = std::vector<double>;

// Quantiles from the usual tables of Student's t: 0.975 and 0.95 with 2 degrees of freedom, 0.975 with 3.
constexpr double kT975of2 = 4.302652729911275, kT95of2 = 2.919985580355516, kT975of3 = 3.182446305284263;

// Catches: a degree of freedom more or less, a level on one side only, a root that is left out.
TEST(ExactValues, MeanAndItsInterval) {
  const Numbers values = {1, 2, 4};
  const double error = std::sqrt(42.0 / 18.0 / 3.0);  // variance 42/18, of three
  const Estimate e = mean_estimate(values, 0.95);
  EXPECT_DOUBLE_EQ(e.value, 7.0 / 3.0);
  EXPECT_NEAR(e.low, 7.0 / 3.0 - kT975of2 * error, 1e-9);
  EXPECT_NEAR(e.high, 7.0 / 3.0 + kT975of2 * error, 1e-9);
  EXPECT_EQ(e.n, 3);
  EXPECT_NEAR(mean_estimate(values, 0.9).high - e.value, kT95of2 * error, 1e-9);
  const Numbers infinite = {1, INFINITY, 3};
  EXPECT_EQ(mean_estimate(infinite).value, 2.0) << "infinite values are missing ones";
}

TEST(ExactValues, StudentsDistribution) {
  for (const double freedom : {1.0, 2.0, 7.5}) {
    EXPECT_NEAR(student_cdf(0, freedom), 0.5, 1e-14);
    for (const double t : {0.1, 1.0, 5.0, 300.0}) {
      EXPECT_NEAR(student_cdf(-t, freedom), 1 - student_cdf(t, freedom), 1e-14) << t;
    }
  }
  for (const double t : {-4.0, -0.3, 0.2, 2.0, 50.0}) {
    EXPECT_NEAR(student_cdf(t, 1), 0.5 + std::atan(t) / M_PI, 1e-13) << "Cauchy's distribution";
    EXPECT_NEAR(student_cdf(t, 2), 0.5 + t / (2 * std::sqrt(2 + t * t)), 1e-13);
  }
  EXPECT_NEAR(student_quantile(0.5, 3), 0.0, 1e-12);
  EXPECT_NEAR(student_quantile(0.9995, 2), 31.599054576443620, 1e-6);
}

// Two groups of three points by hand: slope 5 / 4, residual 20/3 - 25/4 = 5/12 over 6 - 2 - 1 degrees of freedom.
TEST(ExactValues, SlopeWithinGroupsAndItsInterval) {
  const std::vector<std::int64_t> group = {1, 1, 1, 2, 2, 2};
  const Numbers x = {0, 1, 2, 10, 11, 12}, y = {0, 1, 3, 5, 6, 7};
  const Estimate e = within_group_slope(group, x, y, 0.95);
  EXPECT_DOUBLE_EQ(e.value, 1.25);
  EXPECT_NEAR(e.high - e.value, kT975of3 * std::sqrt(5.0 / 12 / 3 / 4), 1e-9);
  EXPECT_NEAR(e.value - e.low, kT975of3 * std::sqrt(5.0 / 12 / 3 / 4), 1e-9);
  EXPECT_EQ(e.n, 2);
  const std::vector<std::int64_t> few = {1, 1, 2};
  const Estimate no_interval = within_group_slope(few, Numbers{0, 1, 5}, Numbers{0, 3, 5});
  EXPECT_DOUBLE_EQ(no_interval.value, 3);
  EXPECT_TRUE(std::isnan(no_interval.low)) << "no degree of freedom is left";
  EXPECT_EQ(no_interval.n, 1);
  const std::vector<std::int64_t> three = {1, 1, 1};
  EXPECT_FALSE(std::isnan(within_group_slope(three, Numbers{0, 1, 2}, Numbers{0, 3, 5}).low)) << "one is left";
  const Numbers holes = {0, 1, std::nan(""), 10, 11, 12};
  EXPECT_EQ(within_group_slope(group, holes, y).n, 2);
  EXPECT_DOUBLE_EQ(within_group_slope(group, holes, Numbers{0, 1, 99, 5, 6, 7}).value, 1.0) << "a hole counts not";
}

// Brown, Cai and DasGupta 2001; 10 of 10 and 5 of 10 follow from the formula by hand.
TEST(ExactValues, WilsonAtItsEdges) {
  const Estimate all = wilson_estimate(10, 10), half = wilson_estimate(5, 10), none = wilson_estimate(0, 10);
  EXPECT_EQ(all.value, 1.0);
  EXPECT_NEAR(all.low, 0.722467, 1e-5);
  EXPECT_NEAR(all.high, 1.0, 1e-15);
  EXPECT_LE(all.high, 1.0);
  EXPECT_NEAR(none.high, 0.277533, 1e-5);
  EXPECT_NEAR(half.low, 0.236593, 1e-5);
  EXPECT_NEAR(half.high, 0.763407, 1e-5);
  EXPECT_EQ(half.n, 10);
  EXPECT_EQ(wilson_estimate(0, 0).n, 0);
  EXPECT_TRUE(std::isnan(wilson_estimate(0, 0).value));
  EXPECT_FALSE(std::isnan(wilson_estimate(1, 1).value));
}

TEST(ExactValues, QuantilesInterpolateBetweenNeighbours) {
  const Numbers values = {4, 1, 3, 2};
  EXPECT_DOUBLE_EQ(quantile(values, 0), 1);
  EXPECT_DOUBLE_EQ(quantile(values, 0.25), 1.75);
  EXPECT_DOUBLE_EQ(quantile(values, 0.9), 3.7);
  EXPECT_DOUBLE_EQ(quantile(values, 1), 4);
  EXPECT_DOUBLE_EQ(median_of(Numbers{9, 1, 5}), 5);
  EXPECT_DOUBLE_EQ(quantile(Numbers{7}, 0.3), 7);
  EXPECT_TRUE(std::isnan(median_of({})));
}

double mean_at(const Numbers& values, std::span<const std::size_t> at) {
  double sum = 0;
  for (const std::size_t i : at) sum += values[i] / static_cast<double>(at.size());
  return sum;
}

// The mean of 0..99 scatters by sqrt((100^2 - 1) / 12 / 100) = 2.887: 95 % within 5.66, 50 % within 1.95.
TEST(ExactValues, BootstrapIntervalsHaveTheWidthOfTheirLevel) {
  Numbers values;
  for (int i = 0; i < 100; ++i) values.push_back(i);
  const auto statistic = [&](std::span<const std::size_t> at) { return mean_at(values, at); };
  const Estimate wide = bootstrap(100, statistic, 0.95, 2000), narrow = bootstrap(100, statistic, 0.5, 2000);
  EXPECT_NEAR(wide.value, 49.5, 1e-12);
  EXPECT_NEAR(wide.low, 49.5 - 5.66, 0.6);
  EXPECT_NEAR(wide.high, 49.5 + 5.66, 0.6);
  EXPECT_NEAR(narrow.low, 49.5 - 1.95, 0.3);
  EXPECT_NEAR(narrow.high, 49.5 + 1.95, 0.3);
  EXPECT_EQ(wide.n, 100);
  EXPECT_TRUE(std::isnan(bootstrap(1, statistic).low)) << "one observation has no interval";
  EXPECT_EQ(bootstrap(1, statistic).value, 0.0);
  EXPECT_EQ(bootstrap(0, statistic).n, 0);
  EXPECT_FALSE(std::isnan(bootstrap(2, statistic).low));
  const Estimate undefined = bootstrap(5, [](std::span<const std::size_t>) { return std::nan(""); });
  EXPECT_TRUE(std::isnan(undefined.low));
}

TEST(ExactValues, SpearmanTakesMeanRanksOfTies) {
  // Ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4: 4.5 / sqrt(4.5 * 5).
  EXPECT_DOUBLE_EQ(spearman(Numbers{1, 2, 2, 3}, Numbers{10, 30, 20, 40}), 4.5 / std::sqrt(22.5));
  // Ranks 2, 2, 2, 4 and 1, 2, 3, 4, whose mean is 2.5.
  EXPECT_DOUBLE_EQ(spearman(Numbers{5, 5, 5, 6}, Numbers{1, 2, 3, 4}), 3.0 / std::sqrt(3.0 * 5.0));
  EXPECT_TRUE(std::isnan(spearman(Numbers{1, 2}, Numbers{1, 2})));
  EXPECT_DOUBLE_EQ(spearman(Numbers{1, 2, 3}, Numbers{1, 3, 2}), 0.5);
}

TEST(ExactValues, LinesAndPowers) {
  const Line line = fit_line(Numbers{0, 0.1, 0.2}, Numbers{1, 2, 4});  // sum of squares 0.02: small, not 0
  EXPECT_NEAR(line.slope, 15.0, 1e-9);
  EXPECT_NEAR(line.intercept, 7.0 / 3.0 - 1.5, 1e-9);
  EXPECT_TRUE(std::isnan(fit_line(Numbers{1}, Numbers{1}).slope));
  EXPECT_NEAR(fit_power(Numbers{1, 10}, Numbers{5, 50}).slope, 1.0, 1e-12);
}

TEST(ExactValues, FirstReachInEveryPiece) {
  const Numbers x = {1, 10, 100}, y = {1, 10, 1000};  // slopes 1 and 2 in logarithms
  EXPECT_NEAR(first_reach(x, y, 5), 5, 1e-9);
  EXPECT_NEAR(first_reach(x, y, 10), 10, 1e-9);
  EXPECT_NEAR(first_reach(x, y, 40), 20, 1e-9);
  EXPECT_NEAR(first_reach(x, y, 1000), 100, 1e-9);
  EXPECT_NEAR(first_reach(x, y, 4000, 2), 200, 1e-9) << "the last piece goes on";
  EXPECT_TRUE(std::isnan(first_reach(x, y, 4001, 2)));
  EXPECT_NEAR(first_reach(x, y, 1), 1, 1e-12);
  EXPECT_NEAR(first_reach(x, y, 0.5, 2), 0.5, 1e-12) << "the first piece goes back";
  EXPECT_TRUE(std::isnan(first_reach(x, y, 0.49, 2)));
  EXPECT_TRUE(std::isnan(first_reach(Numbers{1, 2}, Numbers{5, 4}, 6, 10))) << "it falls";
  EXPECT_TRUE(std::isnan(first_reach(Numbers{1}, Numbers{5}, 6)));
}

Numbers transition_at(const Numbers& sizes, double floor, double midpoint, double steepness) {
  Numbers accuracies;
  for (const double d : sizes) accuracies.push_back(floor + (1 - floor) / (1 + std::pow(midpoint / d, steepness)));
  return accuracies;
}

Numbers sizes_from_100() {
  Numbers sizes;
  for (double d = 100; d < 1000; d *= 1.2) sizes.push_back(d);
  return sizes;
}

// Catches: a refinement that leaves the optimum, a wrong floor, a width by another ratio.
TEST(ExactValues, ATransitionWithoutNoiseIsFound) {
  const Numbers sizes = sizes_from_100();
  for (const double floor : {0.02, 0.5}) {
    for (const double midpoint : {130.0, 400.0, 800.0}) {
      for (const double steepness : {1.5, 7.0, 30.0}) {
        const Transition t = fit_transition(sizes, transition_at(sizes, floor, midpoint, steepness), floor);
        EXPECT_NEAR(t.midpoint, midpoint, 0.002 * midpoint) << steepness;
        EXPECT_NEAR(t.steepness, steepness, 0.01 * steepness) << midpoint;
        EXPECT_NEAR(t.width, std::pow(81, 1 / t.steepness), 1e-9);  // from 10 % to 90 %: a factor of 9 each way
        EXPECT_LT(t.residual, 1e-3);
        EXPECT_FALSE(t.below || t.above);
      }
    }
  }
}

TEST(ExactValues, TheResidualIsTheRootMeanSquareOfWhatIsLeft) {
  const Numbers sizes = sizes_from_100();
  Numbers accuracies = transition_at(sizes, 0.02, 300, 8);
  for (std::size_t i = 0; i < accuracies.size(); ++i) accuracies[i] += i % 2 == 0 ? 0.02 : -0.02;
  EXPECT_NEAR(fit_transition(sizes, accuracies, 0.02).residual, 0.02, 0.003);
}

TEST(ExactValues, AStepHasTheSteepestSlopeThatIsTried) {
  const Transition t = fit_transition(Numbers{100, 200, 400, 800}, Numbers{0.02, 0.02, 1, 1}, 0.02);
  EXPECT_GT(t.midpoint, 200);
  EXPECT_LT(t.midpoint, 400);
  EXPECT_GT(t.steepness, 15);
  EXPECT_LE(t.steepness, 60 * (1 + 1e-12));
}

// Half of the way from chance to 1 divides below from above: 0.51 at a floor of 0.02.
TEST(ExactValues, CensoringGoesByTheMiddleOfTheRange) {
  const Numbers sizes = {100, 200};
  EXPECT_TRUE(fit_transition(sizes, Numbers{0.515, 0.9}, 0.02).below);
  EXPECT_FALSE(fit_transition(sizes, Numbers{0.505, 0.9}, 0.02).below);
  EXPECT_TRUE(fit_transition(sizes, Numbers{0.1, 0.505}, 0.02).above);
  EXPECT_FALSE(fit_transition(sizes, Numbers{0.1, 0.515}, 0.02).above);
  EXPECT_FALSE(std::isnan(fit_transition(sizes, Numbers{0.1, 0.9}, 0.02).midpoint)) << "two sizes are enough";
}

// Catches: bounds that count as reached. The interval may touch the bound and still decide nothing.
TEST(ExactValues, VerdictsAtTheBound) {
  const Estimate above{2, 1, 3, 5}, below{-2, -3, -1, 5};
  EXPECT_EQ(judge_above(above, 1), Verdict::kInconclusive);
  EXPECT_EQ(judge_above(above, 0.999), Verdict::kConfirmed);
  EXPECT_EQ(judge_above(above, 3), Verdict::kInconclusive);
  EXPECT_EQ(judge_above(above, 3.001), Verdict::kRefuted);
  EXPECT_EQ(judge_below(above, 3), Verdict::kInconclusive);
  EXPECT_EQ(judge_below(above, 3.001), Verdict::kConfirmed);
  EXPECT_EQ(judge_below(above, 0.999), Verdict::kRefuted);
  EXPECT_EQ(judge_below(above, 1), Verdict::kInconclusive);
  EXPECT_EQ(judge_equivalent(above, 3), Verdict::kInconclusive);
  EXPECT_EQ(judge_equivalent(above, 3.001), Verdict::kConfirmed);
  EXPECT_EQ(judge_equivalent(above, 1), Verdict::kInconclusive);
  EXPECT_EQ(judge_equivalent(above, 0.999), Verdict::kRefuted);
  EXPECT_EQ(judge_equivalent(below, 3.001), Verdict::kConfirmed);
  EXPECT_EQ(judge_equivalent(below, 3), Verdict::kInconclusive);
  EXPECT_EQ(judge_equivalent(below, 0.999), Verdict::kRefuted);
  EXPECT_EQ(judge_equivalent(Estimate{0, -1, 9, 5}, 2), Verdict::kInconclusive);
}

TEST(ExactValues, EventsAreHeldForAsManyRecordsAsAsked) {
  std::vector<Record> records(6);
  for (std::size_t i = 0; i < 6; ++i) {
    records[i].step = static_cast<std::int64_t>(10 * i);
    records[i].train.accuracy = i >= 1 ? 1.0 : 0.2;
    records[i].test.accuracy = i >= 4 ? 1.0 : 0.2;
  }
  const EventTimes times = event_times(records);
  ASSERT_TRUE(times.fit.has_value());
  EXPECT_EQ(*times.fit, 10);
  EXPECT_FALSE(times.grok.has_value()) << "two records are not three";
}

}  // namespace
}  // namespace groklab
