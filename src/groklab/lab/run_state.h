// The state of a run at a step: where a run starts, and any state of a stored run, recomputed if it is not stored.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "groklab/engine/engine.h"
#include "groklab/lab/prepared_run.h"

namespace groklab {

/// What making a state needs besides the run.
struct StateContext {
  const Store& store;
  ThreadPool& pool;
  const std::atomic<bool>* interrupt = nullptr;
  std::function<void(const std::string&)> note;  ///< takes remarks for people; may be empty
};

/// Puts the engine at step 0: fresh parameters, or for a fork the parent's state at fork.step, converted to the run's
/// precision. The step count starts at 0; optimiser buffers, bias correction and warm-up go on from the parent's unless
/// fork.reset_optimizer. Returns false if interrupted while recomputing.
/// Throws Error(kConfig) if the parent's tensors do not fit, or its optimiser keeps other buffers and is not reset.
bool start_engine(Engine& engine, const PreparedRun& run, const StateContext& context);

/// The state of a stored run after `step` updates: its checkpoint, or recomputed from the nearest earlier one or from
/// the start, which gives the same bits. Empty if interrupted. Throws Error(kStore) if the run never got there.
std::optional<TrainState> state_at(const PreparedRun& run, std::int64_t step, const StateContext& context);

/// The newest stored step of a run. Throws Error(kStore) if it has no checkpoint.
std::int64_t last_checkpoint_step(const Store& store, const std::string& id);

/// The number in "last" or "1500". Throws Error(kConfig) for anything else.
std::int64_t parse_step(const std::string& text, const Store& store, const std::string& id);

}  // namespace groklab
