// See task_label.h.
#include "groklab/record/task_label.h"

#include <fmt/format.h>

#include "groklab/config/enum_names.h"
#include "groklab/config/task_size.h"

namespace groklab {

std::string task_label(const Config& config) {
  const TaskConfig& task = config.task;
  std::string label = operation_label(task);
  if (task.labels == LabelKind::kCorrupted) {
    label += fmt::format(", {:g} corrupted", task.corrupted_fraction);
  } else if (task.labels != LabelKind::kTrue) {
    label += fmt::format(", {} labels", enum_name(task.labels));
  }
  return label;
}

}  // namespace groklab
