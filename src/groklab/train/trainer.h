// The training loop: steps an engine from event to event, and sends records, checkpoints and the outcome to a sink.
// It knows neither the store nor how an engine computes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "groklab/config.h"
#include "groklab/engine/engine.h"
#include "groklab/record/record.h"
#include "groklab/train/run_loop.h"

namespace groklab {

/// What steers one call of train() and is no part of the run's identity.
struct TrainControl {
  /// Set from elsewhere (a signal handler, another thread) to interrupt; looked at about ten times a second.
  const std::atomic<bool>* interrupt = nullptr;
  /// Ends like an interruption when so many updates are done, if the run does not end before.
  std::int64_t until = std::numeric_limits<std::int64_t>::max();
  /// Wall-clock distance of the unkept checkpoints that make a killed run resumable.
  double checkpoint_seconds = 30.0;
  /// Earlier records of a resumed run, ascending. Those above the engine's step are ignored.
  std::vector<Record> history;
  /// If set, in the place of `history`: for runs whose records do not belong in memory.
  RecordVisit visit_history;
  /// Training time before this call; counted into every `seconds`.
  double seconds_before = 0.0;
  /// Reads the engine's state where train.probe_every asks for it; empty: no probes.
  std::function<ProbeResult(Engine&)> probe;
  /// Called on the training thread after every chunk of steps and before the first; may be empty.
  std::function<void(std::int64_t step)> progress;
};

/// Trains from the engine's present step (initialise() or import_state() came before) to an outcome.
///
/// At every event step: the record (unless history holds it), then the probes if this is a probe_every-th evaluation
/// step or the end, then the kept checkpoint, then the stopping rules (stopping.h) and the last step. The order makes a
/// resume exact: a checkpoint at step s implies the record and the probes at s.
/// - finished or stopped: the last state is a kept checkpoint.
/// - interrupted: the present state is an unkept checkpoint.
/// - diverged: a step, or the losses or norm of a record, were not finite; outcome.step says where. No checkpoint is
///   made of that state and the record is not sent.
/// The outcome is sent to the sink and returned. Exceptions of the sink (disk full) pass through.
Outcome train(Engine& engine, const ResolvedConfig& config, RecordSink& sink, const TrainControl& control = {});

}  // namespace groklab
