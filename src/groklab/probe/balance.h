// How the correct logit divides between the two circuits: a generalising part G that every row has, and a memorising
// part M that training rows have on top.
//
// An orbit of the task's symmetry (circuit_split.h) holds cells that a circuit of the group's structure treats alike.
// Whether a row was trained on is then the only thing that tells its cells apart, so of each orbit o
//   G(o) = mean of the centred logits over its test rows,    M(o) = mean over its training rows - G(o).
// The mean over all rows, which circuit_split.h takes, holds D / N of a lookup table; G(o) holds nothing of it but
// noise. docs/decisions/circuit-balance.md says how G and M relate to what records hold.
#pragma once

#include <span>

#include "groklab/probe/circuit_split.h"
#include "groklab/probes.h"
#include "groklab/task.h"

namespace groklab {

/// Fewest test rows, and training rows, behind the mean of an orbit: a variance from 8 rows is known to a factor of
/// about 1.5 either way.
inline constexpr std::int64_t kLeastOrbitRows = 8;
/// Fraction of the table's rows whose correct cell must lie in orbits with so many rows.
inline constexpr double kLeastOrbitCover = 0.9;
/// Half the width of intervals in standard errors: 95 % of a normal variable. The rows behind a mean are many.
inline constexpr double kBalanceErrors = 1.96;

/// Bounds of a ratio; NaN where there is none on that side.
struct RatioInterval {
  double low = 0, high = 0;
};

/// Fieller's interval of a / b for normal a and b with these variances and covariance: all ratios r for which a - r b
/// lies within `errors` standard errors of 0. Where b is not told from 0 that set passes through infinity, and its part
/// on a's side of 0 is given: no bound away from 0. Where a is not either, it has no bounds at all.
RatioInterval fieller_interval(double a, double b, double variance_a, double variance_b, double covariance,
                               double errors = kBalanceErrors);

/// logits: [n_rows, n_classes] of all rows in order. Training rows count with the label that they are trained on, minus
/// what G is in that label's orbit; G is averaged over the labels that test rows are judged by. Standard errors take
/// rows as independent draws.
BalanceMetrics measure_balance(const SymmetryOrbits& orbits, const Task& task, const Split& split,
                               std::span<const double> logits);

}  // namespace groklab
