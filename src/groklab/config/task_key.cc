// See task_key.h.
#include "groklab/config/task_key.h"

#include <algorithm>
#include <string_view>

#include "groklab/config/component.h"
#include "groklab/config/identity.h"

namespace groklab {
namespace {

bool uses(const ComponentSpec& component, std::string_view key) {
  return std::find(component.uses.begin(), component.uses.end(), key) != component.uses.end();
}

/// Chooses or changes the task, which task_key holds already, or what is read at evaluation steps.
bool costs_no_step(const ComponentSpec& component) {
  const auto in_task = [](std::string_view key) { return key.starts_with("task."); };
  return in_task(component.choice) || component.choice.starts_with("train.") ||
         (!component.uses.empty() && std::all_of(component.uses.begin(), component.uses.end(), in_task));
}

/// Whether the table itself is drawn from task.label_seed, as the hidden bits of parity are.
bool table_is_random(const Config& config) {
  for (const ComponentSpec* component : component_specs()) {
    if (component->choice == "task.operation" && component_active(*component, config)) {
      return uses(*component, "task.label_seed");
    }
  }
  return false;
}

}  // namespace

std::string task_key(const ResolvedConfig& config) {
  const bool is_random = table_is_random(*config);
  return canonical_lines(*config, [is_random](std::string_view key) {
    if (key == "task.labels" || key == "task.corrupted_fraction") return false;
    if (key == "task.label_seed") return is_random;
    return key.starts_with("task.");
  });
}

std::string shape_key(const ResolvedConfig& config) {
  return task_key(config) + canonical_lines(*config, [](std::string_view key) {
           return key.starts_with("model.") && key != "model.init" && key != "model.init_scale";
         });
}

std::string cost_key(const ResolvedConfig& config) {
  std::string key = shape_key(config) + canonical_lines(*config, [](std::string_view name) {
                      return name.starts_with("loss.") || name == "train.precision" || name == "train.chunks";
                    });
  for (const ComponentSpec* component : component_specs()) {
    if (!costs_no_step(*component) && component_active(*component, *config)) key += std::string(component->name) + '\n';
  }
  return key;
}

}  // namespace groklab
