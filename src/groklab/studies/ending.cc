// See ending.h.
#include "groklab/studies/ending.h"

#include <algorithm>
#include <cmath>

#include "groklab/analysis/estimate.h"

namespace groklab::studies {

namespace {

/// Over the last third of the steps: fitted, within the range, and the slope's interval within it too.
bool is_level(const TrainingCurve& curve) {
  std::vector<double> x, y;
  const auto last = static_cast<double>(curve.step.back());
  double low = curve.test_accuracy.back(), high = low;
  for (std::size_t i = 0; i < curve.step.size(); ++i) {
    if (3 * curve.step[i] < 2 * curve.step.back()) continue;
    if (curve.train_accuracy[i] < kFitted) return false;
    x.push_back(3 * static_cast<double>(curve.step[i]) / last);  // the third is of length 1
    y.push_back(curve.test_accuracy[i]);
    low = std::min(low, y.back());
    high = std::max(high, y.back());
  }
  if (high - low > kLevelWithin) return false;
  const std::vector<std::int64_t> one_group(x.size(), 0);
  const Estimate slope = within_group_slope(one_group, x, y);
  // A curve that does not move at all has a slope of 0 and an interval of 0.
  return std::abs(slope.low) <= kLevelWithin && std::abs(slope.high) <= kLevelWithin;
}

}  // namespace

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
  return last < kPlateauBelow && is_level(curve) ? Ending::kPlateau : Ending::kUnfinished;
}

}  // namespace groklab::studies
