// See plateau.h.
#include "groklab/paper/plateau.h"

#include <algorithm>

namespace groklab::paper {

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

Ending classify_ending(std::span<const Record> records) {
  constexpr double kGrokked = 0.95, kMiddling = 0.2, kLevel = 0.05;
  if (records.empty()) return Ending::kNone;
  const Record& last = records.back();
  if (last.test.accuracy >= kGrokked) return Ending::kGrokked;
  if (last.test.accuracy < kMiddling) return Ending::kNone;
  double low = last.test.accuracy, high = low;
  for (const Record& record : records) {
    if (3 * record.step < 2 * last.step) continue;
    low = std::min(low, record.test.accuracy);
    high = std::max(high, record.test.accuracy);
  }
  return high - low <= kLevel ? Ending::kPlateau : Ending::kUnfinished;
}

}  // namespace groklab::paper
