// Which rows a step trains on: a rule that holds for any engine.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace groklab {

/// With a batch size, every epoch visits all training rows in a new order, drawn from (seed, epoch) alone, in
/// ceil(rows / batch) steps; the last batch of an epoch may be smaller. So the rows of step s follow from s, and a
/// resumed run goes on as the uninterrupted one would.
class BatchOrder {
 public:
  /// `train_rows` outlives it. `batch` 0: all rows in every step. Throws Error(kConfig) if batch is above their number.
  BatchOrder(std::int64_t seed, std::int64_t batch, std::span<const std::int64_t> train_rows);

  /// The rows of the update that leaves `step`, ascending. Valid until the next call.
  std::span<const std::int64_t> rows(std::int64_t step);

 private:
  std::int64_t seed_, batch_;
  std::span<const std::int64_t> train_rows_;
  std::vector<std::int64_t> epoch_order_;  ///< of epoch_
  std::int64_t epoch_ = -1;
  std::vector<std::int64_t> chosen_;
};

}  // namespace groklab
