// Means of groups whose values are partly known only to lie between two bounds: a transition below the smallest size
// that was tried, or a prediction beyond the largest.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace groklab {

/// A value of a group, known exactly (low == high) or to lie in [low, high]; an end may be infinite. Both infinite, or
/// a NaN: nothing is known.
struct CensoredValue {
  std::int64_t group = 0;
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();

  bool is_exact() const { return low == high; }
  /// NaN where only bounds are known.
  double exact_or_nan() const { return is_exact() ? low : std::numeric_limits<double>::quiet_NaN(); }
};
CensoredValue exact_value(std::int64_t group, double value);
/// a - b, of the same group: the bounds that follow from both.
CensoredValue difference(const CensoredValue& a, const CensoredValue& b);

/// Maximum-likelihood means of y_ij = mean_i + e_ij, e ~ N(0, spread^2) with one spread for all groups (Dempster, Laird
/// and Rubin's EM for censored normal data). A group without an exact value and bounded on one side only has no such
/// mean: NaN, and it does not count for the spread. Where no spread is found, as hardly a value is exact, it is NaN,
/// and so are the means of groups that are not all exact.
struct GroupMeans {
  std::vector<std::int64_t> group;  ///< ascending
  std::vector<double> mean;         ///< [groups]
  std::vector<std::int64_t> n_exact, n_censored;
  double spread = 0;  ///< 0 where every group has one value
};
GroupMeans censored_group_means(std::span<const CensoredValue> values);

}  // namespace groklab
