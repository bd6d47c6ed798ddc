// See run_text.h.
#include "run_text.h"

#include <fmt/format.h>

#include <filesystem>

#include "groklab/analysis/event_times.h"
#include "groklab/config.h"
#include "groklab/view/text.h"
#include "record_json.h"

namespace groklab::cli {

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

std::string times_line(const std::vector<Record>& records) {
  const EventTimes times = event_times(records);
  const auto text = [](const auto& step) { return step ? format_count(*step) : std::string("not reached"); };
  return fmt::format("T_fit {}, T_grok {} (accuracy >= 99% held for 3 records)\n", text(times.fit), text(times.grok));
}

nlohmann::ordered_json run_to_json(const RunInfo& info) {
  nlohmann::ordered_json json = {{"run", info.id},
                                 {"status", run_status_name(info.status)},
                                 {"reason", info.reason},
                                 {"step", info.step},
                                 {"seconds", info.seconds},
                                 {"created", info.created},
                                 {"machine", info.machine},
                                 {"version", info.version},
                                 {"task", task_label(info.config)}};
  json["config"] = config_to_json(info.config);
  json["last"] = info.last ? record_to_json(*info.last) : nlohmann::ordered_json(nullptr);
  return json;
}

}  // namespace groklab::cli
