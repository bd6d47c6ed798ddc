// Run: made, asked, changed and forked. Training is in run_train.cc.
#include "groklab/run.h"

#include <algorithm>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/config/assignment.h"
#include "groklab/config/change.h"
#include "groklab/run/fork_start.h"
#include "groklab/run/imported_config.h"
#include "groklab/run/imported_weights.h"
#include "groklab/run/own_parts.h"
#include "groklab/run/run_impl.h"
#include "groklab/run/state_bytes.h"
#include "groklab/run/weight_file.h"

namespace groklab {
namespace {

std::unique_ptr<ThreadPool> make_pool(const RunOptions& options) {
  return std::make_unique<ThreadPool>(options.threads, options.bind_threads ? Binding::kAll : Binding::kNone);
}

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

bool changes_section(const std::vector<std::string>& changes, std::string_view section) {
  return std::any_of(changes.begin(), changes.end(), [&](const std::string& change) {
    return starts_with(parse_assignment(change, "fork").key, section);
  });
}

/// What Run::fork makes of a parent's configuration.
Config fork_config(const Run& parent, bool own_rows, const std::vector<std::string>& changes) {
  Config config = parent.config();
  if (own_rows && changes_section(changes, "split.")) config.split = SplitConfig{};  // from here on rows are chosen
  config.fork = ForkConfig{};
  config.fork.run = parent.id();
  config.fork.step = parent.step();
  change_config(config, changes, "fork");
  return config;
}

}  // namespace

Run::Impl::Impl(const RunOptions& run_options, const ResolvedConfig& config, Task task, Split split)
    : options(run_options), pool(make_pool(options)), network(config, std::move(task), std::move(split), *pool) {
  network.engine().initialise();
}

void Run::Impl::refuse_while_training(const char* what) const {
  if (training)
    fail(ErrorKind::kConfig, "{}: expected a run that is not training, found a call from its observer", what);
}

Engine& Run::Impl::engine_between_updates(const char* what) const {
  if (updating) {
    fail(ErrorKind::kConfig, "{}: expected a run that is between two updates, found a call from its penalty", what);
  }
  return network.engine();
}

const TensorSpec& Run::Impl::spec(std::string_view name) const {
  const ParameterLayout& layout = network.engine().layout();
  if (const TensorSpec* found = layout.find(name)) return *found;
  std::vector<std::string> names;
  for (const TensorSpec& tensor : layout.tensors()) names.push_back(tensor.name);
  fail(ErrorKind::kInput, "weights: expected one of {}, found {}", join(names, ", "), name);
}

void Run::Impl::set_all(const std::vector<NamedTensor>& tensors) {
  for (const NamedTensor& tensor : tensors) {
    const TensorSpec& own = spec(tensor.name);
    if (tensor.shape != own.shape || static_cast<std::int64_t>(tensor.values.size()) != own.size) {
      fail(ErrorKind::kInput, "weights: expected {} of shape [{}] ({} values), found [{}] ({})", tensor.name,
           join(own.shape, ", "), own.size, join(tensor.shape, ", "), tensor.values.size());
    }
    network.engine().set_tensor(own, tensor.values);
  }
}

void Run::Impl::go_to(const TrainState& state) {
  network.engine().import_state(state);
  std::erase_if(records, [&](const Record& record) { return record.step > state.step; });
  std::erase_if(probe_results, [&](const ProbeResult& result) { return result.step > state.step; });
  outcome = {RunStatus::kRunning, state.step, "", state.seconds};
}

Run::Run(const Config& config, const RunOptions& options) : Run(config, RunParts{}, options) {}

Run::Run(const Config& config, RunParts parts, const RunOptions& options) {
  RunDescription run = describe_run(config, parts);
  impl_ = std::make_unique<Impl>(options, run.config, std::move(run.task), std::move(run.split));
  impl_->own_task = parts.task.has_value();
  impl_->own_rows = !parts.train_rows.empty();
  impl_->follows_config = !impl_->own_task && !impl_->own_rows && parts.weights.empty();
  impl_->set_all(parts.weights);
}

Run::Run(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Run::Run(Run&&) noexcept = default;
Run& Run::operator=(Run&&) noexcept = default;
Run::~Run() = default;

Run Run::from_weights(const WeightFile& file, const std::optional<Config>& config, const RunOptions& options) {
  const std::string name = "weights";
  const TensorFile tensors = tensor_file(file);
  const Config inferred = imported_config(tensors, name, config, {}).config;
  check_known_sizes(inferred, tensors, name);
  const ResolvedConfig resolved = resolve_with_files(inferred);
  Task task = make_task(resolved);
  check_vocabulary(inferred, {task.n_symbols, task.n_classes, task.n_inputs, task.n_rows}, name);
  Split split = make_split(resolved, task);
  auto impl = std::make_unique<Impl>(options, resolved, std::move(task), std::move(split));
  load_tensors(impl->network.engine(), tensors, name);
  impl->follows_config = false;
  return Run(std::move(impl));
}

std::int64_t Run::step() const { return impl_->network.engine().step(); }
std::span<const Record> Run::records() const { return impl_->records; }
std::span<const ProbeResult> Run::probe_results() const { return impl_->probe_results; }
const Outcome& Run::outcome() const { return impl_->outcome; }
const Config& Run::config() const { return *impl_->network.config(); }
const std::string& Run::id() const { return impl_->network.config().id(); }
const Task& Run::task() const { return impl_->network.task(); }
const Split& Run::split() const { return impl_->network.split(); }
std::int64_t Run::logit_columns() const { return impl_->network.engine().logit_columns(); }
Record Run::measure() { return impl_->engine_between_updates("measure").measure(); }

std::vector<TensorShape> Run::tensors() const {
  std::vector<TensorShape> shapes;
  for (const TensorSpec& spec : impl_->network.engine().layout().tensors()) {
    shapes.push_back({spec.name, spec.shape, spec.size});
  }
  return shapes;
}

std::vector<double> Run::weights(std::string_view name) const {
  return impl_->network.engine().tensor(impl_->spec(name));
}

void Run::set_weights(std::string_view name, std::span<const double> values) {
  const TensorSpec& spec = impl_->spec(name);
  if (static_cast<std::int64_t>(values.size()) != spec.size) {
    fail(ErrorKind::kInput, "weights: expected {} values of {} [{}], found {}", spec.size, name, join(spec.shape, ", "),
         values.size());
  }
  if (impl_->pool == nullptr) {
    fail(ErrorKind::kConfig, "weights: expected a run in memory, found one whose configuration alone is stored");
  }
  impl_->engine_between_updates("weights").set_tensor(spec, values);
  impl_->follows_config = false;
}

std::vector<NamedTensor> Run::all_weights() const {
  std::vector<NamedTensor> all;
  for (TensorShape& shape : tensors()) {
    std::vector<double> values = weights(shape.name);
    all.push_back({std::move(shape.name), std::move(shape.shape), std::move(values)});
  }
  return all;
}

std::vector<double> Run::logits(std::span<const std::int64_t> rows) {
  for (const std::int64_t row : rows) {
    if (row < 0 || row >= task().n_rows) {
      fail(ErrorKind::kInput, "logits: expected rows of 0..{}, found {}", task().n_rows - 1, row);
    }
  }
  return impl_->engine_between_updates("logits").logits(rows);
}

LossGradient Run::gradient() {
  std::vector<double> flat;
  LossGradient result;
  result.loss = impl_->engine_between_updates("gradient").loss_and_gradient(flat);
  for (const TensorSpec& spec : impl_->network.engine().layout().tensors()) {
    const auto begin = flat.begin() + spec.offset;
    result.gradient.push_back({spec.name, spec.shape, std::vector<double>(begin, begin + spec.size)});
  }
  return result;
}

ProbeResult Run::probe(const ProbeSet& set) {
  return impl_->network.prober().read(impl_->engine_between_updates("probe"), set, true);
}

RunState Run::state() const {
  TrainState state = impl_->engine_between_updates("state").export_state();
  state.seconds = impl_->outcome.seconds;
  return {state.step, state_to_bytes({state, id(), impl_->follows_config})};
}

void Run::restore(const RunState& state) {
  impl_->refuse_while_training("restore");
  const OwnedState owned = state_from_bytes(state.bytes);
  impl_->go_to(owned.state);
  impl_->follows_config = owned.follows_config && owned.id == id();
}

Run Run::fork(const std::vector<std::string>& changes) const {
  const NetworkRun& parent = impl_->network;
  if (impl_->own_task && changes_section(changes, "task.")) {
    fail(ErrorKind::kConfig, "fork: expected no change of the task, which is the caller's own, found one");
  }
  const bool keeps_rows = impl_->own_rows && !changes_section(changes, "split.");
  const ResolvedConfig config = resolve_with_files(fork_config(*this, impl_->own_rows, changes));
  Task task = impl_->own_task ? parent.task() : make_task(config);
  if (task.n_rows != parent.task().n_rows) {
    fail(ErrorKind::kConfig, "fork: expected a task of {} rows like the parent's ({}), found {} rows ({})",
         parent.task().n_rows, parent.task().name, task.n_rows, task.name);
  }
  Split split = keeps_rows ? parent.split() : make_split(config, task, &parent.split());
  auto child = std::make_unique<Impl>(impl_->options, config, std::move(task), std::move(split));
  Engine& engine = child->network.engine();
  check_same_tensors(impl_->engine_between_updates("fork").layout(), engine.layout());
  engine.import_state(fork_start(parent.engine().export_state(), config, engine.export_state()));
  child->own_task = impl_->own_task;
  child->follows_config = impl_->follows_config;
  child->own_rows = keeps_rows;
  return Run(std::move(child));
}

}  // namespace groklab
