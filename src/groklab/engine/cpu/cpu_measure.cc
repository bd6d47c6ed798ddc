// The always-on measurements: one forward pass over all rows of the task.
#include <algorithm>
#include <cmath>

#include "groklab/engine/cpu/cpu_engine.h"
#include "groklab/engine/cpu/divide_logits.h"

namespace groklab {

template <typename T>
RoleSums CpuEngine<T>::sums_over_rows() {
  ensure_prepared();
  const std::int64_t capacity = std::min<std::int64_t>(network_->tile_rows(), kMaxTileRows);
  const std::int64_t tiles = (task_.n_rows + capacity - 1) / capacity;
  std::vector<RoleSums> sums(static_cast<std::size_t>(tiles));
  pool_.run(tiles, [&](std::int64_t tile, int worker) {
    const std::int64_t first = task_.n_rows * tile / tiles, last = task_.n_rows * (tile + 1) / tiles;
    std::int64_t rows[kMaxTileRows];
    std::int32_t labels[kMaxTileRows];
    RowStatistics statistics[kMaxTileRows];
    for (std::int64_t row = first; row < last; ++row) {
      rows[row - first] = row;
      labels[row - first] = judged_label(task_, split_, row);
    }
    const PanelView<T> view =
        network_->forward(std::span<const std::int64_t>(rows, static_cast<std::size_t>(last - first)),
                          scratch_[static_cast<std::size_t>(worker)]);
    loss_.statistics(statistics, {view.data, view.row_stride, view.panel_stride}, labels, last - first,
                     network_->classes());
    take_tempered_losses(statistics, view, labels, last - first);
    RoleSums& own = sums[static_cast<std::size_t>(tile)];
    for (std::int64_t row = first; row < last; ++row) {
      own.add(split_.role[static_cast<std::size_t>(row)], statistics[row - first]);
    }
  });
  RoleSums total;
  for (const RoleSums& part : sums) total.add(part);
  return total;
}

template <typename T>
void CpuEngine<T>::take_tempered_losses(RowStatistics* statistics, PanelView<T> logits, const std::int32_t* labels,
                                        std::int64_t rows) const {
  if (config_.loss.temperature == 1) return;
  divide_logits(logits, rows, network_->classes(), kernels_.width, config_.loss.temperature);
  RowStatistics tempered[kMaxTileRows];
  loss_.statistics(tempered, {logits.data, logits.row_stride, logits.panel_stride}, labels, rows, network_->classes());
  for (std::int64_t r = 0; r < rows; ++r) {
    statistics[r].loss = tempered[r].loss;
    statistics[r].collapsed = tempered[r].collapsed;
  }
}

template <typename T>
Record CpuEngine<T>::measure() {
  Record record;
  sums_over_rows().write(record);
  record.step = step_;
  record.learning_rate = last_learning_rate_;
  double squares = 0;
  for (const TensorSpec& spec : layout().tensors()) {
    const double part = kernels_.sum_squares(parameters_.data() + spec.offset, spec.size);
    record.tensor_norms.push_back(std::sqrt(part));
    squares += part;
  }
  record.norm = std::sqrt(squares);
  record.gradient_norm = last_gradient_norm_;
  record.update_norm = last_update_norm_;
  record.objective = record.train.loss + decay_term().value;
  return record;
}

template Record CpuEngine<float>::measure();
template Record CpuEngine<double>::measure();

}  // namespace groklab
