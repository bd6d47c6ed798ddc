// See run_state.h.
#include "groklab/lab/run_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/base/join.h"

namespace groklab {
namespace {

template <typename From, typename To>
std::vector<std::byte> convert(const std::vector<std::byte>& bytes) {
  const std::size_t count = bytes.size() / sizeof(From);
  std::vector<std::byte> converted(count * sizeof(To));
  for (std::size_t i = 0; i < count; ++i) {
    From value;
    std::memcpy(&value, bytes.data() + i * sizeof(From), sizeof(From));
    const auto to = static_cast<To>(value);
    std::memcpy(converted.data() + i * sizeof(To), &to, sizeof(To));
  }
  return converted;
}

std::vector<std::byte> convert(const std::vector<std::byte>& bytes, Precision from, Precision to) {
  if (from == to) return bytes;
  return to == Precision::kFloat64 ? convert<float, double>(bytes) : convert<double, float>(bytes);
}

void check_same_tensors(const ParameterLayout& parent, const ParameterLayout& child) {
  for (const TensorSpec& spec : child.tensors()) {
    const TensorSpec* other = parent.find(spec.name);
    if (other == nullptr) {
      fail(ErrorKind::kConfig, "fork: expected a network with the parent's tensors, found {} besides them", spec.name);
    }
    if (other->shape != spec.shape) {
      fail(ErrorKind::kConfig, "fork: expected {} of shape [{}] as in the parent, found [{}]", spec.name,
           join(other->shape, ", "), join(spec.shape, ", "));
    }
  }
  for (const TensorSpec& spec : parent.tensors()) {
    if (child.find(spec.name) == nullptr) {
      fail(ErrorKind::kConfig, "fork: expected a network with the parent's tensors, found one without {}", spec.name);
    }
  }
}

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

std::vector<std::string> buffer_names(const TrainState& state) {
  std::vector<std::string> names;
  for (const StateBuffer& buffer : state.buffers) names.push_back(buffer.name);
  std::sort(names.begin(), names.end());
  return names;
}

/// Throws Error(kConfig) if a fork cannot go on with what its parent's optimiser keeps.
void check_same_buffers(const TrainState& parent, const TrainState& child) {
  const std::vector<std::string> theirs = buffer_names(parent), own = buffer_names(child);
  if (theirs == own) return;
  const auto shown = [](const std::vector<std::string>& names) { return names.empty() ? "none" : join(names, ", "); };
  fail(ErrorKind::kConfig,
       "fork.reset_optimizer: expected true, since the parent's optimiser keeps other buffers ({}) than this one ({}); "
       "found false",
       shown(theirs), shown(own));
}

}  // namespace

bool start_engine(Engine& engine, const PreparedRun& run, const StateContext& context) {
  engine.initialise();
  if (run.parent == nullptr) return true;
  const PreparedRun& parent = *run.parent;
  const bool reset = run.config->fork.reset_optimizer;
  {
    const auto parent_engine = make_engine(parent.config, parent.task, parent.split, context.pool);
    check_same_tensors(parent_engine->layout(), engine.layout());
    if (!reset) check_same_buffers(parent_engine->export_state(), engine.export_state());
  }
  const std::optional<TrainState> stored = state_at(parent, run.config->fork.step, context);
  if (!stored) return false;
  TrainState state = engine.export_state();
  const Precision from = stored->precision;
  state.parameters = convert(stored->parameters, from, state.precision);
  if (!reset) {
    state.buffers.clear();
    for (const StateBuffer& buffer : stored->buffers) {
      state.buffers.push_back({buffer.name, convert(buffer.bytes, from, state.precision)});
    }
    state.optimizer_step = stored->optimizer_step;
  }
  engine.import_state(state);
  return true;
}

std::optional<TrainState> state_at(const PreparedRun& run, std::int64_t step, const StateContext& context) {
  const RunInfo info = context.store.run(run.id);
  const bool is_reached = info.status == RunStatus::kDiverged ? step < info.step : step <= info.step;
  if (step < 0 || !is_reached) {
    fail(ErrorKind::kStore, "run {}: expected a step of 0..{}, found {}", run.id,
         info.status == RunStatus::kDiverged ? info.step - 1 : info.step, step);
  }
  const auto engine = make_engine(run.config, run.task, run.split, context.pool);
  std::int64_t from = -1;
  for (const CheckpointInfo& checkpoint : context.store.checkpoints(run.id)) {
    if (checkpoint.step <= step) from = std::max(from, checkpoint.step);
  }
  if (from == step) return context.store.load_checkpoint(run.id, step, engine->layout());
  if (context.note) {
    context.note(fmt::format("run {} has no checkpoint at step {}: computing it again from step {}", run.id, step,
                             std::max<std::int64_t>(from, 0)));
  }
  if (from >= 0) {
    engine->import_state(context.store.load_checkpoint(run.id, from, engine->layout()));
  } else if (!start_engine(*engine, run, context)) {
    return std::nullopt;
  }
  if (!recompute(*engine, step, run, context.interrupt)) return std::nullopt;
  return engine->export_state();
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
