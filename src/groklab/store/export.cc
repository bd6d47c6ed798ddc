// See export.h.
#include "groklab/store/export.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "groklab/base/csv.h"
#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/store/checkpoint_file.h"
#include "groklab/store/npz.h"
#include "groklab/store/record_columns.h"
#include "groklab/store/run_json.h"

namespace groklab {
namespace {

std::string norm_column(const std::string& tensor_name) { return "norm:" + tensor_name; }

/// NaN where a record lacks the norm, so that all columns have one length.
double tensor_norm(const Record& record, std::size_t tensor) {
  return tensor < record.tensor_norms.size() ? record.tensor_norms[tensor] : std::nan("");
}

}  // namespace

ExportFormat parse_export_format(std::string_view name) {
  if (name == "csv") return ExportFormat::kCsv;
  if (name == "json") return ExportFormat::kJson;
  if (name == "npz") return ExportFormat::kNpz;
  if (name == "safetensors") return ExportFormat::kSafetensors;
  fail(ErrorKind::kConfig, "export format: expected csv, json, npz or safetensors, found '{}'", name);
}

std::string records_to_csv(const RunInfo& info, const std::vector<Record>& records) {
  CsvText csv;
  for (const std::string& name : metric_names()) csv.cell(name);
  for (const std::string& name : info.tensor_names) csv.cell(norm_column(name));
  csv.end_line();
  for (const Record& record : records) {
    visit_metrics(record, [&](const char*, const char*, const auto& value) { csv.cell(value); });
    for (std::size_t i = 0; i < info.tensor_names.size(); ++i) csv.cell(tensor_norm(record, i));
    csv.end_line();
  }
  return csv.text();
}

std::string run_to_json_text(const RunInfo& info, const std::vector<Record>& records) {
  return run_to_json(info, records).dump(1) + "\n";
}

std::string records_to_npz(const RunInfo& info, const std::vector<Record>& records) {
  NpzArchive archive;
  for (std::size_t column = 0; column < metric_names().size(); ++column) {
    std::vector<double> numbers;
    std::vector<std::int64_t> integers;
    for (const Record& record : records) {
      std::size_t visited = 0;
      visit_metrics(record, [&](const char*, const char*, const auto& value) {
        if (visited++ != column) return;
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, double>) {
          numbers.push_back(value);
        } else {
          integers.push_back(value);
        }
      });
    }
    archive.add(metric_names()[column], integers.empty() ? npy_image(numbers) : npy_image(integers));
  }
  for (std::size_t i = 0; i < info.tensor_names.size(); ++i) {
    std::vector<double> norms;
    for (const Record& record : records) norms.push_back(tensor_norm(record, i));
    archive.add(norm_column(info.tensor_names[i]), npy_image(norms));
  }
  archive.add("config", npy_image(config_to_json(info.config).dump()));
  return archive.finish();
}

TensorFile run_weights(const Store& store, const std::string& id, std::int64_t step) {
  const std::vector<CheckpointInfo> known = store.checkpoints(id);
  const CheckpointInfo& found = find_checkpoint(known, id, step);
  TensorFile file = weights_of_checkpoint(store.checkpoint_file(id, found.step));
  file.metadata = {{"format", "pt"},  // what loaders of other programs look for
                   {"groklab.run", id},
                   {"groklab.step", std::to_string(found.step)},
                   {"groklab.config", config_to_json(store.run(id).config).dump()}};
  return file;
}

void export_run(const Store& store, const std::string& id, ExportFormat format, const std::filesystem::path& output,
                std::int64_t step) {
  switch (format) {
    case ExportFormat::kCsv:
      return write_file(output, records_to_csv(store.run(id), store.records(id)), Durability::kSync);
    case ExportFormat::kJson:
      return write_file(output, run_to_json_text(store.run(id), store.records(id)), Durability::kSync);
    case ExportFormat::kNpz:
      return write_file(output, records_to_npz(store.run(id), store.records(id)), Durability::kSync);
    case ExportFormat::kSafetensors:
      return write_safetensors(output, run_weights(store, id, step));
  }
}

}  // namespace groklab
