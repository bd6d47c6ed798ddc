// Least squares on data whose line is known.
#include "groklab/analysis/least_squares.h"

#include <gtest/gtest.h>

#include <cmath>

namespace groklab {
namespace {

TEST(LeastSquares, FindsAnExactPlane) {
  const std::vector<std::vector<double>> columns = {{1, 2, 3, 4, 7}, {2, 1, 5, 0, 3}};
  std::vector<double> y;
  for (std::size_t i = 0; i < 5; ++i) y.push_back(4 - 2 * columns[0][i] + 0.5 * columns[1][i]);
  const LinearFit fit = least_squares(y, columns);
  EXPECT_NEAR(fit.intercept, 4, 1e-12);
  EXPECT_NEAR(fit.slopes[0], -2, 1e-12);
  EXPECT_NEAR(fit.slopes[1], 0.5, 1e-12);
  EXPECT_NEAR(fit.explained, 1, 1e-12);
  EXPECT_NEAR(fit.at(std::vector<double>{10, 10}), 4 - 20 + 5, 1e-11);
}

// y = x plus residuals 1, -2, 1, that neither the intercept nor the slope can take.
TEST(LeastSquares, LeavesWhatNoLineTakes) {
  const LinearFit fit = least_squares(std::vector<double>{1, -1, 3}, std::vector<std::vector<double>>{{0, 1, 2}});
  EXPECT_NEAR(fit.slopes[0], 1, 1e-12);
  EXPECT_NEAR(fit.intercept, 0, 1e-12);
  EXPECT_NEAR(fit.explained, 1 - 6.0 / 8.0, 1e-12);
}

TEST(LeastSquares, ADependentColumnHasNoSlope) {
  const LinearFit fit =
      least_squares(std::vector<double>{1, 2, 3, 5}, std::vector<std::vector<double>>{{1, 2, 3, 4}, {2, 4, 6, 8}});
  EXPECT_EQ(fit.slopes[1], 0);
  EXPECT_NEAR(fit.slopes[0], 1.3, 1e-12);
}

TEST(LeastSquares, WithoutColumnsItIsTheMean) {
  const LinearFit fit = least_squares(std::vector<double>{1, 2, 6}, {});
  EXPECT_NEAR(fit.at({}), 3, 1e-12);
  EXPECT_NEAR(fit.explained, 0, 1e-12);
  EXPECT_TRUE(std::isnan(least_squares(std::vector<double>{}, {}).intercept));
  EXPECT_TRUE(std::isnan(least_squares(std::vector<double>{2, 2}, {}).explained));
}

}  // namespace
}  // namespace groklab
