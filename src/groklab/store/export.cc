// See export.h.
#include "groklab/store/export.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "groklab/base/csv.h"
#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/config.h"
#include "groklab/config/suggest.h"
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

/// Texts are written in pieces of this size.
constexpr std::size_t kPiece = 1 << 16;

/// The values of one column; whole numbers stay whole. Without a row nobody knows, and it counts as float64.
class NpzColumn {
 public:
  void add(double value) { numbers_.push_back(value); }
  void add(std::int64_t value) { integers_.push_back(value); }
  std::string image() const { return integers_.empty() ? npy_image(numbers_) : npy_image(integers_); }

 private:
  std::vector<double> numbers_;
  std::vector<std::int64_t> integers_;
};

}  // namespace

std::vector<std::string> export_format_names() {
  return {"csv", "json", "npz", "safetensors", "split", "figures", "parquet"};
}

ExportFormat parse_export_format(std::string_view name) {
  if (name == "csv") return ExportFormat::kCsv;
  if (name == "json") return ExportFormat::kJson;
  if (name == "npz") return ExportFormat::kNpz;
  if (name == "safetensors") return ExportFormat::kSafetensors;
  if (name == "split") return ExportFormat::kSplit;
  if (name == "figures") return ExportFormat::kFigures;
  std::vector<std::string> names = export_format_names();
  const std::string nearest = nearest_name(name, names);
  const std::string last = names.back();
  names.pop_back();
  fail(ErrorKind::kConfig, "export format: expected {} or {}, found '{}'{}", join(names, ", "), last, name,
       nearest.empty() ? "" : ", did you mean '" + nearest + "'?");
}

void records_to_csv(const Store& store, const std::string& id, const TextSink& write) {
  const RunInfo info = store.run(id);
  CsvText csv;
  for (const std::string& name : metric_names()) csv.cell(name);
  for (const std::string& name : info.tensor_names) csv.cell(norm_column(name));
  csv.end_line();
  store.visit_records(id, [&](const Record& record) {
    visit_metrics(record, [&](const char*, const char*, const auto& value) { csv.cell(value); });
    for (std::size_t i = 0; i < info.tensor_names.size(); ++i) csv.cell(tensor_norm(record, i));
    csv.end_line();
    if (csv.text().size() >= kPiece) write(csv.take());
  });
  write(csv.take());
}

void run_to_json_text(const Store& store, const std::string& id, const TextSink& write) {
  const auto text_of = [](const nlohmann::ordered_json& json) {
    return json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  };
  const RunInfo info = store.run(id);
  std::string text = text_of(run_to_json(info));
  text.resize(text.size() - 2);  // without its end, "\n}"
  text += ",\n \"records\": [";
  bool is_first = true;
  store.visit_records(id, [&](const Record& record) {
    text += is_first ? "\n  " : ",\n  ";
    is_first = false;
    for (const char c : text_of(record_to_json(record, info.tensor_names))) {
      text += c;
      if (c == '\n') text += "  ";  // line ends stand between values alone: those of texts are escaped
    }
    if (text.size() < kPiece) return;
    write(text);
    text.clear();
  });
  write(text + (is_first ? "]\n}\n" : "\n ]\n}\n"));
}

void records_to_npz(const Store& store, const std::string& id, const TextSink& write) {
  constexpr std::size_t kColumnsAtOnce = 16;
  const RunInfo info = store.run(id);
  const std::size_t n_metrics = metric_names().size();
  const std::size_t n_columns = n_metrics + info.tensor_names.size();
  NpzArchive archive(write);
  std::size_t n_rows = 0;  // of the first pass: a run in training has more in the next
  for (std::size_t first = 0; first < n_columns; first += kColumnsAtOnce) {
    const std::size_t end = std::min(n_columns, first + kColumnsAtOnce);
    std::vector<NpzColumn> columns(end - first);
    std::size_t rows = 0;
    store.visit_records(id, [&](const Record& record) {
      if (first > 0 && rows >= n_rows) return;
      ++rows;
      std::size_t at = 0;
      visit_metrics(record, [&](const char*, const char*, const auto& value) {
        if (at >= first && at < end) columns[at - first].add(value);
        ++at;
      });
      for (std::size_t i = 0; i < info.tensor_names.size(); ++i, ++at) {
        if (at >= first && at < end) columns[at - first].add(tensor_norm(record, i));
      }
    });
    n_rows = rows;
    for (std::size_t at = first; at < end; ++at) {
      const std::string name = at < n_metrics ? metric_names()[at] : norm_column(info.tensor_names[at - n_metrics]);
      archive.add(name, columns[at - first].image());
    }
  }
  archive.add("config", npy_image(config_to_json(info.config).dump()));
  archive.finish();
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
  require(format != ExportFormat::kSplit && format != ExportFormat::kFigures, "these need more than the store");
  if (format == ExportFormat::kSafetensors) return write_safetensors(output, run_weights(store, id, step));
  OutputFile file(output);
  const TextSink write = [&](std::string_view bytes) { file.write(bytes); };
  if (format == ExportFormat::kCsv) records_to_csv(store, id, write);
  if (format == ExportFormat::kJson) run_to_json_text(store, id, write);
  if (format == ExportFormat::kNpz) records_to_npz(store, id, write);
  file.publish(Durability::kSync);
}

}  // namespace groklab
