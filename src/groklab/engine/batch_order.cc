// See batch_order.h.
#include "groklab/engine/batch_order.h"

#include <algorithm>

#include "groklab/base/error.h"
#include "groklab/base/random.h"

namespace groklab {

BatchOrder::BatchOrder(std::int64_t seed, std::int64_t batch, std::span<const std::int64_t> train_rows)
    : seed_(seed), batch_(batch), train_rows_(train_rows) {
  if (batch > static_cast<std::int64_t>(train_rows.size())) {
    fail(ErrorKind::kConfig, "optim.batch_size = {}: expected at most the {} training rows (0 means all)", batch,
         train_rows.size());
  }
}

std::span<const std::int64_t> BatchOrder::rows(std::int64_t step) {
  const auto rows = static_cast<std::int64_t>(train_rows_.size());
  if (batch_ == 0 || batch_ == rows) return train_rows_;
  const std::int64_t batches = (rows + batch_ - 1) / batch_;
  const std::int64_t epoch = step / batches, index = step % batches;
  if (epoch != epoch_) {
    RandomStream stream(static_cast<std::uint64_t>(seed_), StreamPurpose::kBatch, static_cast<std::uint64_t>(epoch));
    epoch_order_ = stream.permutation(rows);
    epoch_ = epoch;
  }
  chosen_.clear();
  for (std::int64_t i = index * batch_; i < std::min(rows, (index + 1) * batch_); ++i) {
    chosen_.push_back(train_rows_[static_cast<std::size_t>(epoch_order_[static_cast<std::size_t>(i)])]);
  }
  std::sort(chosen_.begin(), chosen_.end());  // neighbours share table rows
  return chosen_;
}

}  // namespace groklab
