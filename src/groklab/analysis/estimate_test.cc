#include "groklab/analysis/estimate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <span>
#include <vector>

#include "groklab/base/random.h"

namespace groklab {
namespace {

TEST(Estimate, StudentQuantilesMatchTheTables) {
  EXPECT_NEAR(student_quantile(0.975, 1), 12.7062047362, 1e-8);
  EXPECT_NEAR(student_quantile(0.975, 4), 2.7764451052, 1e-9);
  EXPECT_NEAR(student_quantile(0.95, 9), 1.8331129327, 1e-9);
  EXPECT_NEAR(student_quantile(0.025, 30), -2.0422724563, 1e-9);
  EXPECT_NEAR(student_quantile(0.975, 1e7), normal_quantile(0.975), 1e-6);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);
  for (const double t : {-3.0, -0.5, 0.0, 1.2, 8.0}) EXPECT_NEAR(student_quantile(student_cdf(t, 3), 3), t, 1e-7);
}

TEST(Estimate, MeanIntervalsOfFewSeedsCoverTheTruthAsTheySay) {
  RandomStream stream(3, StreamPurpose::kBootstrap);
  for (const int n : {3, 5}) {
    int covered = 0, bootstrap_covered = 0;
    constexpr int kTrials = 2000;
    for (int trial = 0; trial < kTrials; ++trial) {
      std::vector<double> values;
      for (int i = 0; i < n; ++i) values.push_back(2 + stream.next_normal());
      const Estimate e = mean_estimate(values);
      covered += e.low < 2 && 2 < e.high ? 1 : 0;
      if (trial >= 300) continue;
      const Estimate b = bootstrap(
          n,
          [&](std::span<const std::size_t> at) {
            double sum = 0;
            for (const std::size_t i : at) sum += values[i] / n;
            return sum;
          },
          0.95, 400);
      bootstrap_covered += b.low < 2 && 2 < b.high ? 1 : 0;
    }
    EXPECT_NEAR(covered / double(kTrials), 0.95, 0.015) << n;
    EXPECT_LT(bootstrap_covered / 300.0, 0.91) << "why Student's interval is used: " << n;
  }
}

TEST(Estimate, MissingValuesAreLeftOut) {
  const std::vector<double> values = {1, std::nan(""), 3};
  const Estimate e = mean_estimate(values);
  EXPECT_EQ(e.n, 2);
  EXPECT_DOUBLE_EQ(e.value, 2);
  const std::vector<double> one = {1, std::nan("")};
  EXPECT_TRUE(std::isnan(mean_estimate(one).low));
  EXPECT_EQ(mean_estimate({}).n, 0);
}

TEST(Estimate, SlopeWithinGroupsIgnoresTheirLevels) {
  // Two groups on y = 2 x with levels 0 and 100, a third of one point: by hand b = 2 exactly, no residual.
  const std::vector<std::int64_t> group = {1, 1, 1, 2, 2, 3};
  const std::vector<double> x = {0, 1, 2, 0, 3, 9}, y = {0, 2, 4, 100, 106, -50};
  const Estimate e = within_group_slope(group, x, y);
  EXPECT_DOUBLE_EQ(e.value, 2);
  EXPECT_NEAR(e.high - e.low, 0, 1e-12);
  EXPECT_EQ(e.n, 2);
  const std::vector<std::int64_t> single = {1, 2, 3};
  const auto first_three = [](const std::vector<double>& all) { return std::span(all).first(3); };
  EXPECT_TRUE(std::isnan(within_group_slope(single, first_three(x), first_three(y)).value))
      << "no group has two points";
}

TEST(Estimate, SlopeWithinGroupsCoversTheTruthAsItSays) {
  RandomStream stream(4, StreamPurpose::kBootstrap);
  int covered = 0;
  constexpr int kTrials = 4000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<std::int64_t> group;
    std::vector<double> x, y;
    for (std::int64_t g = 0; g < 4; ++g) {
      const double level = 10 * stream.next_normal();
      for (int i = 0; i < 3; ++i) {
        group.push_back(g);
        x.push_back(i * i);
        y.push_back(level + 0.3 * x.back() + stream.next_normal());
      }
    }
    const Estimate e = within_group_slope(group, x, y, 0.9);
    covered += e.low < 0.3 && 0.3 < e.high ? 1 : 0;
  }
  EXPECT_NEAR(covered / double(kTrials), 0.9, 0.015);
}

TEST(Estimate, WilsonMatchesAPublishedCase) {
  const Estimate e = wilson_estimate(1, 10);  // 0.0179 to 0.4042
  EXPECT_NEAR(e.low, 0.017876, 1e-5);
  EXPECT_NEAR(e.high, 0.404150, 1e-5);
  EXPECT_EQ(wilson_estimate(0, 5).low, 0);
}

