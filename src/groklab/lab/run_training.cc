// See run_training.h.
#include "groklab/lab/run_training.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/engine/machine.h"
#include "groklab/lab/run_lock.h"
#include "groklab/lab/run_state.h"
#include "groklab/lab/stored_inputs.h"
#include "groklab/run/network_run.h"
#include "groklab/train/tee_sink.h"
#include "groklab/train/trainer.h"

namespace groklab {
namespace {

bool is_done(RunStatus status) {
  return status == RunStatus::kFinished || status == RunStatus::kStopped || status == RunStatus::kDiverged;
}

std::optional<TrainingResult> stored_result(const PreparedRun& run, const Store& store,
                                            const TrainingOptions& options) {
  if (options.force || !store.contains(run.id)) return std::nullopt;
  const RunInfo info = store.run(run.id);
  if (!is_done(info.status)) return std::nullopt;
  return TrainingResult{{info.status, info.step, info.reason, info.seconds}, true};
}

/// Loads the last checkpoint of a stored run into the engine, and its records into the control.
void resume(Engine& engine, const PreparedRun& run, const Store& store, TrainControl& control) {
  const TrainState state = store.load_checkpoint(run.id, -1, engine.layout());
  engine.import_state(state);
  control.seconds_before = state.seconds;
  for (Record& record : store.records(run.id)) {
    if (record.step <= state.step) control.history.push_back(std::move(record));
  }
}

Outcome train_guarded(Engine& engine, const PreparedRun& run, RecordSink& stored, RunObserver& observer,
                      const TrainControl& control) {
  const auto start = std::chrono::steady_clock::now();
  try {
    TeeSink sink({&stored, &observer});
    return train(engine, run.config, sink, control);
  } catch (const std::exception& error) {
    try {
      const std::chrono::duration<double> trained = std::chrono::steady_clock::now() - start;
      stored.on_outcome({RunStatus::kFailed, engine.step(), error.what(), control.seconds_before + trained.count()});
    } catch (const std::exception&) {
      // A full disk takes no outcome either. The run stays "running" in the store, and resumable.
    }
    throw;
  }
}

}  // namespace

TrainingResult run_training(const PreparedRun& run, Store& store, ThreadPool& pool, const TrainingOptions& options) {
  RunObserver silent;
  RunObserver& observer = options.observer != nullptr ? *options.observer : silent;
  if (const auto done = stored_result(run, store, options)) return *done;
  const RunLock lock(store.directory(), run.id);
  if (const auto done = stored_result(run, store, options)) return *done;  // finished while we came to the lock
  const NetworkRun network(run.config, run.task, run.split, pool);
  Engine& engine = network.engine();
  TrainControl control;
  control.interrupt = options.interrupt;
  control.checkpoint_seconds = options.checkpoint_seconds;
  control.progress = [&](std::int64_t step) { observer.on_progress(step); };
  control.probe = network.training_probe();
  if (!options.force && store.contains(run.id) && !store.checkpoints(run.id).empty()) {
    resume(engine, run, store, control);
    observer.on_note(fmt::format("run {} is in the store, unfinished: going on from step {}", run.id, engine.step()));
  } else {
    const StateContext context = {store, pool, options.interrupt,
                                  [&](const std::string& text) { observer.on_note(text); }};
    if (!start_engine(engine, run, context)) return {{RunStatus::kInterrupted, 0, "interrupted", 0}, false};
    keep_inputs(store, *run.config);
    store.create_run(run.id, *run.config, machine_description(pool.threads()), engine.layout(), true);
  }
  const std::unique_ptr<RecordSink> sink = store.sink(run.id, engine.layout());
  observer.on_start(run, engine.step(), control.history);
  return {train_guarded(engine, run, *sink, observer, control), false};
}

}  // namespace groklab
