// When a network fitted its training rows and when it generalised: first steps from which an accuracy holds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "groklab/record/record.h"

namespace groklab {

struct EventTimes {
  std::optional<std::int64_t> fit;   ///< T_fit, of train accuracy
  std::optional<std::int64_t> grok;  ///< T_grok, of test accuracy
};

/// First steps of `held` consecutive records with accuracy >= threshold, found while records come one by one. Absent:
/// not reached within the records (right-censored).
class EventTimesFinder {
 public:
  explicit EventTimesFinder(double threshold = 0.99, std::int64_t held = 3) : threshold_(threshold), held_(held) {}

  /// In the order of their steps.
  void add(const Record& record);
  EventTimes times() const { return {train_.found, test_.found}; }

 private:
  struct Streak {
    std::int64_t count = 0, first = 0;
    std::optional<std::int64_t> found;
  };
  void add(Streak& streak, std::int64_t step, double accuracy) const;

  double threshold_;
  std::int64_t held_;
  Streak train_, test_;
};

/// The same of all records at once.
EventTimes event_times(std::span<const Record> records, double threshold = 0.99, std::int64_t held = 3);

}  // namespace groklab
