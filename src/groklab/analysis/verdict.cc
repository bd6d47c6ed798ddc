// See verdict.h.
#include "groklab/analysis/verdict.h"

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

Verdict judge_all(std::span<const Verdict> parts) {
  bool all = !parts.empty();
  for (const Verdict part : parts) {
    if (part == Verdict::kRefuted) return Verdict::kRefuted;
    all = all && part == Verdict::kConfirmed;
  }
  return all ? Verdict::kConfirmed : Verdict::kInconclusive;
}

}  // namespace groklab
