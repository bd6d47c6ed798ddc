// The one label rule: training rows are judged by the labels that they are trained on, all other rows by the true ones.
#pragma once

#include "groklab/task.h"

namespace groklab {

inline std::int32_t row_label(const Task& task, const Split& split, std::int64_t row) {
  const auto at = static_cast<std::size_t>(row);
  return split.role[at] == RowRole::kTrain ? task.labels[at] : task.test_labels[at];
}

}  // namespace groklab
