// See run_json.h.
#include "groklab/store/run_json.h"

#include <nlohmann/json.hpp>

#include "groklab/base/json_fields.h"
#include "groklab/config.h"
#include "groklab/record/fields.h"
#include "groklab/record/task_label.h"

namespace groklab {

nlohmann::ordered_json group_to_json(const GroupMetrics& metrics) { return fields_to_json(metrics); }

nlohmann::ordered_json record_to_json(const Record& record, std::span<const std::string> tensor_names) {
  nlohmann::ordered_json json = fields_to_json(record);
  if (tensor_names.empty()) return json;
  nlohmann::ordered_json norms = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < tensor_names.size() && i < record.tensor_norms.size(); ++i) {
    norms[tensor_names[i]] = fields_to_json(record.tensor_norms[i]);
  }
  json["tensor_norms"] = std::move(norms);
  return json;
}

nlohmann::ordered_json run_to_json(const RunInfo& info) {
  nlohmann::ordered_json json = {{"id", info.id},
                                 {"status", run_status_name(info.status)},
                                 {"reason", info.reason},
                                 {"step", info.step},
                                 {"seconds", fields_to_json(info.seconds)},
                                 {"created", info.created},
                                 {"machine", info.machine},
                                 {"version", info.version},
                                 {"engine", info.engine},
                                 {"instruction_set", info.instruction_set},
                                 {"task", task_label(info.config)},
                                 {"name", info.annotation.name},
                                 {"tags", info.annotation.tags},
                                 {"note", info.annotation.note}};
  json["config"] = config_to_json(info.config);
  json["last"] = info.last ? record_to_json(*info.last, info.tensor_names) : nlohmann::ordered_json(nullptr);
  return json;
}

nlohmann::ordered_json run_to_json(const RunInfo& info, std::span<const Record> records) {
  nlohmann::ordered_json json = run_to_json(info);
  json["records"] = nlohmann::ordered_json::array();
  for (const Record& record : records) json["records"].push_back(record_to_json(record, info.tensor_names));
  return json;
}

}  // namespace groklab
