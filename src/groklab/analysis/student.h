// Quantiles behind intervals, from Boost.Math (whose headers only student.cc reads).
#pragma once

namespace groklab {

/// Student's t distribution with `freedom` > 0 degrees.
double student_cdf(double t, double freedom);
/// Inverse of student_cdf for 0 < p < 1.
double student_quantile(double p, double freedom);
/// Quantile of the standard normal distribution for 0 < p < 1.
double normal_quantile(double p);

}  // namespace groklab
