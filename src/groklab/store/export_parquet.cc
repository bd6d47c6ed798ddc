// See export_parquet.h. Columns: docs/formats/store.md.
#include "groklab/store/export_parquet.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/files/file_io.h"
#include "groklab/files/parquet.h"
#include "groklab/store/record_columns.h"

namespace groklab {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// A table that becomes a file.
class ParquetOutput {
 public:
  ParquetOutput(const std::filesystem::path& path, std::vector<ParquetColumn> columns)
      : file_(path), table_(std::move(columns), [this](std::string_view bytes) { file_.write(bytes); }) {}

  void add_row(const std::vector<ParquetCell>& cells) {
    table_.add_row(cells);
    ++rows_;
  }
  std::int64_t finish() {
    table_.finish();
    file_.publish(Durability::kSync);
    return rows_;
  }

 private:
  OutputFile file_;
  ParquetTable table_;
  std::int64_t rows_ = 0;
};

/// A configuration's keys as "section.key", in their order.
void visit_keys(const OrderedJson& section, const std::string& prefix,
                const std::function<void(const std::string&, const OrderedJson&)>& visit) {
  for (const auto& [name, value] : section.items()) {
    if (value.is_object()) {
      visit_keys(value, prefix + name + ".", visit);
    } else {
      visit(prefix + name, value);
    }
  }
}

ParquetType type_of(const OrderedJson& value) {
  if (value.is_boolean()) return ParquetType::kBoolean;
  if (value.is_number_integer()) return ParquetType::kInteger;
  return value.is_number() ? ParquetType::kNumber : ParquetType::kText;
}

/// One column for what two runs have under one key.
ParquetType common_type(ParquetType a, ParquetType b) {
  const auto is_number = [](ParquetType type) { return type == ParquetType::kInteger || type == ParquetType::kNumber; };
  if (a == b) return a;
  return is_number(a) && is_number(b) ? ParquetType::kNumber : ParquetType::kText;
}

ParquetCell cell_of_json(const OrderedJson& value, ParquetType type) {
  if (value.is_null()) return std::monostate{};
  if (type == ParquetType::kBoolean) return value.get<bool>();
  if (type == ParquetType::kInteger) return value.get<std::int64_t>();
  if (type == ParquetType::kNumber) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

/// What the columns of all tables follow from: one look at every run.
struct StoreShape {
  std::vector<ParquetColumn> keys;  ///< of configurations
  std::vector<std::string> tensors;
};

StoreShape shape_of(const Store& store, const std::string& where, std::vector<std::string>& damaged) {
  StoreShape shape;
  std::map<std::string, std::size_t> places;
  std::set<std::string> tensors;
  store.visit_runs(where, &damaged, [&](const RunInfo& info) {
    visit_keys(config_to_json(info.config), "", [&](const std::string& key, const OrderedJson& value) {
      const auto [place, is_new] = places.emplace(key, shape.keys.size());
      if (is_new) shape.keys.push_back({key, type_of(value)});
      ParquetColumn& column = shape.keys[place->second];
      if (!value.is_null()) column.type = common_type(column.type, type_of(value));
    });
    for (const std::string& name : info.tensor_names) {
      if (tensors.insert(name).second) shape.tensors.push_back(name);
    }
  });
  return shape;
}

std::vector<ParquetColumn> runs_columns(const StoreShape& shape) {
  std::vector<ParquetColumn> columns = {{"id", ParquetType::kText},        {"status", ParquetType::kText},
                                        {"reason", ParquetType::kText},    {"step", ParquetType::kInteger},
                                        {"seconds", ParquetType::kNumber}, {"created", ParquetType::kText},
                                        {"machine", ParquetType::kText},   {"version", ParquetType::kText},
                                        {"engine", ParquetType::kText},    {"instruction_set", ParquetType::kText},
                                        {"replaces", ParquetType::kText}};
  for (const ParquetColumn& key : shape.keys) columns.push_back({"config." + key.name, key.type});
  return columns;
}

std::vector<ParquetCell> runs_row(const RunInfo& info, const StoreShape& shape) {
  std::vector<ParquetCell> row = {info.id,      std::string(run_status_name(info.status)),
                                  info.reason,  info.step,
                                  info.seconds, info.created,
                                  info.machine, info.version,
                                  info.engine,  info.instruction_set};
  row.push_back(info.replaces.empty() ? ParquetCell() : ParquetCell(info.replaces));
  std::map<std::string, OrderedJson> values;
  visit_keys(config_to_json(info.config), "",
             [&](const std::string& key, const OrderedJson& value) { values.emplace(key, value); });
  for (const ParquetColumn& key : shape.keys) {
    const auto found = values.find(key.name);
    row.push_back(found == values.end() ? ParquetCell() : cell_of_json(found->second, key.type));
  }
  return row;
}

std::vector<ParquetColumn> records_columns(const StoreShape& shape) {
  std::vector<ParquetColumn> columns = {{"run", ParquetType::kText}};
  std::size_t at = 0;
  const Record record;
  visit_metrics(record, [&](const char*, const char*, const auto& value) {
    const bool is_integer = std::is_same_v<std::remove_cvref_t<decltype(value)>, std::int64_t>;
    columns.push_back({metric_names()[at++], is_integer ? ParquetType::kInteger : ParquetType::kNumber});
  });
  for (const std::string& name : shape.tensors) columns.push_back({"norm:" + name, ParquetType::kNumber});
  return columns;
}

/// A mean over no rows is NaN, and NULL in the table, as in the database.
ParquetCell number_or_null(double value) { return std::isnan(value) ? ParquetCell() : ParquetCell(value); }

class RecordsOutput {
 public:
  RecordsOutput(const std::filesystem::path& path, const StoreShape& shape)
      : output_(path, records_columns(shape)), tensors_(shape.tensors) {}

  void add(const Store& store, const std::string& id, const std::vector<std::string>& tensor_names) {
    std::vector<std::size_t> places;
    for (const std::string& name : tensor_names) {
      places.push_back(static_cast<std::size_t>(std::find(tensors_.begin(), tensors_.end(), name) - tensors_.begin()));
    }
    store.visit_records(id, [&](const Record& record) {
      row_.assign(1, id);
      visit_metrics(record, [&](const char*, const char*, const auto& value) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, std::int64_t>) {
          row_.emplace_back(value);
        } else {
          row_.push_back(number_or_null(value));
        }
      });
      const std::size_t first = row_.size();
      row_.resize(first + tensors_.size());
      for (std::size_t i = 0; i < places.size() && i < record.tensor_norms.size(); ++i) {
        row_[first + places[i]] = number_or_null(record.tensor_norms[i]);
      }
      output_.add_row(row_);
    });
  }
  std::int64_t finish() { return output_.finish(); }

