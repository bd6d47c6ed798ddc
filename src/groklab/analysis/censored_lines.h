// Lines through groups of points some of which are known only to lie above a bound: logarithms of times that a budget
// cut off.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace groklab {

/// y of a group at x, known exactly (low == high) or to lie in [low, high]; an end may be infinite. Both infinite, or a
/// NaN: nothing is known.
struct CensoredPoint {
  std::int64_t group = 0;
  double x = 0;
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();

  bool is_exact() const { return low == high; }
};

/// Maximum-likelihood lines y = intercept_g + slope_g x + e, e ~ N(0, spread^2) with one spread for all groups, by EM
/// for censored normal data: censored points count with what the model expects of them, neither left out nor taken for
/// their bound. Without censored points these are the groups' least squares. A group with fewer than two exact points
/// at different x has no line: NaN, and it does not count for the spread. Where EM finds no end, groups with censored
/// points have none.
struct GroupLines {
  std::vector<std::int64_t> group;       ///< ascending
  std::vector<double> intercept, slope;  ///< [groups]
  std::vector<std::int64_t> n_exact, n_censored;
  double spread = 0;  ///< NaN where EM finds no end; 0 where no group has more than two points
};
GroupLines censored_group_lines(std::span<const CensoredPoint> points);

}  // namespace groklab
