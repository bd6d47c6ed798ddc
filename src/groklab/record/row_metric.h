// What one row of logits counts for, and means over groups of rows: the one definition behind records, probes and
// evaluations. Formulas: docs/decisions/measurements.md.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "groklab/records.h"

namespace groklab {

/// The tie rule: a row whose correct logit is equalled by another class is wrong. A network that says nothing (all
/// logits equal) then has accuracy 0, whatever its labels.
inline constexpr bool kTieIsWrong = true;

/// Whether a row of this margin counts as right. NaN does not.
constexpr bool is_correct(double margin) { return kTieIsWrong ? margin > 0 : margin >= 0; }

/// Measurements of one row of logits L with label y.
struct RowStatistics {
  double loss = 0;
  double correct_logit = 0;          ///< L[y]
  double correct_logit_centred = 0;  ///< L[y] - mean_c L[c]
  double margin = 0;                 ///< L[y] - max_{c != y} L[c]
  bool collapsed = false;            ///< float32(1 + sum over all but the largest of exp(z - max z)) == 1
};

/// Of one row in float64, with the cross-entropy that does not cancel; what the kernels compute in a run's precision.
RowStatistics row_statistics_of(std::span<const double> logits, std::int64_t label);

/// The class with the largest logit; -1 where several share it, as a tie answers nothing.
std::int64_t predicted_class(std::span<const double> logits);

/// Sums over the rows of one group.
class RowSums {
 public:
  void add(const RowStatistics& row);
  void add(const RowSums& other);
  /// Means; NaN without rows.
  GroupMetrics metrics() const;

 private:
  std::int64_t rows_ = 0, correct_ = 0, collapsed_ = 0;
  double loss_ = 0, correct_logit_ = 0, centred_ = 0, margin_ = 0;
  double margin_min_ = std::numeric_limits<double>::infinity();
};

}  // namespace groklab