 private:
  ParquetOutput output_;
  const std::vector<std::string>& tensors_;
  std::vector<ParquetCell> row_;
};

}  // namespace

ParquetReport export_parquet(const Store& store, const std::string& where, const std::filesystem::path& directory) {
  ParquetReport report;
  const StoreShape shape = shape_of(store, where, report.damaged);
  make_directories(directory, Durability::kSync);
  // Names are held, not runs: 100,000 configurations would take 400 MB. A run that comes meanwhile is left out.
  std::vector<std::pair<std::string, std::vector<std::string>>> runs;
  ParquetOutput table(directory / "runs.parquet", runs_columns(shape));
  const std::set<std::string> tensors(shape.tensors.begin(), shape.tensors.end());
  std::vector<std::string> again;
  store.visit_runs(where, &again, [&](const RunInfo& info) {
    const auto is_known = [&](const std::string& name) { return tensors.contains(name); };
    if (!std::all_of(info.tensor_names.begin(), info.tensor_names.end(), is_known)) return;
    table.add_row(runs_row(info, shape));
    runs.emplace_back(info.id, info.tensor_names);
  });
  RecordsOutput records(directory / "records.parquet", shape);
  ParquetOutput probes(directory / "probes.parquet",
                       {{"run", ParquetType::kText}, {"step", ParquetType::kInteger}, {"result", ParquetType::kText}});
  for (const auto& [id, tensor_names] : runs) {
    try {
      records.add(store, id, tensor_names);
      for (const ProbeResult& result : store.probes(id)) {
        probes.add_row({id, result.step,
                        probe_result_to_json(result).dump(-1, ' ', false, OrderedJson::error_handler_t::replace)});
      }
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kIo) throw;
      report.damaged.push_back(error.what());  // what of it could be read stays
    }
  }
  report.runs = table.finish();
  report.records = records.finish();
  report.probes = probes.finish();
  return report;
}

}  // namespace groklab
