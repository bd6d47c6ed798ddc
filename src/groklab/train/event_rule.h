// What counts as an event of a run, T_fit, T_grok and T_ungrok: the keys events.*.
#pragma once

#include <cstdint>

#include "groklab/config.h"
#include "groklab/config/component.h"

namespace groklab {

/// `held` consecutive evaluation steps on the same side of an accuracy.
struct EventRule {
  double accuracy = 0.99;
  std::int64_t held = 3;
};
/// The rule of a run. One that was told to stop at that accuracy after fewer evaluation steps has no more to show, so
/// that these are enough.
EventRule event_rule(const Config& config);

/// The keys, which every run has.
const ComponentSpec& event_rule_spec();

}  // namespace groklab
