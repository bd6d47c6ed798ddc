// See event_times.h.
#include "groklab/analysis/event_times.h"

namespace groklab {
namespace {

template <typename Accuracy>
std::optional<std::int64_t> first_held(std::span<const Record> records, double threshold, std::int64_t held,
                                       Accuracy accuracy) {
  std::int64_t count = 0;
  std::int64_t first = 0;
  for (const Record& record : records) {
    if (!(accuracy(record) >= threshold)) {  // NaN does not hold
      count = 0;
      continue;
    }
    if (count == 0) first = record.step;
    if (++count >= held) return first;
  }
  return std::nullopt;
}

}  // namespace

EventTimes event_times(std::span<const Record> records, double threshold, std::int64_t held) {
  return {first_held(records, threshold, held, [](const Record& record) { return record.train.accuracy; }),
          first_held(records, threshold, held, [](const Record& record) { return record.test.accuracy; })};
}

}  // namespace groklab
