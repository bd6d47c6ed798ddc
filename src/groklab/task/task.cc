// make_task: the table of the chosen operation, then its labels.
#include "groklab/task.h"

#include <numeric>

#include "groklab/base/error.h"
#include "groklab/config/operation.h"
#include "groklab/task/labels.h"
#include "groklab/task/operation.h"
#include "groklab/task/table.h"

namespace groklab {
std::vector<std::string> number_names(std::int64_t n) {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) names.push_back(std::to_string(i));
  return names;
}

const OperationDescriptor& operation_descriptor(std::string_view name) {
  const auto named = [](std::string_view component) -> const OperationDescriptor* {
    for (const OperationDescriptor* descriptor : operation_descriptors()) {
      if (descriptor->spec.name == component) return descriptor;
    }
    return nullptr;
  };
  if (const OperationDescriptor* descriptor = named(name)) return *descriptor;
  if (const OperationDescriptor* descriptor = named(operation_name(std::string(name)))) return *descriptor;
  fail(ErrorKind::kInternal, "internal: no operation {}", name);
}

Task make_task(const ResolvedConfig& config) {
  Task task = operation_descriptor(config->task.operation).build(config->task);
  apply_labels(task, config->task);
  return task;
}

std::vector<std::int64_t> all_rows(const Task& task) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(task.n_rows));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

}  // namespace groklab
