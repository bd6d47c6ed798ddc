// The always-on measurements: one forward pass over all rows of the task.
#include <algorithm>
#include <cmath>
#include <limits>

#include "groklab/engine/cpu/cpu_engine.h"

namespace groklab {

namespace {

/// Sums over some rows of one group.
struct GroupSums {
  std::int64_t rows = 0, correct = 0, collapsed = 0;
  double loss = 0, correct_logit = 0, centred = 0, margin = 0;
  double margin_min = std::numeric_limits<double>::infinity();

  void add(const RowStatistics& s) {
    ++rows;
    correct += s.margin > 0 ? 1 : 0;  // a tie with another class is no correct answer
    collapsed += s.collapsed ? 1 : 0;
    loss += s.loss;
    correct_logit += s.correct_logit;
    centred += s.correct_logit_centred;
    margin += s.margin;
    margin_min = std::isnan(s.margin) ? s.margin : std::min(margin_min, s.margin);
  }
  void add(const GroupSums& other) {
    rows += other.rows;
    correct += other.correct;
    collapsed += other.collapsed;
    loss += other.loss;
    correct_logit += other.correct_logit;
    centred += other.centred;
    margin += other.margin;
    if (other.rows > 0) margin_min = std::min(margin_min, other.margin_min);
  }
  GroupMetrics metrics() const {
    GroupMetrics m;
    m.rows = rows;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double n = static_cast<double>(rows);
    const auto mean = [&](double sum) { return rows > 0 ? sum / n : nan; };
    m.loss = mean(loss);
    m.accuracy = mean(static_cast<double>(correct));
    m.correct_logit = mean(correct_logit);
    m.correct_logit_centred = mean(centred);
    m.margin = mean(margin);
    m.margin_min = rows > 0 ? margin_min : nan;
    m.softmax_collapse = mean(static_cast<double>(collapsed));
    return m;
  }
};

struct TileSums {
  GroupSums group[3];  ///< by RowRole
};

}  // namespace

template <typename T>
Record CpuEngine<T>::measure() {
  ensure_prepared();
  const std::int64_t capacity = std::min<std::int64_t>(network_->tile_rows(), kMaxTileRows);
  const std::int64_t tiles = (task_.n_rows + capacity - 1) / capacity;
  std::vector<TileSums> sums(static_cast<std::size_t>(tiles));
  pool_.run(tiles, [&](std::int64_t tile, int worker) {
    const std::int64_t first = task_.n_rows * tile / tiles, last = task_.n_rows * (tile + 1) / tiles;
    std::int64_t rows[kMaxTileRows];
    std::int32_t labels[kMaxTileRows];
    RowStatistics statistics[kMaxTileRows];
    for (std::int64_t row = first; row < last; ++row) {
      rows[row - first] = row;
      labels[row - first] = label(row);
    }
    const PanelView<T> view =
        network_->forward(std::span<const std::int64_t>(rows, static_cast<std::size_t>(last - first)),
                          scratch_[static_cast<std::size_t>(worker)]);
    kernels_.row_statistics(statistics, {view.data, view.row_stride, view.panel_stride}, labels, last - first,
                            network_->classes(), config_.loss);
    TileSums& own = sums[static_cast<std::size_t>(tile)];
    for (std::int64_t row = first; row < last; ++row) {
      own.group[static_cast<std::size_t>(split_.role[static_cast<std::size_t>(row)])].add(statistics[row - first]);
    }
  });
  TileSums total;
  for (const TileSums& part : sums) {
    for (std::size_t role = 0; role < 3; ++role) total.group[role].add(part.group[role]);
  }
  Record record;
  record.step = step_;
  record.learning_rate = last_learning_rate_;
  record.train = total.group[static_cast<std::size_t>(RowRole::kTrain)].metrics();
  record.removed = total.group[static_cast<std::size_t>(RowRole::kRemoved)].metrics();
  record.never_seen = total.group[static_cast<std::size_t>(RowRole::kNeverSeen)].metrics();
  GroupSums test = total.group[static_cast<std::size_t>(RowRole::kRemoved)];
  test.add(total.group[static_cast<std::size_t>(RowRole::kNeverSeen)]);
  record.test = test.metrics();
  double squares = 0;
  for (const TensorSpec& spec : layout().tensors()) {
    const double part = kernels_.sum_squares(parameters_.data() + spec.offset, spec.size);
    record.tensor_norms.push_back(std::sqrt(part));
    squares += part;
  }
  record.norm = std::sqrt(squares);
  record.gradient_norm = last_gradient_norm_;
  record.update_norm = last_update_norm_;
  return record;
}

template Record CpuEngine<float>::measure();
template Record CpuEngine<double>::measure();

}  // namespace groklab
