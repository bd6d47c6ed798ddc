// See task_size.h.
#include "groklab/config/task_size.h"

#include "groklab/base/error.h"
#include "groklab/config/component.h"
#include "groklab/config/operation.h"

namespace groklab {
namespace {

const ComponentSpec& chosen_operation(const TaskConfig& task) {
  const std::string name = operation_name(task.operation);
  for (const ComponentSpec* component : component_specs()) {
    if (component->choice == "task.operation" && component->name == name) return *component;
  }
  fail(ErrorKind::kInternal, "internal: no operation {}", task.operation);
}

}  // namespace

std::optional<TaskSize> task_size(const TaskConfig& task) {
  const ComponentSpec& operation = chosen_operation(task);
  return operation.task_size == nullptr ? std::nullopt : operation.task_size(task);
}

std::string operation_label(const TaskConfig& task) { return chosen_operation(task).task_label(task); }

}  // namespace groklab
