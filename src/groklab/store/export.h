// One run as a file for other programs: csv, json, npz (records) and safetensors (weights).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/files/safetensors.h"
#include "groklab/record/record.h"
#include "groklab/store/store.h"

namespace groklab {

enum class ExportFormat { kCsv, kJson, kNpz, kSafetensors };

/// Throws Error(kConfig) that lists the formats.
ExportFormat parse_export_format(std::string_view name);

/// Records as comma-separated lines under a line of names: step, seconds, ..., train_loss, ..., norm:TENSOR. Numbers
/// read back to the same bits; NaN (an empty group) is an empty cell.
std::string records_to_csv(const RunInfo& info, const std::vector<Record>& records);

/// run_to_json with all records (run_json.h), as text.
std::string run_to_json_text(const RunInfo& info, const std::vector<Record>& records);

/// An .npz archive: one array for each csv column, and "config", the configuration's JSON text as bytes.
std::string records_to_npz(const RunInfo& info, const std::vector<Record>& records);

/// The weights at `step` (-1: the last checkpoint) with the run's id, step and config JSON in the metadata.
TensorFile run_weights(const Store& store, const std::string& id, std::int64_t step);

/// Writes one of the above to `output`, whole or not at all. `step` is used by safetensors alone.
void export_run(const Store& store, const std::string& id, ExportFormat format, const std::filesystem::path& output,
                std::int64_t step = -1);

}  // namespace groklab
