// See task_size.h.
#include "groklab/config/task_size.h"

namespace groklab {

bool is_group_operation(Operation operation) {
  return operation == Operation::kGroupProduct || operation == Operation::kGroupConjugate ||
         operation == Operation::kGroupSandwich;
}

bool is_modular_operation(Operation operation) {
  return !is_group_operation(operation) && operation != Operation::kTable && operation != Operation::kParity;
}

std::int64_t group_order(GroupKind group, std::int64_t degree) {
  constexpr std::int64_t kFarTooMany = 1'000'000'000'000;
  if (group == GroupKind::kCyclic) return degree;
  if (group == GroupKind::kDihedral) return 2 * degree;
  std::int64_t factorial = 1;
  for (std::int64_t n = 2; n <= degree && factorial < kFarTooMany; ++n) factorial *= n;
  if (group == GroupKind::kAlternating && degree >= 2) factorial /= 2;
  return factorial;
}

std::optional<TaskSize> task_size(const TaskConfig& task) {
  if (task.operation == Operation::kTable) return std::nullopt;
  if (task.operation == Operation::kParity) {
    return TaskSize{2, 2, task.parity_bits, task.parity_rows > 0 ? task.parity_rows : std::int64_t{1} << task.parity_bits};
  }
  if (is_group_operation(task.operation)) {
    const std::int64_t order = group_order(task.group, task.group_degree);
    return TaskSize{order, order, 2, order * order};
  }
  const std::int64_t p = task.modulus;
  return TaskSize{p, p, 2, task.operation == Operation::kDivide ? p * (p - 1) : p * p};
}

}  // namespace groklab
