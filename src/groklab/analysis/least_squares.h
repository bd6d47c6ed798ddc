// Least squares with an intercept and a few columns.
#pragma once

#include <span>
#include <vector>

namespace groklab {

/// y = intercept + sum over columns of slope times column, with the least sum of squares. Columns that are (nearly)
/// sums of those before them have a slope of 0.
struct LinearFit {
  double intercept = 0;
  std::vector<double> slopes;
  double explained = 0;  ///< R^2; NaN for a y without spread

  double at(std::span<const double> values) const;
};
/// Columns as long as y. Empty y: NaN.
LinearFit least_squares(std::span<const double> y, std::span<const std::vector<double>> columns);

}  // namespace groklab
