// See renamed_keys.h. Lines are added here and never removed.
#include "groklab/config/renamed_keys.h"

#include <array>
#include <utility>

namespace groklab {
namespace {

/// First name, present name.
constexpr std::array kRenamed = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"task.corrupted_share", "task.corrupted_fraction"},
    {"optim.final_lr_share", "optim.final_lr_fraction"},
    {"train.record_every", "train.evaluate_every"},
    {"train.record_per_decade", "train.evaluate_per_decade"},
    {"train.stop_held_records", "train.stop_held_evaluations"},
});

}  // namespace

std::string_view renamed_key(std::string_view old_name) {
  for (const auto& [first, present] : kRenamed) {
    if (first == old_name) return present;
  }
  return "";
}

std::string_view identity_key(std::string_view key) {
  for (const auto& [first, present] : kRenamed) {
    if (present == key) return first;
  }
  return key;
}

}  // namespace groklab
