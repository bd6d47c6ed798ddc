// See event_times.h.
#include "groklab/analysis/event_times.h"

namespace groklab {

void EventTimesFinder::add(Streak& streak, std::int64_t step, double accuracy) const {
  if (streak.found) return;
  if (!(accuracy >= threshold_)) {  // NaN does not hold
    streak.count = 0;
    return;
  }
  if (streak.count == 0) streak.first = step;
  if (++streak.count >= held_) streak.found = streak.first;
}

void EventTimesFinder::add(const Record& record) {
  add(train_, record.step, record.train.accuracy);
  add(test_, record.step, record.test.accuracy);
}

EventTimes event_times(std::span<const Record> records, double threshold, std::int64_t held) {
  EventTimesFinder finder(threshold, held);
  for (const Record& record : records) finder.add(record);
  return finder.times();
}

}  // namespace groklab
