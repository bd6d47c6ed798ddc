// From rows to the numbers of an evaluation step: which label a row is judged by, and the sums over groups of rows.
// Rules that hold for any engine.
#pragma once

#include <cstdint>
#include <limits>

#include "groklab/kernel/kernels.h"
#include "groklab/records.h"
#include "groklab/task.h"

namespace groklab {

/// The label by which a row is judged: a training row by the label it is trained on, others by their test label.
inline std::int32_t judged_label(const Task& task, const Split& split, std::int64_t row) {
  const auto i = static_cast<std::size_t>(row);
  return split.role[i] == RowRole::kTrain ? task.labels[i] : task.test_labels[i];
}

/// Sums over some rows of one group. Add rows, and then sums, in a fixed order: the bits follow it.
class GroupSums {
 public:
  void add(const RowStatistics& row);
  void add(const GroupSums& other);
  /// Means, and the least margin; NaN without rows.
  GroupMetrics metrics() const;

 private:
  std::int64_t rows_ = 0, correct_ = 0, collapsed_ = 0;
  double loss_ = 0, correct_logit_ = 0, centred_ = 0, margin_ = 0;
  double margin_min_ = std::numeric_limits<double>::infinity();
};

/// Sums over some rows, by role.
struct RoleSums {
  GroupSums group[3];  ///< by RowRole

  void add(RowRole role, const RowStatistics& row) { group[static_cast<std::size_t>(role)].add(row); }
  void add(const RoleSums& other);
  /// Fills the record's train, removed, never_seen and test (removed and never seen together).
  void write(Record& record) const;
};

}  // namespace groklab
