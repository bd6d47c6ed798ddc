// rho over steps and sizes, as it is drawn.
#include "groklab/studies/varma2023/rho_points.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace groklab::studies::varma2023 {
namespace {

// Catches: an arithmetic mean of ratios; seeds without memorisation taken in as a ratio of infinity.
TEST(RhoPoints, TheMeanIsGeometricWithStudentsInterval) {
  const std::vector<report::XyPoint> points =
      rho_points({{1, 100, 2, 1}, {2, 100, 4, 1}, {4, 100, 8, 1}, {3, 100, 5, -0.1}, {1, 200, 9, 1}, {2, 200, 9, 0}});
  ASSERT_EQ(points.size(), 5u) << "one mean, four that have a ratio";
  EXPECT_EQ(points.back().series, kMeanRho);
  EXPECT_EQ(points.back().x, 100);
  EXPECT_NEAR(points.back().y, 4, 1e-12);
  // Student's quantile for three seeds is 4.3027; ln 2, ln 4 and ln 8 have a standard error of ln 2 / sqrt 3.
  EXPECT_NEAR(std::log(points.back().high / 4), 4.3027 * std::log(2) / std::sqrt(3), 1e-3);
  EXPECT_NEAR(std::log(points.back().low / 4), -4.3027 * std::log(2) / std::sqrt(3), 1e-3);
  EXPECT_TRUE(std::all_of(points.begin(), points.end() - 1, [](const auto& p) { return p.series == kSeedRho; }));
}

// Catches: an axis that spans fifty decades for the sake of one interval, so that nothing else can be seen.
TEST(RhoPoints, AMeanOfWhichNothingIsKnownIsNotDrawn) {
  const std::vector<report::XyPoint> points = rho_points({{1, 100, 0.001, 1}, {2, 100, 10, 1}});
  ASSERT_EQ(points.size(), 2u);
  for (const report::XyPoint& p : points) EXPECT_EQ(p.series, kSeedRho);
}

TEST(RhoPoints, IntervalsDoNotHideOneAnother) {
  std::vector<CircuitsAt> circuits;
  for (int step = 100; step <= 1000; step += 5) {
    for (const std::int64_t seed : {1, 2}) circuits.push_back({seed, static_cast<double>(step), 2, 1});
  }
  const auto points = rho_points(circuits);
  const auto means = std::count_if(points.begin(), points.end(), [](const auto& p) { return p.series == kMeanRho; });
  EXPECT_GE(means, 11);
  EXPECT_LE(means, 13);
  EXPECT_TRUE(rho_points({}).empty());
}

}  // namespace
}  // namespace groklab::studies::varma2023
