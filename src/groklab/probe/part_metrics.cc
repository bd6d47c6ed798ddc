// See part_metrics.h.
#include "groklab/probe/part_metrics.h"

#include "groklab/engine/group_sums.h"
#include "groklab/engine/row_metric.h"

namespace groklab {

PartMetrics part_metrics(const Task& task, const Split& split, std::span<const double> logits, bool test) {
  GroupSums sums;
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    if ((split.role[static_cast<std::size_t>(row)] != RowRole::kTrain) != test) continue;
    const auto of_row =
        logits.subspan(static_cast<std::size_t>(row * task.n_classes), static_cast<std::size_t>(task.n_classes));
    sums.add(row_statistics_of(of_row, judged_label(task, split, row)));
  }
  const GroupMetrics m = sums.metrics();
  return {m.loss, m.accuracy, m.correct_logit_centred, m.margin};
}

}  // namespace groklab
