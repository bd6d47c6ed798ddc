// See imported_config.h.
#include "groklab/run/imported_config.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/config/assignment.h"
#include "groklab/config/change.h"
#include "groklab/config/input_files.h"
#include "groklab/config/task_size.h"
#include "groklab/model/network.h"
#include "groklab/run/imported_weights.h"

namespace groklab {
namespace {

/// The configuration in the metadata of groklab's own exports; other people's files have none.
std::optional<Config> config_of_file(const TensorFile& file, const std::string& name) {
  const auto found = file.metadata.find("groklab.config");
  if (found == file.metadata.end()) return std::nullopt;
  constexpr std::size_t kLargest = 1'000'000;  // a configuration has some kB
  if (found->second.size() > kLargest) {
    fail(ErrorKind::kInput, "{}: expected at most {} bytes in the metadata groklab.config, found {}", name, kLargest,
         found->second.size());
  }
  const nlohmann::json json = nlohmann::json::parse(found->second, nullptr, false);
  if (json.is_discarded()) fail(ErrorKind::kInput, "{}: expected JSON in the metadata groklab.config", name);
  try {
    return config_from_json(json);
  } catch (const Error& error) {
    fail(ErrorKind::kInput, "{}: metadata groklab.config: {}", name, error.what());
  }
}

/// The step in the metadata of groklab's own exports; 0 for other files.
std::int64_t step_of_file(const TensorFile& file, const std::string& name) {
  const auto found = file.metadata.find("groklab.step");
  if (found == file.metadata.end()) return 0;
  std::int64_t step = 0;
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), step);
  if (error != std::errc() || end != text.data() + text.size() || step < 0) {
    fail(ErrorKind::kInput, "{}: metadata groklab.step: expected a whole number of at least 0, found '{}'", name, text);
  }
  return step;
}

bool has_default_split(const Config& config) {
  return config_to_json(config)["split"] == config_to_json(Config{})["split"];
}

/// Metadata come from others: they open no file and make no large table unless the user says so.
void check_foreign_task(Config& config, const std::set<std::string>& fixed, const std::string& name) {
  const bool is_fixed =
      std::any_of(fixed.begin(), fixed.end(), [](const std::string& key) { return key.starts_with("task."); });
  visit_input_files(config, [&](const char* key, const std::string& path, const std::string&) {
    if (path.empty() || fixed.contains(key)) return;
    fail(ErrorKind::kInput, "{}: its metadata name {} = {}, which is not opened unasked: --set {}=FILE opens a file",
         name, key, path, key);
  });
  constexpr std::int64_t kMostEntries = 32'000'000;
  const auto size = is_fixed ? std::nullopt : task_size(config.task);
  if (size && size->n_rows > kMostEntries / (size->n_inputs + 2)) {
    fail(ErrorKind::kInput,
         "{}: its metadata ask for a table of {} rows of {} inputs: --set task.operation={} makes one so large", name,
         size->n_rows, size->n_inputs, config.task.operation);
  }
}

}  // namespace

ImportedConfig imported_config(const TensorFile& file, const std::string& file_name, const std::optional<Config>& base,
                               const std::vector<std::string>& assignments) {
  const std::optional<Config> own = base ? std::nullopt : config_of_file(file, file_name);
  Config config = base ? *base : own.value_or(Config{});
  std::set<std::string> fixed;
  for (const std::string& assignment : assignments) fixed.insert(parse_assignment(assignment, "--set").key);
  const auto sets = [&](std::string_view section) {
    return std::any_of(fixed.begin(), fixed.end(), [&](const std::string& key) { return key.rfind(section, 0) == 0; });
  };
  // The rows of another task, or of a fork (a choice among its parent's), are not those that the file was trained on.
  const bool keeps_split = own && !sets("task.") && own->fork.run.empty() && own->split.method != SplitMethod::kFile;
  if (!keeps_split && !base) config.split = SplitConfig{};
  config.fork = ForkConfig{};
  change_config(config, assignments);
  if (own) check_foreign_task(config, fixed, file_name);
  const bool has_split = keeps_split || sets("split.") || (base && !has_default_split(*base));
  config = infer_model(file, file_name, config, fixed);
  if (!has_split) {  // every row is a training row: the record's train group is then the whole table
    config.split = SplitConfig{};
    config.split.train_fraction = 1.0;
  }
  return {config, has_split, step_of_file(file, file_name)};
}

void check_known_sizes(const Config& config, const TensorFile& file, const std::string& file_name) {
  const std::optional<TaskSize> size = task_size(config.task);
  if (!size) return;
  check_vocabulary(config, *size, file_name);
  Task outline;  // a layout needs the sizes of the task and no table
  outline.n_rows = size->n_rows;
  outline.n_inputs = size->n_inputs;
  outline.n_symbols = size->n_symbols;
  outline.n_classes = size->n_classes;
  check_tensors(network_layout(resolve_config(config)->model, outline), file, file_name);
}

NetworkRun imported_run(const TensorFile& file, const std::string& file_name, const ResolvedConfig& config, Task task,
                        Split split, ThreadPool& pool) {
  NetworkRun run(config, std::move(task), std::move(split), pool);
  run.engine().initialise();
  load_tensors(run.engine(), file, file_name);
  return run;
}

}  // namespace groklab
