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

/// First steps of `held` consecutive records with accuracy >= threshold. Absent: not reached within the records
/// (right-censored).
EventTimes event_times(std::span<const Record> records, double threshold = 0.99, std::int64_t held = 3);

}  // namespace groklab
