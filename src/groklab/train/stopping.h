// When a run ends before its last step. Decided from records alone, so that a resumed run, fed with the stored
// records, decides as the uninterrupted one would.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "groklab/config.h"
#include "groklab/record/record.h"

namespace groklab {

/// Accuracy: the last `stop_held_evaluations` records all have test accuracy >= stop_test_accuracy.
///
/// Stationarity: let t be now's step and B the newest record of a step <= t - stop_stationary_window. If B exists and
/// every record r from B up to now has |now.x - r.x| <= tolerance * max(|now.x|, |r.x|) for both x = norm and
/// x = train loss, the run is stationary. (All records of the window, not only B: a loss that oscillates or passes
/// through its old value by chance is not stationary.)
class StoppingRule {
 public:
  explicit StoppingRule(const TrainConfig& config);

  /// Takes the next record, in ascending order of steps. Returns why the run should stop now, or "".
  std::string add(const Record& record);

 private:
  struct Point {
    std::int64_t step;
    double norm;
    double loss;
  };

  bool is_stationary(const Record& record);

  double accuracy_;
  std::int64_t held_needed_;
  double tolerance_;
  std::int64_t window_;
  std::int64_t held_ = 0;
  std::deque<Point> points_;  // from B on
};

}  // namespace groklab