TEST(Estimate, BootstrapIsTheSameEveryTime) {
  const std::vector<double> values = {1, 4, 2, 8, 5, 7};
  const auto median = [&](std::span<const std::size_t> at) {
    std::vector<double> drawn;
    for (const std::size_t i : at) drawn.push_back(values[i]);
    return median_of(drawn);
  };
  const Estimate a = bootstrap(6, median), b = bootstrap(6, median);
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
  EXPECT_DOUBLE_EQ(a.value, 4.5);
  EXPECT_LT(a.low, 4.5);
  EXPECT_GT(a.high, 4.5);
}

TEST(Estimate, SpearmanOfRanks) {
  const std::vector<double> x = {1, 2, 3, 4}, y = {10, 100, 1000, 10000}, z = {4, 3, 2, 1}, flat = {1, 1, 1, 1};
  EXPECT_DOUBLE_EQ(spearman(x, y), 1);
  EXPECT_DOUBLE_EQ(spearman(x, z), -1);
  EXPECT_TRUE(std::isnan(spearman(x, flat)));
  const std::vector<double> gap = {1, std::nan(""), 3, 4}, gaps = {1, std::nan(""), std::nan(""), 4};
  EXPECT_DOUBLE_EQ(spearman(gap, y), 1);
  EXPECT_TRUE(std::isnan(spearman(gaps, y)));
}

/// Binomial tails: of 12 values x_(3) and x_(10) leave 2 (1 + 12 + 66) / 4096 = 3.9 %, x_(4) and x_(9) 14.6 %.
TEST(MedianEstimate, LiesBetweenTheOrderStatisticsThatKeepTheLevel) {
  std::vector<double> values;
  for (int i = 12; i >= 1; --i) values.push_back(i * i);
  values.push_back(std::nan(""));
  const Estimate e = median_estimate(values, 0.9);
  EXPECT_EQ(e.n, 12);
  EXPECT_EQ(e.value, 0.5 * (36 + 49));
  EXPECT_EQ(e.low, 9);
  EXPECT_EQ(e.high, 100);
  EXPECT_EQ(median_estimate(values, 0.85).low, 16);
  const std::vector<double> four = {1, 2, 3, 4}, five = {1, 2, 3, 4, 5};
  EXPECT_TRUE(std::isnan(median_estimate(four, 0.9).low)) << "1 - 2 / 16 = 87.5 %";
  EXPECT_EQ(median_estimate(five, 0.9).low, 1) << "1 - 2 / 32 = 93.75 %";
}

/// Balanced groups: the slope is the mean of the groups' slopes, its interval Student's over them.
TEST(ClusteredSlope, IsTheMeanSlopeOfBalancedGroups) {
  std::vector<std::int64_t> group;
  std::vector<double> x, y, slopes = {0.1, 0.4, -0.2, 0.25};
  for (std::size_t g = 0; g < slopes.size(); ++g) {
    for (const double at : {0.0, 1.0, 3.0}) {
      group.push_back(static_cast<std::int64_t>(g));
      x.push_back(at);
      y.push_back(5.0 * static_cast<double>(g) + slopes[g] * at);
    }
  }
  const Estimate e = clustered_slope(group, x, y, 0.9), expected = mean_estimate(slopes, 0.9);
  EXPECT_NEAR(e.value, expected.value, 1e-12);
  EXPECT_NEAR(e.low, expected.low, 1e-12);
  EXPECT_NEAR(e.high, expected.high, 1e-12);
  EXPECT_EQ(e.n, 4);
}

// Catches: points taken for independent. A slope of each seed, many points on it: ten times the points tell no more.
TEST(ClusteredSlope, MorePointsOfTheSameSeedsDoNotNarrowIt) {
  const auto half_width = [](int points, auto slope_of) {
    std::vector<std::int64_t> group;
    std::vector<double> x, y;
    for (int g = 0; g < 4; ++g) {
      for (int i = 0; i < points; ++i) {
        group.push_back(g);
        x.push_back(static_cast<double>(i) / (points - 1));
        y.push_back((g - 1.5) * x.back());
      }
    }
    const Estimate e = slope_of(group, x, y, 0.95);
    return e.high - e.value;
  };
  EXPECT_NEAR(half_width(40, clustered_slope) / half_width(4, clustered_slope), 1, 1e-9);
  EXPECT_LT(half_width(40, within_group_slope) / half_width(4, within_group_slope), 0.4);
  const std::vector<std::int64_t> one = {1, 1, 1, 2};
  const std::vector<double> x = {0, 1, 2, 5}, y = {0, 1, 3, 9};
  EXPECT_TRUE(std::isnan(clustered_slope(one, x, y).low)) << "one group that tells";
  EXPECT_EQ(clustered_slope(one, x, y).n, 1);
}

}  // namespace
}  // namespace groklab
