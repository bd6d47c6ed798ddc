// Records and groups of metrics as JSON objects.
#pragma once

#include <nlohmann/json.hpp>

#include "groklab/record/record.h"

namespace groklab::cli {

/// {"step": ..., "train": {"loss": ...}, ...}; NaN becomes null.
nlohmann::ordered_json record_to_json(const Record& record);
nlohmann::ordered_json group_to_json(const GroupMetrics& metrics);

}  // namespace groklab::cli
