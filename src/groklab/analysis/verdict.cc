// See verdict.h.
#include "groklab/analysis/verdict.h"

#include <cmath>

namespace groklab {

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kConfirmed:
      return "confirmed";
    case Verdict::kRefuted:
      return "refuted";
    case Verdict::kInconclusive:
      break;
  }
  return "inconclusive";
}

// Comparisons with NaN are false: an effect without an interval stays inconclusive.

Verdict judge_above(const Estimate& effect, double bound) {
  if (effect.low > bound) return Verdict::kConfirmed;
  if (effect.high < bound) return Verdict::kRefuted;
  return Verdict::kInconclusive;
}

Verdict judge_below(const Estimate& effect, double bound) {
  if (effect.high < bound) return Verdict::kConfirmed;
  if (effect.low > bound) return Verdict::kRefuted;
  return Verdict::kInconclusive;
}

Verdict judge_equivalent(const Estimate& effect, double margin) {
  if (effect.low > -margin && effect.high < margin) return Verdict::kConfirmed;
  if (effect.low > margin || effect.high < -margin) return Verdict::kRefuted;
  return Verdict::kInconclusive;
}

const char* comparison_name(Comparison comparison) {
  switch (comparison) {
    case Comparison::kAbove:
      return "above";
    case Comparison::kBelow:
      return "below";
    case Comparison::kWithin:
      return "within";
    case Comparison::kUnstated:
      break;
  }
  return "unstated";
}

const char* effect_scale_name(EffectScale scale) {
  switch (scale) {
    case EffectScale::kLnRatio:
      return "ln ratio";
    case EffectScale::kLog10Ratio:
      return "log10 ratio";
    case EffectScale::kNumber:
      break;
  }
  return "number";
}

Criterion must_be_above(double bound, EffectScale scale) { return {Comparison::kAbove, bound, scale}; }
Criterion must_be_below(double bound, EffectScale scale) { return {Comparison::kBelow, bound, scale}; }
Criterion must_lie_within(double margin, EffectScale scale) { return {Comparison::kWithin, margin, scale}; }
Criterion must_agree_within_factor(double factor, EffectScale scale) {
  return {Comparison::kWithin, scale == EffectScale::kLog10Ratio ? std::log10(factor) : std::log(factor), scale};
}

Verdict judge_criterion(const Estimate& effect, const Criterion& criterion) {
  switch (criterion.comparison) {
    case Comparison::kAbove:
      return judge_above(effect, criterion.bound);
    case Comparison::kBelow:
      return judge_below(effect, criterion.bound);
    case Comparison::kWithin:
      return judge_equivalent(effect, criterion.bound);
    case Comparison::kUnstated:
      break;
  }
  return Verdict::kInconclusive;
}

Verdict judge_in_family(const Estimate& effect, const Criterion& criterion, int n_tests) {
  const Verdict alone = judge_criterion(effect, criterion);
  const double own_tail = 0.5 * (1 - criterion.level()), tail = std::fmin(own_tail, kFamilyLevel / n_tests);
  if (alone != Verdict::kRefuted || tail == own_tail) return alone;
  const double freedom = std::fmax(1, static_cast<double>(effect.n - 1));
  const double factor = student_quantile(1 - tail, freedom) / student_quantile(1 - own_tail, freedom);
  Estimate wide = effect;
  wide.low = effect.value - factor * (effect.value - effect.low);
  wide.high = effect.value + factor * (effect.high - effect.value);
  return judge_criterion(wide, criterion) == Verdict::kRefuted ? Verdict::kRefuted : Verdict::kInconclusive;
}

Verdict judge_family(std::span<const FamilyMember> tests) {
  bool all = !tests.empty();
  for (const FamilyMember& test : tests) {
    const Verdict part = judge_in_family(test.effect, test.criterion, static_cast<int>(tests.size()));
    if (part == Verdict::kRefuted) return part;
    all = all && part == Verdict::kConfirmed;
  }
  return all ? Verdict::kConfirmed : Verdict::kInconclusive;
}

}  // namespace groklab
