// See run_rows.h.
#include "groklab/store/run_rows.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/config.h"
#include "groklab/store/record_columns.h"

namespace groklab {
namespace {

std::string record_columns() { return "r." + join(metric_names(), ", r.") + ", r.tensor_norms"; }

RunStatus parse_status(const std::string& id, const std::string& text) {
  for (const RunStatus status : {RunStatus::kRunning, RunStatus::kFinished, RunStatus::kStopped, RunStatus::kDiverged,
                                 RunStatus::kInterrupted, RunStatus::kFailed}) {
    if (text == run_status_name(status)) return status;
  }
  fail(ErrorKind::kStore, "store: run {} has the unknown status '{}'", id, text);
}

}  // namespace

std::string select_runs_sql() {
  return "SELECT runs.id, runs.status, runs.reason, runs.step, runs.seconds, runs.created, runs.machine, "
         "runs.version, runs.engine, runs.config, runs.tensors, " +
         record_columns() +
         " FROM runs LEFT JOIN records AS r ON r.run = runs.number AND"
         " r.step = (SELECT max(step) FROM records WHERE run = runs.number)";
}

RunInfo read_run(SQLite::Statement& row) {
  constexpr int kFirstRecordColumn = 11;
  RunInfo info;
  info.id = row.getColumn(0).getString();
  info.status = parse_status(info.id, row.getColumn(1).getString());
  info.reason = row.getColumn(2).getString();
  info.step = row.getColumn(3).getInt64();
  info.seconds = row.getColumn(4).getDouble();
  info.created = row.getColumn(5).getString();
  info.machine = row.getColumn(6).getString();
  info.version = row.getColumn(7).getString();
  info.engine = row.getColumn(8).getString();
  try {
    info.config = config_from_json(nlohmann::json::parse(row.getColumn(9).getString()));
    info.tensor_names = nlohmann::json::parse(row.getColumn(10).getString()).get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorKind::kStore, "store: the row of run {} is damaged: {}", info.id, error.what());
  }
  if (!row.getColumn(kFirstRecordColumn).isNull()) info.last = read_record(row, kFirstRecordColumn);
  return info;
}

std::string select_records_sql() {
  return "SELECT " + record_columns() + " FROM records AS r WHERE r.run = ?1 ORDER BY r.step";
}

Record read_record(SQLite::Statement& row, int first_column) {
  Record record;
  int column = first_column;
  visit_metrics(record, [&](const char*, const char*, auto& value) {
    const SQLite::Column cell = row.getColumn(column++);
    if constexpr (std::is_same_v<std::remove_reference_t<decltype(value)>, std::int64_t>) {
      value = cell.getInt64();
    } else {
      value = cell.isNull() ? std::numeric_limits<double>::quiet_NaN() : cell.getDouble();  // SQL has no NaN
    }
  });
  try {
    record.tensor_norms = parse_tensor_norms(row.getColumn(column).getString());
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorKind::kStore, "store: a record at step {} is damaged: {}", record.step, error.what());
  }
  return record;
}

std::string insert_record_sql() {
  std::string places = "?1";
  for (std::size_t i = 0; i <= metric_names().size(); ++i) places += fmt::format(", ?{}", i + 2);
  return fmt::format("INSERT OR REPLACE INTO records(run, {}, tensor_norms) VALUES ({})", join(metric_names(), ", "),
                     places);
}

void bind_record(SQLite::Statement& statement, std::int64_t run_number, const Record& record) {
  statement.bind(1, run_number);
  int place = 2;
  visit_metrics(record, [&](const char*, const char*, const auto& value) { statement.bind(place++, value); });
  statement.bind(place, tensor_norms_text(record.tensor_norms));
}

}  // namespace groklab
