// Verdicts on claims. A claim of difference needs an interval that excludes its bound; a claim of no dependence needs
// an equivalence test (two one-sided tests, that is, the 90 % interval within the margin), never just "p > 0.05".
#pragma once

#include <limits>
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
/// How an effect is compared with a bound. Text reaches the disk: "unstated", "above", "below", "within".
enum class Comparison {
  kUnstated,  ///< none of these
  kAbove,     ///< interval of 95 %
  kBelow,     ///< interval of 95 %
  kWithin     ///< |effect| < bound, a test of equivalence: interval of kEquivalenceLevel
};
const char* comparison_name(Comparison comparison);

/// What kind of number an effect is. Text reaches the disk: "number", "ln ratio", "log10 ratio".
enum class EffectScale { kNumber, kLnRatio, kLog10Ratio };
const char* effect_scale_name(EffectScale scale);

/// A comparison with its bound: all of a test that is fixed before its measurement.
struct Criterion {
  Comparison comparison = Comparison::kUnstated;
  double bound = std::numeric_limits<double>::quiet_NaN();  ///< on the effect's own scale; of kWithin the margin
  EffectScale scale = EffectScale::kNumber;

  /// Of the interval that the comparison looks at.
  double level() const { return comparison == Comparison::kWithin ? kEquivalenceLevel : 0.95; }
};
Criterion must_be_above(double bound, EffectScale scale = EffectScale::kNumber);
Criterion must_be_below(double bound, EffectScale scale = EffectScale::kNumber);
/// |effect| < margin.
Criterion must_lie_within(double margin, EffectScale scale = EffectScale::kNumber);
/// The effect is the logarithm of a ratio, which must lie between 1 / factor and factor.
Criterion must_agree_within_factor(double factor, EffectScale scale = EffectScale::kLnRatio);

/// By judge_above, judge_below or judge_equivalent. `effect` carries an interval of criterion.level(). kUnstated:
/// inconclusive.
Verdict judge_criterion(const Estimate& effect, const Criterion& criterion);

/// Probability, at most, that a true claim is called refuted, whatever the number of its tests.
inline constexpr double kFamilyLevel = 0.05;
/// A test's part in a claim of `n_tests` tests: confirmed as by judge_criterion; refuted only if it would be with an
/// interval whose tails are kFamilyLevel / n_tests each (Bonferroni; the first step of Holm's procedure, which decides
/// whether any test is refuted), or its own tails if these are smaller. The interval is widened as Student's with
/// effect.n - 1 degrees of freedom, which is too wide, never too narrow, for one with more.
Verdict judge_in_family(const Estimate& effect, const Criterion& criterion, int n_tests);
/// One test of a claim as judge_family sees it.
struct FamilyMember {
  Estimate effect;
  Criterion criterion;
};
/// A claim of several tests: confirmed if all are (an intersection-union test: it keeps the level of a single one),
/// refuted if any is by judge_in_family. Without tests: inconclusive.
Verdict judge_family(std::span<const FamilyMember> tests);

}  // namespace groklab
