// max(x, y), an operation of an order and of no group: a network must compare its inputs.
#include <fmt/format.h>

#include <algorithm>

#include "groklab/task/operation.h"
#include "groklab/task/table.h"

namespace groklab {
namespace {

std::string maximum_label(const TaskConfig& config) { return fmt::format("maximum below {}", config.modulus); }

Task build_maximum(const TaskConfig& config) {
  Task task = pair_table(config.modulus,
                         [](std::int64_t x, std::int64_t y) { return static_cast<std::int32_t>(std::max(x, y)); });
  task.name = fmt::format("max(x, y) of 0..{}", config.modulus - 1);
  task.symbol_names = number_names(config.modulus);
  return task;
}

std::optional<TaskSize> maximum_size(const TaskConfig& config) {
  const std::int64_t n = config.modulus;
  return TaskSize{n, n, 2, n * n};
}

}  // namespace

const OperationDescriptor& maximum_operation() {
  static const OperationDescriptor descriptor = {
      .spec = {.choice = "task.operation",
               .name = "maximum",
               .meaning = "max(x, y) of the numbers 0 to p - 1, p = task.modulus",
               .uses = {"task.modulus"},
               .task_size = maximum_size,
               .task_label = maximum_label},
      .build = build_maximum};
  return descriptor;
}

}  // namespace groklab
