// See task_label.h.
#include "groklab/record/task_label.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

namespace groklab {

std::string task_label(const Config& config) {
  const nlohmann::json names = config_to_json(config).at("task");  // the words users write
  const auto word = [&](const char* key) { return names.at(key).get<std::string>(); };
  const TaskConfig& task = config.task;
  std::string label;
  switch (task.operation) {
    case Operation::kGroupProduct:
    case Operation::kGroupConjugate:
    case Operation::kGroupSandwich:
      label = fmt::format("{} {} {}", word("operation"), word("group"), task.group_degree);
      break;
    case Operation::kTable:
      label = fmt::format("table {}", std::filesystem::path(task.table).filename().string());
      break;
    case Operation::kParity:
      label = fmt::format("parity {} of {}", task.parity_subset, task.parity_bits);
      break;
    default:
      label = fmt::format("{} mod {}", word("operation"), task.modulus);
  }
  if (task.labels == LabelKind::kCorrupted) {
    label += fmt::format(", {:g} corrupted", task.corrupted_fraction);
  } else if (task.labels != LabelKind::kTrue) {
    label += fmt::format(", {} labels", word("labels"));
  }
  return label;
}

}  // namespace groklab
