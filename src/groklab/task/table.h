// What the builders of tables share: the size limit, symbol names, and the table of all pairs of a binary operation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/config/task_size.h"
#include "groklab/task.h"

namespace groklab {

/// A pair that has no row in the table (x / 0, or a gap in a user's table).
inline constexpr std::int32_t kNoLabel = -1;

/// "0", "1", ... "n-1".
std::vector<std::string> number_names(std::int64_t n);

/// The rows of a binary operation on `n_symbols` symbols, ordered by (x, y). `label(x, y)` may be kNoLabel.
/// Fills everything but the task's name, its symbol names and test_labels.
template <typename LabelFunction>
Task pair_table(std::int64_t n_symbols, LabelFunction label) {
  Task task;
  task.n_inputs = 2;
  task.n_symbols = n_symbols;
  task.n_classes = n_symbols;
  const auto n_pairs = static_cast<std::size_t>(n_symbols * n_symbols);
  task.inputs.reserve(2 * n_pairs);
  task.labels.reserve(n_pairs);
  for (std::int64_t x = 0; x < n_symbols; ++x) {
    for (std::int64_t y = 0; y < n_symbols; ++y) {
      const std::int32_t value = label(x, y);
      if (value == kNoLabel) continue;
      task.inputs.push_back(static_cast<std::int32_t>(x));
      task.inputs.push_back(static_cast<std::int32_t>(y));
      task.labels.push_back(value);
    }
  }
  task.n_rows = static_cast<std::int64_t>(task.labels.size());
  return task;
}

}  // namespace groklab
