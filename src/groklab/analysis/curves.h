// Curves over data-set size: lines in logarithms, where two curves cross, and where accuracy turns.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "groklab/analysis/estimate.h"

namespace groklab {

/// y = intercept + slope x by least squares. NaN for fewer than 2 distinct x.
struct Line {
  double intercept = 0, slope = 0;
};
Line fit_line(std::span<const double> x, std::span<const double> y);

/// y = exp(intercept) x^slope; all x, y > 0.
Line fit_power(std::span<const double> x, std::span<const double> y);

/// The first x > 0 at which the curve through the points (straight between them in logarithms, x ascending, the end
/// pieces prolonged by at most a factor `reach` in x) comes up to `level`. NaN: it does not.
double first_reach(std::span<const double> x, std::span<const double> y, double level, double reach = 1.0);

/// accuracy(D) = floor + (1 - floor) / (1 + (midpoint / D)^steepness), fitted by least squares.
struct Transition {
  double midpoint = 0;   ///< D where accuracy is half-way between floor and 1
  double steepness = 0;  ///< d logit / d log D
  double width = 0;      ///< D of 90 % of the rise / D of 10 % of it
  double residual = 0;   ///< root mean square of accuracy - fit
  bool below = false;    ///< every accuracy is above the half-way value: the midpoint lies below the smallest D
  bool above = false;    ///< every accuracy is below it: the midpoint lies above the largest D
};
/// `floor`: accuracy of guessing, 1 / classes. With `below` or `above` set, midpoint, steepness and width are NaN.
Transition fit_transition(std::span<const double> sizes, std::span<const double> accuracies, double floor);

/// One observation of a time that may be censored at its budget.
struct Duration {
  double time = 0;
  bool happened = true;
};
/// Kaplan and Meier's survival curve: (time, fraction for which it has not happened yet), ascending.
struct SurvivalPoint {
  double time = 0, fraction = 1;
};
std::vector<SurvivalPoint> kaplan_meier(std::vector<Duration> observations);
/// The first time at which at most half are left; NaN if more than half are left at the end.
double median_survival(std::span<const Duration> observations);
/// The same with Brookmeyer and Crowley's interval, log(-log) transformed: the times at which the curve, with
/// Greenwood's variance, may be one half. Right with few seeds where the plain transform is too narrow. An end that the
/// observations do not reach is infinite; n counts all of them.
Estimate median_survival_estimate(std::span<const Duration> observations, double level = 0.95);

}  // namespace groklab
