// Verdicts on claims. A claim of difference needs an interval that excludes its bound; a claim of no dependence needs
// an equivalence test (two one-sided tests, that is, the 90 % interval within the margin), never just "p > 0.05".
#pragma once

#include <span>

#include "groklab/analysis/estimate.h"

namespace groklab {

/// Text reaches the disk: "confirmed", "refuted", "inconclusive".
enum class Verdict { kConfirmed, kRefuted, kInconclusive };
const char* verdict_name(Verdict verdict);

/// Claim: the effect is above `bound`. Confirmed if the interval lies above it, refuted if it lies below it.
Verdict judge_above(const Estimate& effect, double bound);
/// Claim: the effect is below `bound`.
Verdict judge_below(const Estimate& effect, double bound);
/// Level of the interval that an equivalence test looks at: two one-sided tests of 5 %.
inline constexpr double kEquivalenceLevel = 0.9;
/// Claim: |effect| < margin. `effect` carries an interval of kEquivalenceLevel. Confirmed if
/// the interval lies within (-margin, margin), refuted if it lies outside altogether.
Verdict judge_equivalent(const Estimate& effect, double margin);
/// A claim of several parts: confirmed if all are, refuted if any is.
Verdict judge_all(std::span<const Verdict> parts);

}  // namespace groklab
