// See loaded_network.h.
#include "groklab/lab/loaded_network.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/lab/fork_config.h"
#include "groklab/lab/imported_weights.h"
#include "groklab/lab/run_state.h"
#include "groklab/store/safetensors.h"

namespace groklab {
namespace {

std::string key_of(const std::string& assignment) {
  std::string key = assignment.substr(0, assignment.find('='));
  key.erase(std::remove(key.begin(), key.end(), ' '), key.end());
  return key;
}

/// The configuration in the metadata of groklab's own exports; other people's files have none.
std::optional<Config> config_of_file(const TensorFile& file, const std::string& path) {
  const auto found = file.metadata.find("groklab.config");
  if (found == file.metadata.end()) return std::nullopt;
  const nlohmann::json json = nlohmann::json::parse(found->second, nullptr, false);
  if (json.is_discarded()) fail(ErrorKind::kInput, "{}: expected JSON in the metadata groklab.config", path);
  try {
    return config_from_json(json);
  } catch (const Error& error) {
    fail(ErrorKind::kInput, "{}: metadata groklab.config: {}", path, error.what());
  }
}

nlohmann::json default_split() { return config_to_json(Config{})["split"]; }

}  // namespace

LoadedNetwork load_weights(const std::string& path, const std::optional<Config>& base,
                           const std::vector<std::string>& assignments, ThreadPool& pool) {
  const TensorFile file = read_safetensors(path);
  const std::optional<Config> own = base ? std::nullopt : config_of_file(file, path);
  Config config = base ? *base : own.value_or(Config{});
  std::set<std::string> fixed;
  for (const std::string& assignment : assignments) fixed.insert(key_of(assignment));
  const auto sets = [&](std::string_view section) {
    return std::any_of(fixed.begin(), fixed.end(), [&](const std::string& key) { return key.rfind(section, 0) == 0; });
  };
  // The rows of another task, or of a fork (a choice among its parent's), are not those that the file was trained on.
  const bool keeps_split = own && !sets("task.") && own->fork.run.empty() && own->split.method != SplitMethod::kFile;
  if (!keeps_split && !base) config.split = SplitConfig{};
  config.fork = ForkConfig{};
  change_config(config, assignments);
  config.optim = OptimConfig{};  // nothing is trained: a batch size need not suit the split
  const bool has_split = keeps_split || sets("split.") || (base && config_to_json(*base)["split"] != default_split());
  config = infer_model(file, path, config, fixed);
  // Before the config's own checks: what contradicts the file is said in the file's words.
  if (const auto size = task_size(config.task)) check_vocabulary(config, *size, path);
  if (!has_split) {  // every row is a training row: the record's train group is then the whole table
    config.split = SplitConfig{};
    config.split.train_fraction = 1.0;
  }
  LoadedNetwork network{std::make_unique<PreparedRun>(prepare_run(config, nullptr)), nullptr, 0, has_split};
  const PreparedRun& run = *network.run;
  check_vocabulary(config, {run.task.n_symbols, run.task.n_classes}, path);  // a user's table is known only now
  network.engine = make_engine(run.config, run.task, run.split, pool);
  network.engine->initialise();
  load_tensors(*network.engine, file, path);
  return network;
}

LoadedNetwork load_run(const Store& store, const std::string& id, const std::string& at,
                       const std::vector<std::string>& assignments, ThreadPool& pool) {
  auto own = std::make_unique<PreparedRun>(prepare_stored_run(store, id));
  const PreparedRun& run = *own;
  const StateContext context = {store, pool, nullptr, {}};
  const TrainState state = *state_at(run, parse_step(at, store, id), context);
  auto own_engine = make_engine(run.config, run.task, run.split, pool);
  own_engine->import_state(state);
  if (assignments.empty()) return {std::move(own), std::move(own_engine), state.step, true};
  Config changed = *run.config;
  change_config(changed, assignments);
  changed.optim = OptimConfig{};
  auto other = std::make_unique<PreparedRun>(prepare_run(changed, &store));
  auto engine = make_engine(other->config, other->task, other->split, pool);
  engine->initialise();
  for (const TensorSpec& spec : engine->layout().tensors()) {
    const TensorSpec* from = own_engine->layout().find(spec.name);
    if (from == nullptr || from->shape != spec.shape) {
      fail(ErrorKind::kConfig, "expected a network of the stored run's shape, found {} changed", spec.name);
    }
    engine->set_tensor(spec, own_engine->tensor(*from));
  }
  return {std::move(other), std::move(engine), state.step, true};
}

}  // namespace groklab
