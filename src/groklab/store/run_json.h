// The one JSON form of runs and records, for every command and export: docs/formats/json.md, run.schema.json.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "groklab/record/record.h"
#include "groklab/store/store.h"

namespace groklab {

/// {"rows": ..., "loss": ..., ...}; JSON has no NaN and no infinity: both are null.
nlohmann::ordered_json group_to_json(const GroupMetrics& metrics);

/// {"step": ..., "train": {...}, ..., "tensor_norms": {NAME: ...}}. Without names there are no tensor_norms.
nlohmann::ordered_json record_to_json(const Record& record, std::span<const std::string> tensor_names = {});

/// {"id", "status", "reason", "step", "seconds", "created", "machine", "version", "engine", "instruction_set", "task",
/// "name", "tags", "note", "config", "last"}, the last record or null.
nlohmann::ordered_json run_to_json(const RunInfo& info);

/// The same with "records", all of them: what `groklab export --format json` writes.
nlohmann::ordered_json run_to_json(const RunInfo& info, std::span<const Record> records);

}  // namespace groklab
