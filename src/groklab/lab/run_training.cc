// See run_training.h.
#include "groklab/lab/run_training.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/engine/chunks.h"
#include "groklab/engine/machine.h"
#include "groklab/lab/run_arithmetic.h"
#include "groklab/lab/run_lock.h"
#include "groklab/lab/run_state.h"
#include "groklab/lab/stored_inputs.h"
#include "groklab/store/store_locked.h"
#include "groklab/train/tee_sink.h"
#include "groklab/train/trainer.h"
#include "groklab/view/thinned_records.h"

namespace groklab {
namespace {

std::optional<TrainingResult> stored_result(const PreparedRun& run, const Store& store,
                                            const TrainingOptions& options) {
  if (options.force || !store.contains(run.id)) return std::nullopt;
  const RunInfo info = store.run(run.id);
  if (!is_done(info.status)) return std::nullopt;
  return TrainingResult{{info.status, info.step, info.reason, info.seconds}, true, run.id};
}

/// Loads the last checkpoint of a stored run into the engine; the control sees its records in the store.
void resume(Engine& engine, const PreparedRun& run, const Store& store, TrainControl& control) {
  const TrainState state = store.load_checkpoint(run.id, -1, engine.layout());
  engine.import_state(state);
  control.seconds_before = state.seconds;
  control.visit_history = [&store, id = run.id](const std::function<void(const Record&)>& visit) {
    store.visit_records(id, visit);
  };
}

/// Records up to the engine's step, for a view.
ThinnedRecords past_records(const TrainControl& control, std::int64_t step) {
  ThinnedRecords records;
  if (!control.visit_history) return records;
  control.visit_history([&](const Record& record) {
    if (record.step <= step) records.add(record);
  });
  return records;
}

Outcome train_guarded(Engine& engine, const PreparedRun& run, RecordSink& stored, RunObserver& observer,
                      const TrainControl& control) {
  const auto start = std::chrono::steady_clock::now();
  try {
    TeeSink sink({&stored, &observer});
    return train(engine, run.config, sink, control);
  } catch (const StoreLocked&) {
    throw;  // the sink has waited as long as it does, and kept everything
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

/// What is locked while a run trains: a run and the one that is to replace it are one.
std::string lock_name(const PreparedRun& run, const Store& store) {
  const std::string replaced = store.contains(run.id) ? store.run(run.id).replaces : "";
  return replaced.empty() ? run.id : replaced;
}

/// Where a run starts or goes on: its engine, ready, and what the loop needs to know.
struct Beginning {
  NetworkRun network;
  TrainControl control;
  std::string id;  ///< in the store; "" if interrupted before anything was stored
};

Beginning go_on(const PreparedRun& run, Store& store, ThreadPool& pool, const TrainingOptions& options,
                RunObserver& observer) {
  const RunInfo info = store.run(run.id);
  const RunArithmetic arithmetic = arithmetic_of_stored_run(info, options.instruction_set);
  Beginning begun{NetworkRun(run.config, run.task, run.split, pool, arithmetic.name), {}, run.id};
  Engine& engine = begun.network.engine();
  resume(engine, run, store, begun.control);
  observer.on_note(fmt::format("run {} is in the store, unfinished: going on from step {}", run.id, engine.step()));
  if (arithmetic.is_another) {
    observer.on_note(fmt::format("run {} was trained with {}: with {} its last bits are no uninterrupted run's", run.id,
                                 info.instruction_set, arithmetic.name));
    store.add_instruction_set(run.id, arithmetic.name);
  }
  return begun;
}

Beginning start(const PreparedRun& run, Store& store, ThreadPool& pool, const TrainingOptions& options,
                RunObserver& observer) {
  const RunArithmetic arithmetic = arithmetic_of_new_run(options.instruction_set);
  Beginning begun{NetworkRun(run.config, run.task, run.split, pool, arithmetic.name), {}, ""};
  Engine& engine = begun.network.engine();
  const StateContext context = {store, pool, options.interrupt,
                                [&](const std::string& text) { observer.on_note(text); }};
  if (!start_engine(engine, run, context)) return begun;
  keep_inputs(store, *run.config);
  begun.id = store.create_run(run.id, *run.config, machine_description(pool.threads(), arithmetic.name),
                              engine.layout(), true, arithmetic.name);
  return begun;
}

}  // namespace

TrainingResult run_training(const PreparedRun& run, Store& store, ThreadPool& pool, const TrainingOptions& options) {
  RunObserver silent;
  RunObserver& observer = options.observer != nullptr ? *options.observer : silent;
  if (const auto done = stored_result(run, store, options)) return *done;
  const RunLock lock(store.directory(), lock_name(run, store));
  if (const auto done = stored_result(run, store, options)) return *done;  // finished while we came to the lock
  if (store.contains(run.id)) store.take_in_waiting(run.id);
  const bool goes_on = !options.force && store.contains(run.id) && !store.checkpoints(run.id).empty();
  Beginning begun = (goes_on ? go_on : start)(run, store, pool, options, observer);
  if (begun.id.empty()) return {{RunStatus::kInterrupted, 0, "interrupted", 0}, false, run.id};
  Engine& engine = begun.network.engine();
  TrainControl& control = begun.control;
  control.interrupt = options.interrupt;
  control.checkpoint_seconds = options.checkpoint_seconds;
  control.progress = [&](std::int64_t step) { observer.on_progress(step); };
  control.probe = begun.network.training_probe();
  const std::unique_ptr<RecordSink> sink = store.sink(begun.id, engine.layout());
  const std::string replaced = store.run(begun.id).replaces;
  observer.on_network(begun.network);
  observer.on_start(run, engine.step(), past_records(control, engine.step()).records());
  if (!replaced.empty()) {
    observer.on_note(fmt::format("run {} stays in the store until this one, {} for now, is done", replaced, begun.id));
  }
  const auto rows = static_cast<std::int64_t>(run.split.train.size());
  const std::string idle = idle_threads_note(*run.config, rows, pool.threads());
  if (!idle.empty()) observer.on_note(idle);
  TrainingResult result = {train_guarded(engine, run, *sink, observer, control), false, begun.id};
  if (is_done(result.outcome.status) && !replaced.empty()) result.id = replaced;
  return result;
}

}  // namespace groklab
