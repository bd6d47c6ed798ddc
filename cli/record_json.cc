// See record_json.h.
#include "record_json.h"

#include <cmath>
#include <type_traits>

#include "groklab/store/record_columns.h"

namespace groklab::cli {

nlohmann::ordered_json record_to_json(const Record& record) {
  nlohmann::ordered_json json;
  visit_metrics(record, [&](const char* group, const char* name, const auto& value) {
    nlohmann::ordered_json& place = *group == '\0' ? json[name] : json[group][name];
    if constexpr (std::is_floating_point_v<std::decay_t<decltype(value)>>) {
      if (!std::isfinite(value)) {
        place = nullptr;
        return;
      }
    }
    place = value;
  });
  return json;
}

nlohmann::ordered_json group_to_json(const GroupMetrics& metrics) {
  Record record;
  record.train = metrics;
  return record_to_json(record)["train"];
}

}  // namespace groklab::cli
