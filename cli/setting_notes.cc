// See setting_notes.h.
#include "setting_notes.h"

#include <fmt/format.h>

#include <set>

#include "groklab/config/assignment.h"
#include "groklab/config/component.h"

namespace groklab::cli {
namespace {

constexpr double kStrongPenalty = 0.1;  // of Adam: its steps do not grow with the loss's gradient, so that L2 wins

}  // namespace

std::vector<std::string> setting_notes(const Config& config, const std::vector<std::string>& assignments) {
  std::vector<std::string> notes;
  std::set<std::string> set;
  for (const std::string& assignment : assignments) {
    const std::string key = parse_assignment(assignment, "--set").key;
    if (!set.insert(key).second || key_applies(config, key)) continue;
    notes.push_back(fmt::format("{} changes nothing here: no part of this run reads it", key));
  }
  if (config.optim.kind == "adam" && config.optim.weight_decay >= kStrongPenalty) {
    notes.push_back(fmt::format(
        "optim.kind = adam adds optim.weight_decay = {} to the gradient, as an L2 penalty: from about {} on it "
        "shrinks all weights, whatever the loss; adamw decays them apart",
        config.optim.weight_decay, kStrongPenalty));
  }
  if (!config.fork.run.empty() && config.train.stop_test_accuracy > 0 && !set.contains("train.stop_test_accuracy")) {
    notes.push_back(
        fmt::format("the parent's rule holds here too: it stops at test accuracy {}; --set train.stop_test_accuracy=0 "
                    "goes on",
                    config.train.stop_test_accuracy));
  }
  return notes;
}

}  // namespace groklab::cli
