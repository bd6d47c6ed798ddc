// See event_times.h. NaN, which is neither above nor below an accuracy, ends every streak.
#include "groklab/analysis/event_times.h"

namespace groklab {

void EventTimesFinder::Streak::add(std::int64_t step, bool holds, std::int64_t held) {
  if (!holds) {
    count = 0;
    return;
  }
  if (count == 0) first = step;
  if (++count >= held && !found) found = first;
}

void EventTimesFinder::add(const Record& record) {
  train_.add(record.step, record.train.accuracy >= rule_.accuracy, rule_.held);
  test_.add(record.step, record.test.accuracy >= rule_.accuracy, rule_.held);
  below_.add(record.step, record.test.accuracy < rule_.accuracy, rule_.held);
}

EventTimes EventTimesFinder::times() const {
  EventTimes times{train_.found, test_.found, {}};
  if (test_.found && below_.count >= rule_.held) times.ungrok = below_.first;  // the present streak, the last one
  return times;
}

EventTimes event_times(std::span<const Record> records, const EventRule& rule) {
  EventTimesFinder finder(rule);
  for (const Record& record : records) finder.add(record);
  return finder.times();
}

}  // namespace groklab
