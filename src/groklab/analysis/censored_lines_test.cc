// Lines of censored groups: least squares without censoring, and no bias with it.
#include "groklab/analysis/censored_lines.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace groklab {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

CensoredPoint exact(std::int64_t group, double x, double y) { return {group, x, y, y}; }

TEST(CensoredLines, OfExactPointsAreLeastSquares) {
  const std::vector<CensoredPoint> points = {exact(5, 0, 1), exact(5, 1, 3), exact(5, 2, 2), exact(2, 0, 7),
                                             exact(2, 2, 3)};
  const GroupLines lines = censored_group_lines(points);
  EXPECT_EQ(lines.group, (std::vector<std::int64_t>{2, 5}));
  EXPECT_NEAR(lines.slope[0], -2, 1e-12);
  EXPECT_NEAR(lines.intercept[0], 7, 1e-12);
  EXPECT_NEAR(lines.slope[1], 0.5, 1e-12);
  EXPECT_NEAR(lines.intercept[1], 1.5, 1e-12);
  EXPECT_NEAR(lines.spread, std::sqrt(1.5), 1e-9);  // residuals -0.5, 1, -0.5 on one degree
  EXPECT_EQ(lines.n_exact, (std::vector<std::int64_t>{2, 3}));
}

TEST(CensoredLines, AGroupWithoutTwoExactPointsHasNone) {
  const std::vector<CensoredPoint> points = {exact(1, 0, 4),       exact(1, 1, 5), exact(2, 0, 4),
                                             {2, 1, 4, kInfinity}, exact(3, 1, 2), exact(3, 1, 3),
                                             {4, 1, 0, kInfinity}, {5, 1},         {6, std::nan(""), 1, 1}};
  const GroupLines lines = censored_group_lines(points);
  ASSERT_EQ(lines.group.size(), 6u);
  EXPECT_NEAR(lines.slope[0], 1, 1e-12);
  for (std::size_t i = 1; i < 6; ++i) {
    EXPECT_TRUE(std::isnan(lines.slope[i])) << lines.group[i];
    EXPECT_TRUE(std::isnan(lines.intercept[i])) << lines.group[i];
  }
  EXPECT_EQ(lines.n_censored[1], 1);
  EXPECT_EQ(lines.n_exact[5], 0);
}

/// Slope 1 in x of -2..2, cut off above 1.2: leaving those out, or taking the bound, would flatten it.
TEST(CensoredLines, AreNotBiasedByCensoring) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal(0, 0.5);
  std::vector<CensoredPoint> points, bounds;
  for (int i = 0; i < 20000; ++i) {
    const double x = -2 + i % 5, y = x + normal(random);
    points.push_back(y > 1.2 ? CensoredPoint{9, x, 1.2, kInfinity} : exact(9, x, y));
    bounds.push_back(exact(9, x, std::min(y, 1.2)));
  }
  const GroupLines lines = censored_group_lines(points);
  EXPECT_NEAR(lines.slope[0], 1, 0.02);
  EXPECT_NEAR(lines.intercept[0], 0, 0.02);
  EXPECT_NEAR(lines.spread, 0.5, 0.02);
  EXPECT_LT(censored_group_lines(bounds).slope[0], 0.85) << "taking the bound";
}

TEST(CensoredLines, ACensoredPointBelowItsLineMovesIt) {
  const std::vector<CensoredPoint> points = {
      exact(1, 0, 0.1), exact(1, 1, 0.9), exact(1, 2, 2), {1, 3, 4.5, kInfinity}};
  const GroupLines lines = censored_group_lines(points);
  EXPECT_GT(lines.slope[0], 1.1);
  EXPECT_LT(lines.slope[0], 3);
}

}  // namespace
}  // namespace groklab
