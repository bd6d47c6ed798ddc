// What came of a run, in words.
#pragma once

#include <string>

#include "groklab/analysis/event_times.h"
#include "groklab/store/store.h"

namespace groklab::report {

/// One sentence: whether it generalised, when and how late. `last` is the last record; "" without one.
std::string outcome_sentence(const RunInfo& info, const EventTimes& events, const Record* last);

}  // namespace groklab::report
