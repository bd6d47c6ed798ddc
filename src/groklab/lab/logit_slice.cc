// See logit_slice.h.
#include "groklab/lab/logit_slice.h"

#include <algorithm>
#include <string>
#include <vector>

namespace groklab {

LogitSlice logit_slice(Engine& engine, const Task& task, const Split& split, std::int64_t fixed_input) {
  LogitSlice slice;
  slice.fixed_input = fixed_input;
  slice.n_classes = task.n_classes;
  if (task.n_inputs != 2) return slice;
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    const auto at = static_cast<std::size_t>(row);
    if (task.inputs[2 * at] != fixed_input) continue;
    rows.push_back(row);
    const auto y = static_cast<std::size_t>(task.inputs[2 * at + 1]);
    slice.row_names.push_back(y < task.symbol_names.size() ? task.symbol_names[y] : std::to_string(y));
    slice.roles.push_back(split.role[at]);
    slice.labels.push_back(split.role[at] == RowRole::kTrain ? task.labels[at] : task.test_labels[at]);
  }
  if (rows.empty()) return slice;
  const std::vector<double> logits = engine.logits(rows);
  const std::int64_t width = engine.logit_columns();
  slice.n_classes = std::min(width, task.n_classes);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto first = logits.begin() + static_cast<std::ptrdiff_t>(row) * width;
    slice.logits.insert(slice.logits.end(), first, first + slice.n_classes);
  }
  return slice;
}

}  // namespace groklab
