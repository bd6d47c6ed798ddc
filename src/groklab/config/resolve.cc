// The resolved form of a configuration: two configurations that train the same run become equal, so they hash
// equally. Three rules, each applied so that resolving twice changes nothing:
//   1. "automatic" values are replaced by what they mean (d_head, d_mlp, seeds of -1);
//   2. keys that do not apply to the chosen task, model or optimiser go back to their defaults;
//   3. of several spellings of one setting, one is kept (no warm-up, number of logits, negative zero).
// When in doubt whether a key changes the run, it is kept: two names for one run cost time, one name for two runs
// would lose a result.
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <type_traits>
#include <utility>

#include "groklab/config.h"
#include "groklab/config/component.h"
#include "groklab/config/engine_identity.h"
#include "groklab/config/identity.h"
#include "groklab/config/operation.h"
#include "groklab/config/task_size.h"
#include "groklab/config/visit.h"

namespace groklab {
namespace {

const Config& default_config() {
  static const Config config;
  return config;
}

void resolve_split(SplitConfig& split, std::int64_t seed) {
  const SplitConfig& defaults = default_config().split;
  if (split.method == SplitMethod::kFile) {  // the file says which rows and how many
    split.train_size = defaults.train_size;
    split.train_fraction = defaults.train_fraction;
    split.seed = defaults.seed;
    return;
  }
  split.file = defaults.file;
  split.file_digest = defaults.file_digest;
  if (split.train_size > 0) split.train_fraction = defaults.train_fraction;
  if (split.seed == -1) split.seed = seed;
}

void resolve_model(ModelConfig& model, const TaskConfig& task) {
  if (model.d_mlp == 0) model.d_mlp = 4 * model.d_model;
  const std::optional<TaskSize> size = task_size(task);
  if (size && model.d_vocab_out == size->n_classes) model.d_vocab_out = 0;
}

void resolve_training(Config& config) {
  const Config& defaults = default_config();
  OptimConfig& optim = config.optim;
  if (optim.weight_decay == 0) optim.decay = defaults.optim.decay;
  if (optim.warmup_steps == 1) optim.warmup_steps = 0;  // min(t / 1, 1) is 1 from the first step
  if (optim.schedule == Schedule::kConstant) optim.final_lr_fraction = defaults.optim.final_lr_fraction;

  TrainConfig& train = config.train;
  if (train.stop_test_accuracy == 0) train.stop_held_evaluations = defaults.train.stop_held_evaluations;
  if (train.stop_stationary_tolerance == 0) train.stop_stationary_window = defaults.train.stop_stationary_window;

  if (config.fork.run.empty()) config.fork = defaults.fork;
}

/// Keys that only other components use, and components' own keys where they are off.
void resolve_components(Config& config) {
  std::set<std::string_view> used, unused;
  for (const ComponentSpec* component : component_specs()) {
    const bool active = component_active(*component, config);
    for (const std::string_view key : component->uses) (active ? used : unused).insert(key);
    for (const Field& field : component->keys) (active ? used : unused).insert(field.spec.key);
  }
  for (const std::string_view key : unused) {
    if (!used.contains(key)) reset_value(config, key);
  }
  for (const ComponentSpec* component : component_specs()) {
    if (component->resolve != nullptr && component_active(*component, config)) component->resolve(config);
  }
}

void resolve_label_seed(Config& config) {
  if (config.task.label_seed == -1 && key_applies(config, "task.label_seed")) config.task.label_seed = config.seed;
}

Config resolved_values(const Config& config) {
  Config resolved = config;
  resolve_operation(resolved.task);
  visit_fields(resolved, [](const FieldSpec&, auto& value) {
    if constexpr (std::is_same_v<std::remove_reference_t<decltype(value)>, double>) {
      if (value == 0) value = 0.0;  // -0.0 equals 0.0 but prints otherwise
    }
  });
  resolve_components(resolved);
  resolve_label_seed(resolved);
  resolve_split(resolved.split, resolved.seed);
  resolve_model(resolved.model, resolved.task);
  resolve_training(resolved);
  return resolved;
}

}  // namespace

ResolvedConfig resolve_config(const Config& config) {
  check_config(config);  // before keys that do not apply go back to their defaults: setting one may be a mistake
  auto data = std::make_shared<ResolvedConfig::Data>();
  data->config = resolved_values(config);
  data->task_size = task_size(data->config.task);
  data->id = identity_digest(canonical_text(data->config, engine_identity()));
  return ResolvedConfig(std::move(data));
}

}  // namespace groklab
