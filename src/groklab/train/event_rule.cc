// See event_rule.h.
#include "groklab/train/event_rule.h"

#include <algorithm>

namespace groklab {
namespace {

constexpr const char* kAccuracy = "events.accuracy";
constexpr const char* kHeld = "events.held_evaluations";

}  // namespace

EventRule event_rule(const Config& config) {
  EventRule rule{number_setting(config, kAccuracy), integer_setting(config, kHeld)};
  if (config.train.stop_test_accuracy >= rule.accuracy) {
    rule.held = std::clamp<std::int64_t>(config.train.stop_held_evaluations, 1, rule.held);
  }
  return rule;
}

const ComponentSpec& event_rule_spec() {
  static const ComponentSpec spec = {
      .name = "events",
      .meaning = "what counts as fitted, generalised and lost again",
      .keys = {number_key(kAccuracy, EventRule{}.accuracy, between(0, 1), "fraction of rows",
                          "Accuracy of the events T_fit (training rows), T_grok and T_ungrok (test rows)."),
               integer_key(kHeld, EventRule{}.held, at_least(1), "records",
                           "Consecutive evaluation steps for which an event's accuracy must hold.")},
      .active = [](const Config&) { return true; }};
  return spec;
}

}  // namespace groklab
