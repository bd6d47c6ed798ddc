// When a network fitted its training rows, when it generalised, and when it lost that again.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "groklab/record/record.h"
#include "groklab/train/event_rule.h"

namespace groklab {

/// Absent: not within the records (right-censored).
struct EventTimes {
  std::optional<std::int64_t> fit;     ///< T_fit: train accuracy came to be held
  std::optional<std::int64_t> grok;    ///< T_grok: test accuracy came to be held
  std::optional<std::int64_t> ungrok;  ///< T_ungrok: after T_grok, test accuracy fell below and stayed there to the end
};

/// Finds them while records come one by one.
class EventTimesFinder {
 public:
  explicit EventTimesFinder(const EventRule& rule = {}) : rule_(rule) {}

  /// In the order of their steps.
  void add(const Record& record);
  EventTimes times() const;

 private:
  struct Streak {
    std::int64_t count = 0, first = 0;
    std::optional<std::int64_t> found;  ///< where the first one that was long enough began
    void add(std::int64_t step, bool holds, std::int64_t held);
  };

  EventRule rule_;
  Streak train_, test_, below_;
};

/// The same of all records at once.
EventTimes event_times(std::span<const Record> records, const EventRule& rule = {});

}  // namespace groklab
