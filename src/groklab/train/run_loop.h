// What one run does next: a state machine that knows the schedule, the stopping rules and the run's history, and
// neither an engine nor a sink nor a clock. A driver carries out its actions and tells it what came of them.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "groklab/config.h"
#include "groklab/records.h"
#include "groklab/train/pace.h"
#include "groklab/train/schedule.h"
#include "groklab/train/stopping.h"

namespace groklab {

struct RunAction {
  enum class Kind {
    kAdvance,     ///< make updates up to `step`, at most; then advanced() or diverged()
    kMeasure,     ///< evaluate the present state; then measured()
    kProbe,       ///< read the probes of the present state; then probed()
    kCheckpoint,  ///< store the present state, for ever if `kept`; then checkpointed()
    kEnd          ///< `outcome`; nothing comes after it
  };
  Kind kind = Kind::kEnd;
  std::int64_t step = 0;  ///< the present step; kAdvance: the step to go to
  bool kept = false;
  Outcome outcome;
};

/// Calls its argument with earlier records, ascending: from a store that holds millions of them, one at a time.
using RecordVisit = std::function<void(const std::function<void(const Record&)>&)>;

/// Where a run goes on from.
struct RunStart {
  std::int64_t step = 0;
  double seconds = 0;                    ///< training time so far
  std::span<const Record> history = {};  ///< earlier records, ascending; those above `step` count not. Read at once
  bool has_probes = false;               ///< false: train.probe_every counts as 0
  double checkpoint_seconds = 30;        ///< distance of the unkept checkpoints
  RecordVisit visit_history = {};        ///< if set, in the place of `history`. Called at once
};

/// next() changes nothing: the same answer until something arrives. At every event step the order is record (unless
/// the history holds it), probes, kept checkpoint, end; between the chunks of steps that take some tenth of a second
/// come interruption and unkept checkpoints. The order makes a resume exact: a checkpoint at step s implies the record
/// and the probes at s.
class RunLoop {
 public:
  RunLoop(const TrainConfig& config, const RunStart& start);

  RunAction next() const;
  std::int64_t step() const { return step_; }

  /// The run stands at `step`, which is above the former one and not above what next() asked for, after `seconds` of
  /// computing. Fewer steps than asked for are welcome: runs that share an engine go on together.
  void advanced(std::int64_t step, double seconds);
  /// The update that leads to `step` was not finite.
  void diverged(std::int64_t step);
  /// The record of the present step. Returns whether it is to be kept: one with a loss or norm that is not finite ends
  /// the run as diverged.
  bool measured(const Record& record);
  void probed() { wants_probe_ = false; }
  void checkpointed();
  /// The run's training time, which never runs backwards.
  void clock(double seconds) { now_ = seconds; }
  /// Ends the run before the next update, after a checkpoint of the state if there is none of this step.
  void interrupt() { interrupted_ = true; }

 private:
  void arrive();
  bool replay(const RunStart& start);
  bool ends() const { return step_ >= schedule_.last_step() || !stop_reason_.empty(); }
  RunAction end(RunStatus status, std::string reason) const;

  EventSchedule schedule_;
  StoppingRule stopping_;
  Pace pace_;
  std::int64_t probe_every_;
  double checkpoint_seconds_;
  std::int64_t step_;
  std::int64_t evaluation_steps_ = 0;  ///< so far, those of the history counted
  std::string stop_reason_;
  bool wants_record_ = false, wants_probe_ = false, wants_kept_ = false;
  bool diverged_ = false, interrupted_ = false;
  double now_;
  double checkpoint_time_;
  std::int64_t checkpoint_step_ = -1;
};

}  // namespace groklab
