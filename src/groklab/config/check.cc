// Checks of a configuration that need nothing but the configuration: ranges first, then combinations.
#include <optional>
#include <string>
#include <string_view>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/component.h"
#include "groklab/config/enum_names.h"
#include "groklab/config/keys.h"
#include "groklab/config/operation.h"
#include "groklab/config/probe_set.h"
#include "groklab/config/task_size.h"
#include "groklab/config/vocabulary.h"

namespace groklab {
namespace {

void check_ranges(const Config& config) {
  for (const Field& field : config_values(config)) {
    if (value_allowed(field)) continue;
    const std::string shown = toml_literal(field.value);
    fail(ErrorKind::kConfig, "{} = {}: expected {}, found {}", field.spec.key, shown, allowed_text(field), shown);
  }
  for (const auto& [key, value] : config.settings) {
    if (!is_config_key(key)) fail(ErrorKind::kConfig, "{} = {}: unknown key", key, toml_literal(value));
  }
}

void check_task(const Config& config) {
  const TaskConfig& task = config.task;
  if (task.corrupted_fraction > 0 && task.labels != LabelKind::kCorrupted) {
    refuse(config, "task.corrupted_fraction",
           fmt::format("task.labels = corrupted with it, found task.labels = {}", enum_name(task.labels)));
  }
}

void check_split(const Config& config) {
  const SplitConfig& split = config.split;
  if (split.method == SplitMethod::kFile) {
    if (split.file.empty()) {
      refuse(config, "split.file", "the path of a file of row indices for split.method = file");
    }
    return;
  }
  if (!split.file.empty()) {
    refuse(config, "split.file",
           fmt::format("split.method = file with it, found split.method = {}", enum_name(split.method)));
  }
  if (split.train_size == 0 && split.train_fraction == 0) {
    refuse(config, "split.train_fraction", "a number in (0, 1] when split.train_size = 0");
  }
}

void check_model(const Config& config) {
  if (const std::optional<TaskSize> size = task_size(config.task)) logit_count(config.model, size->n_classes);
}

void check_training(const Config& config) {
  const TrainConfig& train = config.train;
  if (train.stop_test_accuracy > 0 && train.evaluate_every == 0 && train.evaluate_per_decade == 0) {
    refuse(config, "train.stop_test_accuracy",
           "evaluation steps to test it at (train.evaluate_every or train.evaluate_per_decade above 0)");
  }
  parse_probes(train.probes, "train.probes");
  if (train.probe_every > 0 && train.evaluate_every == 0 && train.evaluate_per_decade == 0 && train.probe_every > 1) {
    refuse(config, "train.probe_every",
           "0 or 1 without evaluation steps (train.evaluate_every, train.evaluate_per_decade)");
  }
  if (config.fork.run.empty()) {
    if (config.fork.step != 0) refuse(config, "fork.step", "0 without fork.run");
    if (config.fork.reset_optimizer) refuse(config, "fork.reset_optimizer", "false without fork.run");
  }
}

}  // namespace

void check_config(const Config& written) {
  check_ranges(written);
  Config config = written;
  resolve_operation(config.task);
  check_ranges(config);  // a modulus that a formula names
  check_task(config);
  check_split(config);
  check_components(config);
  check_model(config);
  check_training(config);
}

}  // namespace groklab
