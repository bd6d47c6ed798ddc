// See part_metrics.h.
#include "groklab/probe/part_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace groklab {
namespace {

double log_sum_exp(const double* row, std::int64_t n) {
  const double top = *std::max_element(row, row + n);
  double sum = 0;
  for (std::int64_t c = 0; c < n; ++c) sum += std::exp(row[c] - top);
  return top + std::log(sum);
}

}  // namespace

PartMetrics part_metrics(const Task& task, const Split& split, std::span<const double> logits, bool test) {
  const std::int64_t n = task.n_classes;
  PartMetrics sum;
  std::int64_t rows = 0;
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    const auto r = static_cast<std::size_t>(row);
    if ((split.role[r] != RowRole::kTrain) != test) continue;
    const double* of_row = logits.data() + row * n;
    const std::int64_t y = test ? task.test_labels[r] : task.labels[r];
    double other = -std::numeric_limits<double>::infinity(), mean = 0;
    for (std::int64_t c = 0; c < n; ++c) {
      if (c != y) other = std::max(other, of_row[c]);
      mean += of_row[c];
    }
    bool first = true;  // of equal logits the first class counts as the answer
    for (std::int64_t c = 0; c < y; ++c) first = first && of_row[c] < of_row[y];
    sum.loss += log_sum_exp(of_row, n) - of_row[y];
    sum.accuracy += first && of_row[y] >= other ? 1 : 0;
    sum.correct_logit += of_row[y] - mean / static_cast<double>(n);
    sum.margin += of_row[y] - other;
    ++rows;
  }
  const double count = rows > 0 ? static_cast<double>(rows) : std::numeric_limits<double>::quiet_NaN();
  return {sum.loss / count, sum.accuracy / count, sum.correct_logit / count, sum.margin / count};
}

}  // namespace groklab
