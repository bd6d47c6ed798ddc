// See outcome.h.
#include "groklab/report/outcome.h"

#include <fmt/format.h>

#include <algorithm>

#include "groklab/view/text.h"

namespace groklab::report {

std::string outcome_sentence(const RunInfo& info, const EventTimes& events, const Record* last) {
  if (last == nullptr) return "";
  if (info.status == RunStatus::kDiverged) return fmt::format("Diverged at step {}.", format_count(info.step));
  const std::string accuracy = format_fraction(last->test.accuracy);
  if (last->test.rows == 0) {
    return events.fit ? fmt::format("Fitted all rows that there are by step {}.", format_count(*events.fit)) : "";
  }
  const bool from_start = events.grok && *events.grok == 0 && !info.config.fork.run.empty();
  if (events.ungrok) {
    return fmt::format("{}lost that from step {} on: test accuracy {}.",
                       from_start ? "Began generalising and " : "Generalised and ", format_count(*events.ungrok),
                       accuracy);
  }
  if (from_start)
    return fmt::format("Began generalising and still did at step {}: test accuracy {}.", format_count(last->step),
                       accuracy);
  if (events.fit && events.grok) {
    const double factor = static_cast<double>(*events.grok) / std::max<double>(1, static_cast<double>(*events.fit));
    if (factor > 2) {
      return fmt::format("Grokked: it fitted by step {} and generalised by step {}, {:.1f} times as late.",
                         format_count(*events.fit), format_count(*events.grok), factor);
    }
    return fmt::format("Generalised by step {}, without the delay of grokking.", format_count(*events.grok));
  }
  if (events.fit) {
    return fmt::format("Fitted by step {} and had not generalised by step {}: test accuracy {}.",
                       format_count(*events.fit), format_count(last->step), accuracy);
  }
  return fmt::format("Had not fitted its training rows by step {}.", format_count(last->step));
}

}  // namespace groklab::report
