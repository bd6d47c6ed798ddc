// One run as a file for other programs: csv, json, npz (records) and safetensors (weights).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/files/safetensors.h"
#include "groklab/store/store.h"

namespace groklab {

enum class ExportFormat {
  kCsv,
  kJson,
  kNpz,
  kSafetensors,
  kSplit,    ///< lab/split_export.h
  kFigures,  ///< report/report.h
};

/// Their names, in this order.
std::vector<std::string> export_format_names();

/// Throws Error(kConfig) that lists the formats.
ExportFormat parse_export_format(std::string_view name);

/// Takes a text in pieces: a run may have millions of records, and none of these functions holds them all.
using TextSink = std::function<void(std::string_view)>;

/// Records as comma-separated lines under a line of names: step, seconds, ..., train_loss, ..., norm:TENSOR. Numbers
/// read back to the same bits; NaN (an empty group) is an empty cell.
void records_to_csv(const Store& store, const std::string& id, const TextSink& write);

/// run_to_json with all records (run_json.h), as text.
void run_to_json_text(const Store& store, const std::string& id, const TextSink& write);

/// An .npz archive: one array for each csv column, and "config", the configuration's JSON text as bytes. Goes through
/// the records once for every 16 columns.
void records_to_npz(const Store& store, const std::string& id, const TextSink& write);

/// The weights at `step` (-1: the last checkpoint) with the run's id, step and config JSON in the metadata.
TensorFile run_weights(const Store& store, const std::string& id, std::int64_t step);

/// Writes one of the above to `output`, whole or not at all. `step` is used by safetensors alone.
void export_run(const Store& store, const std::string& id, ExportFormat format, const std::filesystem::path& output,
                std::int64_t step = -1);

}  // namespace groklab
