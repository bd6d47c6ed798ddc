// At which steps a run is evaluated and keeps a checkpoint: a fixed set of integers, known before the run starts.
// Separate from the loop because a resumed run and a later reader must find the same steps.
#pragma once

#include <cstdint>
#include <vector>

#include "groklab/config.h"

namespace groklab {

/// The distinct integers round(10^(k / per_decade)), k = 0, 1, ..., up to `last`, ascending. Empty if per_decade is 0.
std::vector<std::int64_t> log_spaced_steps(std::int64_t per_decade, std::int64_t last);

class EventSchedule {
 public:
  explicit EventSchedule(const TrainConfig& config);

  /// Step 0, the last step, multiples of evaluate_every, and the log-spaced points of evaluate_per_decade.
  bool evaluates_at(std::int64_t step) const;
  /// The last step, positive multiples of checkpoint_every, and, if checkpoint_per_decade is set, step 0 and its
  /// log-spaced points.
  bool keeps_checkpoint_at(std::int64_t step) const;
  /// The smallest step above `step` where one of the two holds; the last step bounds it.
  std::int64_t next_event(std::int64_t step) const;
  std::int64_t last_step() const { return steps_; }

  /// How many steps of 0..last_step() evaluate, and how many keep a checkpoint; without going through them.
  std::int64_t evaluation_count() const;
  std::int64_t checkpoint_count() const;

 private:
  std::int64_t steps_;
  std::int64_t evaluate_every_;
  std::int64_t checkpoint_every_;
  bool log_checkpoints_;
  std::vector<std::int64_t> log_evaluations_;
  std::vector<std::int64_t> log_checkpoint_steps_;
};

}  // namespace groklab
