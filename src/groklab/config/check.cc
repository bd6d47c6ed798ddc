// Checks of a configuration that need nothing but the configuration: ranges first, then combinations.
#include <optional>
#include <string>
#include <string_view>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/component.h"
#include "groklab/config/enum_names.h"
#include "groklab/config/probe_set.h"
#include "groklab/config/task_size.h"
#include "groklab/config/value.h"

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

std::int64_t smallest_factor(std::int64_t n) {
  for (std::int64_t factor = 2; factor * factor <= n; ++factor) {
    if (n % factor == 0) return factor;
  }
  return n;
}

void check_group(const Config& config) {
  const TaskConfig& task = config.task;
  std::int64_t smallest = 1;
  while (group_order(task.group, smallest) < 2) ++smallest;  // one element alone leaves nothing to learn
  std::int64_t largest = smallest;
  while (group_order(task.group, largest + 1) <= kMaxSymbols) ++largest;
  if (task.group_degree < smallest || task.group_degree > largest) {
    refuse(config, "task.group_degree",
           fmt::format("a whole number in [{}, {}] for task.group = {} (at most {} elements)", smallest, largest,
                       enum_name(task.group), kMaxSymbols));
  }
}

void check_parity(const Config& config) {
  const TaskConfig& task = config.task;
  constexpr std::int64_t kLargestFullTable = 21;  // bits: 2^21 rows, the last power within kMaxRows
  if (task.parity_subset > task.parity_bits) {
    refuse(config, "task.parity_subset", fmt::format("at most task.parity_bits = {}", task.parity_bits));
  }
  if (task.parity_rows == 0 && task.parity_bits > kLargestFullTable) {
    refuse(config, "task.parity_rows",
           fmt::format("a number of rows to sample, because task.parity_bits = {} is above {}", task.parity_bits,
                       kLargestFullTable));
  }
  if (task.parity_rows > std::int64_t{1} << task.parity_bits) {
    refuse(config, "task.parity_rows",
           fmt::format("at most 2^{} = {} distinct rows", task.parity_bits, std::int64_t{1} << task.parity_bits));
  }
  if (task.labels == LabelKind::kRandomCommutative) {
    refuse(config, "task.labels", "true, random or corrupted for task.operation = parity, which has no x y and y x");
  }
}

void check_task(const Config& config) {
  const TaskConfig& task = config.task;
  if (task.operation == Operation::kDivide || task.operation == Operation::kDivideOrSubtract) {
    const std::int64_t factor = smallest_factor(task.modulus);
    if (factor != task.modulus) {
      refuse(config, "task.modulus",
             fmt::format("a prime for task.operation = {}, found {} * {}", enum_name(task.operation), factor,
                         task.modulus / factor));
    }
  }
  if (is_group_operation(task.operation)) check_group(config);
  if (task.operation == Operation::kParity) check_parity(config);
  if (task.operation == Operation::kTable && task.table.empty()) {
    refuse(config, "task.table", "the path of a CSV file for task.operation = table");
  }
  // A file that would be silently left unread is a mistake worth a line.
  if (task.operation != Operation::kTable && !task.table.empty()) {
    refuse(config, "task.table",
           fmt::format("task.operation = table with it, found task.operation = {}", enum_name(task.operation)));
  }
  if (task.corrupted_fraction > 0 && task.labels != LabelKind::kCorrupted) {
    refuse(config, "task.corrupted_fraction",
           fmt::format("task.labels = corrupted with it, found task.labels = {}", enum_name(task.labels)));
  }
}

void check_split(const Config& config) {
  const SplitConfig& split = config.split;
  if (split.method == SplitMethod::kFile) {
    if (split.file.empty()) refuse(config, "split.file", "the path of a file of row indices for split.method = file");
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
  const ModelConfig& model = config.model;
  const std::optional<TaskSize> size = task_size(config.task);
  if (size && model.d_vocab_out != 0 && model.d_vocab_out < size->n_classes) {
    refuse(config, "model.d_vocab_out", fmt::format("0 or at least the task's {} classes", size->n_classes));
  }
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

void check_config(const Config& config) {
  check_ranges(config);
  check_task(config);
  check_split(config);
  check_model(config);
  check_training(config);
  check_components(config);
}

}  // namespace groklab
