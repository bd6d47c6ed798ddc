// A number with its interval over seeds.
//
// Seeds are the unit: a statistic is computed per seed, and the interval is Student's over those numbers. With the 3 to
// 10 seeds that a sweep has, a percentile bootstrap of 95 % covers the truth in some 75 to 90 % of cases only; it is
// kept for statistics that need many seeds at once (bootstrap()).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "groklab/analysis/student.h"

namespace groklab {

struct Interval {
  double low = 0, high = 0;
};

/// `n` seeds stand behind it. Without an interval (n < 2) both ends are NaN; without a value all are.
struct Estimate {
  double value = 0;
  double low = 0, high = 0;
  std::int64_t n = 0;
};

/// Mean over seeds with Student's interval of the given level. NaN values (a seed without the statistic) are left out.
Estimate mean_estimate(std::span<const double> values, double level = 0.95);

/// exp of an estimate of logarithms.
Estimate exponential(const Estimate& logs);
/// The estimate and its interval moved by a constant.
Estimate shifted(const Estimate& estimate, double by);

/// Slope b of y = a_g + b x with an intercept a_g for each group g (a seed), by least squares, with Student's interval
/// on (points - groups - 1) degrees. `n` counts the groups with two points or more: the others say nothing about b.
/// Points with a NaN are left out. Weighs seeds by how far their points spread, which a mean of slopes does not.
Estimate within_group_slope(std::span<const std::int64_t> group, std::span<const double> x, std::span<const double> y,
                            double level = 0.95);

/// The same slope with groups as the unit: its variance from the sums of each group's residuals times x
/// (cluster-robust, Liang and Zeger 1986, times groups / (groups - 1)), Student's on groups - 1 degrees. Points of one
/// seed share what is particular to the seed, so that they are no independent numbers. Fewer than two groups that
/// count: no interval.
Estimate clustered_slope(std::span<const std::int64_t> group, std::span<const double> x, std::span<const double> y,
                         double level = 0.95);

/// k successes of n: Wilson's interval.
Estimate wilson_estimate(std::int64_t successes, std::int64_t n, double level = 0.95);

/// Percentile bootstrap: `statistic` sees the indices of a resample of 0..n-1 (first of all each index once, for the
/// value itself). NaN results are left out. The same numbers on every machine (a fixed random stream).
Estimate bootstrap(std::int64_t n, const std::function<double(std::span<const std::size_t>)>& statistic,
                   double level = 0.95, int resamples = 2000);

/// Quantile of the values by linear interpolation between order statistics (type 7). Empty: NaN.
double quantile(std::span<const double> values, double p);
/// The same of values that are in ascending order already.
double quantile_of_sorted(std::span<const double> sorted, double p);
double median_of(std::span<const double> values);
/// Median with the narrowest interval between order statistics x_(k), x_(n+1-k) that covers the population's median
/// with at least `level`, whatever the distribution (a sign test turned round). NaN values are left out; too few values
/// for the level (5 for 0.9): no interval.
Estimate median_estimate(std::span<const double> values, double level = 0.95);

/// Spearman's rank correlation with mean ranks for ties; pairs with a NaN are left out. NaN for fewer than 3
/// pairs or no spread.
double spearman(std::span<const double> x, std::span<const double> y);

}  // namespace groklab
