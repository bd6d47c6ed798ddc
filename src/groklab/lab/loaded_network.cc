// See loaded_network.h.
#include "groklab/lab/loaded_network.h"

#include <utility>

#include "groklab/base/error.h"
#include "groklab/config/change.h"
#include "groklab/files/safetensors.h"
#include "groklab/lab/prepared_run.h"
#include "groklab/lab/run_state.h"
#include "groklab/run/imported_config.h"
#include "groklab/run/imported_weights.h"

namespace groklab {

LoadedNetwork load_weights(const std::string& path, const std::optional<Config>& base,
                           const std::vector<std::string>& assignments, ThreadPool& pool) {
  const TensorFile file = read_safetensors(path);
  ImportedConfig imported = imported_config(file, path, base, assignments);
  imported.config.optim = OptimConfig{};  // nothing is trained: a batch size need not suit the split
  // Before the config's own checks: what contradicts the file is said in the file's words.
  check_known_sizes(imported.config, file, path);
  PreparedRun run = prepare_run(imported.config, nullptr);
  const Task& task = run.task;  // a user's table is known only now
  check_vocabulary(imported.config, {task.n_symbols, task.n_classes, task.n_inputs, task.n_rows}, path);
  return {imported_run(file, path, run.config, std::move(run.task), std::move(run.split), pool), imported.step,
          imported.has_split};
}

LoadedNetwork load_run(const Store& store, const std::string& id, const std::string& at,
                       const std::vector<std::string>& assignments, ThreadPool& pool) {
  PreparedRun stored = prepare_stored_run(store, id);
  const StateContext context = {store, pool, nullptr, {}};
  const TrainState state = *state_at(stored, parse_step(at, store, id), context);
  const Config config = *stored.config;
  NetworkRun own(stored.config, std::move(stored.task), std::move(stored.split), pool);
  own.engine().import_state(state);
  if (assignments.empty()) return {std::move(own), state.step, true};
  Config changed = config;
  change_config(changed, assignments);
  changed.optim = OptimConfig{};
  PreparedRun other = prepare_run(changed, &store);
  NetworkRun run(other.config, std::move(other.task), std::move(other.split), pool);
  run.engine().initialise();
  for (const TensorSpec& spec : run.engine().layout().tensors()) {
    const TensorSpec* from = own.engine().layout().find(spec.name);
    if (from == nullptr || from->shape != spec.shape) {
      fail(ErrorKind::kConfig, "expected a network of the stored run's shape, found {} changed", spec.name);
    }
    run.engine().set_tensor(spec, own.engine().tensor(*from));
  }
  return {std::move(run), state.step, true};
}

}  // namespace groklab
