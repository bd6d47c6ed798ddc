// Which group stands behind a task, and which of its elements each symbol, class and row is.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "groklab/config.h"
#include "groklab/probe/group_basis.h"
#include "groklab/task.h"

namespace groklab {

/// Z_p for x + y, x - y and the polynomials (whose networks may use its frequencies although no symmetry of their
/// tables is known); the units modulo p, as powers of a primitive root, for x y and x / y; the task's own group for
/// operations in a group. An element of -1 stands for what is outside: 0 among the units.
struct TaskGroup {
  FiniteGroup group;
  GroupBasis basis;
  std::vector<std::int32_t> element_of_symbol;  ///< [n_symbols]
  std::vector<std::int32_t> element_of_class;   ///< [n_classes]
  std::vector<std::int32_t> label_of_row;       ///< [n_rows] of the uncorrupted label
  /// If labels are products of two factors, x and y or y^-1: the factors. Empty for conjugates, sandwiches,
  /// polynomials.
  std::vector<std::int32_t> factor_x, factor_y;  ///< [n_rows]

  bool is_product() const { return !factor_x.empty(); }
};

/// Nothing for parity and for tables of users, which have no such structure.
std::optional<TaskGroup> task_group(const TaskConfig& config, const Task& task);

/// The smallest generator of the units modulo the prime p.
std::int64_t primitive_root(std::int64_t p);

}  // namespace groklab
