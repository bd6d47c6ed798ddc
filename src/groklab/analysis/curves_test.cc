#include "groklab/analysis/curves.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "groklab/base/random.h"

namespace groklab {
namespace {

TEST(Curves, PowersAreFoundExactly) {
  const std::vector<double> x = {10, 30, 100, 500};
  std::vector<double> y;
  for (const double v : x) y.push_back(3 * std::pow(v, 0.4));
  const Line line = fit_power(x, y);
  EXPECT_NEAR(line.slope, 0.4, 1e-12);
  EXPECT_NEAR(std::exp(line.intercept), 3, 1e-12);
  EXPECT_TRUE(std::isnan(fit_line(std::vector<double>{1, 1}, std::vector<double>{1, 2}).slope));
}

TEST(Curves, FirstReachInterpolatesInLogarithms) {
  const std::vector<double> x = {100, 200, 400}, y = {10, 20, 40};
  EXPECT_NEAR(first_reach(x, y, 30), 300, 1e-9);
  EXPECT_TRUE(std::isnan(first_reach(x, y, 50)));
  EXPECT_NEAR(first_reach(x, y, 50, 1.5), 500, 1e-9);
  EXPECT_TRUE(std::isnan(first_reach(x, y, 5)));
  EXPECT_NEAR(first_reach(x, y, 8, 2), 80, 1e-9);
}

TEST(Curves, ATransitionIsFoundThroughNoise) {
  RandomStream stream(1, StreamPurpose::kBootstrap);
  for (const double midpoint : {180.0, 300.0, 420.0}) {
    for (const double steepness : {4.0, 12.0}) {
      std::vector<double> sizes, accuracies;
      for (double d = 100; d < 800; d *= 1.3) {
        sizes.push_back(d);
        const double exact = 0.02 + 0.98 / (1 + std::pow(midpoint / d, steepness));
        accuracies.push_back(exact + 0.01 * stream.next_normal());
      }
      const Transition t = fit_transition(sizes, accuracies, 0.02);
      EXPECT_NEAR(t.midpoint / midpoint, 1, 0.03);
      EXPECT_NEAR(t.steepness / steepness, 1, 0.25);
      EXPECT_LT(t.residual, 0.02);
      EXPECT_NEAR(t.width, std::pow(81, 1 / t.steepness), 1e-6);
    }
  }
}

TEST(Curves, ATransitionOutsideTheSizesIsCensored) {
  const std::vector<double> sizes = {100, 200, 400}, high = {0.9, 0.95, 1}, low = {0.1, 0.2, 0.3};
  EXPECT_TRUE(fit_transition(sizes, high, 0.02).below);
  EXPECT_TRUE(fit_transition(sizes, low, 0.02).above);
  EXPECT_TRUE(std::isnan(fit_transition(sizes, low, 0.02).midpoint));
}

TEST(Curves, KaplanMeierCountsTheCensored) {
  // Freireich-like small case by hand: events at 2, 4; censored at 3, 5.
  const std::vector<Duration> times = {{2, true}, {3, false}, {4, true}, {5, false}};
  const auto curve = kaplan_meier(times);
  ASSERT_EQ(curve.size(), 3u);
  EXPECT_DOUBLE_EQ(curve[1].fraction, 0.75);
  EXPECT_DOUBLE_EQ(curve[2].fraction, 0.375);
  EXPECT_DOUBLE_EQ(median_survival(times), 4);
  const std::vector<Duration> censored = {{2, true}, {5, false}, {5, false}};
  EXPECT_TRUE(std::isnan(median_survival(censored)));
}

// Two arms of a trial of maintenance chemotherapy (Miller 1981), for which the same intervals were computed by an
// independent program; and five seeds, whose widest interval is that of a sign test, 94 %.
TEST(Survival, MedianHasAnInterval) {
  const std::vector<Duration> maintained = {{9, true},  {13, true}, {13, false}, {18, true}, {23, true},  {28, false},
                                            {31, true}, {34, true}, {45, false}, {48, true}, {161, false}};
  const Estimate first = median_survival_estimate(maintained);
  EXPECT_EQ(first.value, 31);
  EXPECT_EQ(first.low, 13);
  EXPECT_TRUE(std::isinf(first.high)) << "too few events to bound it";
  EXPECT_EQ(first.n, 11);
  const std::vector<Duration> others = {{5, true},  {5, true},  {8, true},  {8, true},  {12, true}, {16, false},
                                        {23, true}, {27, true}, {30, true}, {33, true}, {43, true}, {45, true}};
  const Estimate second = median_survival_estimate(others);
  EXPECT_EQ(second.value, 23);
  EXPECT_EQ(second.low, 5);
  EXPECT_EQ(second.high, 33);
  const std::vector<Duration> seeds = {{1}, {2}, {3}, {4}, {5}};
  EXPECT_EQ(median_survival_estimate(seeds).low, 1);
  EXPECT_EQ(median_survival_estimate(seeds).high, 5);
  EXPECT_TRUE(std::isnan(median_survival_estimate(std::vector<Duration>{{7, false}, {8, false}}).value));
}

}  // namespace
}  // namespace groklab
