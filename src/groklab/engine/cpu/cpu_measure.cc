// The always-on measurements: one forward pass over all rows of the task.
#include <algorithm>
#include <cmath>

#include "groklab/engine/cpu/cpu_engine.h"
#include "groklab/record/row_metric.h"

namespace groklab {

namespace {

struct TileSums {
  RowSums group[3];  ///< by RowRole
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
  RowSums test = total.group[static_cast<std::size_t>(RowRole::kRemoved)];
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
