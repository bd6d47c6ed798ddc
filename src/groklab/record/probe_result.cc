// Probe results as JSON, by their list of fields.
#include "groklab/base/json_fields.h"
#include "groklab/record/probe_fields.h"

namespace groklab {

nlohmann::ordered_json probe_result_to_json(const ProbeResult& result) { return fields_to_json(result); }

ProbeResult probe_result_from_json(const nlohmann::ordered_json& json) {
  ProbeResult result;
  fields_from_json(json, result);
  return result;
}

}  // namespace groklab
