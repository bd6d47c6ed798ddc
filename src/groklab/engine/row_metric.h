// What one row of logits counts for: with the sums of group_sums.h the one definition behind records, probes and
// evaluations. Formulas: docs/decisions/measurements.md.
#pragma once

#include <cstdint>
#include <span>

#include "groklab/kernel/kernels.h"

namespace groklab {

/// The tie rule: a row whose correct logit is equalled by another class is wrong. A network that says nothing (all
/// logits equal) then has accuracy 0, whatever its labels.
inline constexpr bool kTieIsWrong = true;

/// Whether a row of this margin counts as right. NaN does not.
constexpr bool is_correct(double margin) { return kTieIsWrong ? margin > 0 : margin >= 0; }

/// Of one row in float64, with the cross-entropy that does not cancel; what the kernels compute in a run's precision.
RowStatistics row_statistics_of(std::span<const double> logits, std::int64_t label);

/// The class with the largest logit; -1 where several share it, as a tie answers nothing.
std::int64_t predicted_class(std::span<const double> logits);

}  // namespace groklab
