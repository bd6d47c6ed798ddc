// See run_state.h.
#include "groklab/lab/run_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/lab/run_arithmetic.h"
#include "groklab/model/network.h"
#include "groklab/run/fork_start.h"
#include "groklab/run/network_run.h"

namespace groklab {
namespace {

/// Advances in chunks between looks at the flag. Returns false if interrupted.
bool recompute(Engine& engine, std::int64_t step, const PreparedRun& run, const std::atomic<bool>* interrupt) {
  while (engine.step() < step) {
    if (interrupt != nullptr && interrupt->load()) return false;
    if (!engine.advance(std::min(step, engine.step() + 20))) {
      fail(ErrorKind::kStore, "run {}: diverged at step {}, before step {}", run.id, engine.step(), step);
    }
  }
  return true;
}

}  // namespace

bool start_engine(Engine& engine, const PreparedRun& run, const StateContext& context) {
  engine.initialise();
  if (run.parent == nullptr) return true;
  const PreparedRun& parent = *run.parent;
  check_same_tensors(network_layout(parent.config->model, parent.task), engine.layout());
  const std::optional<TrainState> stored = state_at(parent, run.config->fork.step, context);
  if (!stored) return false;
  engine.import_state(fork_start(*stored, run.config, engine.export_state()));
  return true;
}

std::optional<TrainState> state_at(const PreparedRun& run, std::int64_t step, const StateContext& context) {
  const RunInfo info = context.store.run(run.id);
  const bool is_reached = info.status == RunStatus::kDiverged ? step < info.step : step <= info.step;
  if (step < 0 || !is_reached) {
    fail(ErrorKind::kStore, "run {}: expected a step of 0..{}, found {}", run.id,
         info.status == RunStatus::kDiverged ? info.step - 1 : info.step, step);
  }
  const ParameterLayout layout = network_layout(run.config->model, run.task);
  std::int64_t from = -1;
  for (const CheckpointInfo& checkpoint : context.store.checkpoints(run.id)) {
    if (checkpoint.step <= step) from = std::max(from, checkpoint.step);
  }
  if (from == step) return context.store.load_checkpoint(run.id, step, layout);
  if (context.note) {
    context.note(fmt::format("run {} has no checkpoint at step {}: computing it again from step {}", run.id, step,
                             std::max<std::int64_t>(from, 0)));
  }
  const RunArithmetic arithmetic = arithmetic_of_past_state(info);
  if (arithmetic.is_another && context.note) {
    context.note(fmt::format("run {} was trained with {}: with {} the state's last bits are others", run.id,
                             info.instruction_set, arithmetic.name));
  }
  const NetworkRun network(run.config, run.task, run.split, context.pool, arithmetic.name);
  Engine& engine = network.engine();
  if (from >= 0) {
    engine.import_state(context.store.load_checkpoint(run.id, from, layout));
  } else if (!start_engine(engine, run, context)) {
    return std::nullopt;
  }
  if (!recompute(engine, step, run, context.interrupt)) return std::nullopt;
  return engine.export_state();
}

std::int64_t last_checkpoint_step(const Store& store, const std::string& id) {
  std::int64_t last = -1;
  for (const CheckpointInfo& checkpoint : store.checkpoints(id)) last = std::max(last, checkpoint.step);
  if (last < 0) fail(ErrorKind::kStore, "run {}: expected a stored checkpoint, found none", id);
  return last;
}

std::int64_t parse_step(const std::string& text, const Store& store, const std::string& id) {
  if (text == "last") return last_checkpoint_step(store, id);
  std::int64_t step = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), step);
  if (error != std::errc() || end != text.data() + text.size() || step < 0) {
    fail(ErrorKind::kConfig, "--at: expected a step (0, 1, 2, ...) or 'last', found '{}'", text);
  }
  return step;
}

}  // namespace groklab
