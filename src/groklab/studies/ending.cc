// See ending.h.
#include "groklab/studies/ending.h"

#include <algorithm>

namespace groklab::studies {

const char* ending_name(Ending ending) {
  switch (ending) {
    case Ending::kGrokked:
      return "grokked";
    case Ending::kPlateau:
      return "plateau";
    case Ending::kUnfinished:
      return "unfinished";
    case Ending::kNone:
      break;
  }
  return "none";
}

Ending classify_ending(const TrainingCurve& curve) {
  if (curve.step.empty()) return Ending::kNone;
  const double last = curve.test_accuracy.back();
  if (last >= kGrokkedAccuracy) return Ending::kGrokked;
  if (last < kMiddlingAccuracy) return Ending::kNone;
  double low = last, high = last;
  for (std::size_t i = 0; i < curve.step.size(); ++i) {
    if (3 * curve.step[i] < 2 * curve.step.back()) continue;
    low = std::min(low, curve.test_accuracy[i]);
    high = std::max(high, curve.test_accuracy[i]);
  }
  return high - low <= kLevelWithin ? Ending::kPlateau : Ending::kUnfinished;
}

}  // namespace groklab::studies
