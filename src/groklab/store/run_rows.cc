// See run_rows.h.
#include "groklab/store/run_rows.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "groklab/base/digest.h"
#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/base/json_fields.h"
#include "groklab/config.h"
#include "groklab/record/probe_fault.h"
#include "groklab/store/annotation.h"
#include "groklab/store/record_columns.h"
#include "groklab/store/store_files.h"
#include "groklab/store/stored_json.h"

namespace groklab {
namespace {

std::string record_columns() { return "r." + join(metric_names(), ", r.") + ", r.tensor_norms, r.checksum"; }

template <typename... Args>
[[noreturn]] void fail_damaged(const std::string& where, fmt::format_string<Args...> format, Args&&... args) {
  fail(ErrorKind::kStore, "{} is damaged: {}; see groklab store verify", where,
       fmt::format(format, std::forward<Args>(args)...));
}

/// Rows of older stores have no checksum.
void check_checksum(const SQLite::Column& stored, std::int64_t found, const std::string& where) {
  if (!stored.isNull() && stored.getInt64() != found) fail_damaged(where, "its checksum does not fit");
}

void check_step(std::int64_t step, const std::string& where) {
  if (step < 0 || step > kLastStep) fail_damaged(where, "expected a step of 0 to {}, found {}", kLastStep, step);
}

/// Of the bits that come back from the database: it knows neither NaN (NULL) nor the sign of a zero. A missing
/// objective counts for nothing, so that rows written before there was one keep their checksum.
std::int64_t record_checksum(const Record& record, const std::string& norms) {
  std::string bytes;
  visit_metrics(record, [&](const char*, const char* name, auto value) {
    if (name == std::string_view("objective") && std::isnan(static_cast<double>(value))) return;
    if constexpr (std::is_same_v<decltype(value), double>) {
      if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
      if (value == 0) value = 0;
    }
    bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
  });
  return checksum_of(bytes + norms);
}

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
         "runs.version, runs.engine, runs.config, runs.tensors, runs.instruction_set, runs.replaces, runs.checksum, " +
         annotation_columns() + ", " + record_columns() +
         " FROM runs LEFT JOIN records AS r ON r.run = runs.number AND"
         " r.step = (SELECT max(step) FROM records WHERE run = runs.number)";
}

RunInfo read_run(SQLite::Statement& row) {
  constexpr int kFirstAnnotationColumn = 14, kFirstRecordColumn = 17;
  const auto text = [&](int column) { return row.getColumn(column).getString(); };
  RunInfo info;
  info.id = text(0);
  check_id(info.id);
  const std::string where = "store: the row of run " + info.id;
  info.status = parse_status(info.id, text(1));
  info.reason = text(2);
  info.step = row.getColumn(3).getInt64();
  check_step(info.step, where);
  info.seconds = row.getColumn(4).getDouble();
  info.created = text(5);
  info.machine = text(6);
  info.version = text(7);
  info.engine = text(8);
  info.instruction_set = text(11);
  info.replaces = text(12);
  info.annotation =
      read_annotation(text(kFirstAnnotationColumn), text(kFirstAnnotationColumn + 1), text(kFirstAnnotationColumn + 2));
  check_checksum(row.getColumn(13), run_checksum(text(5), text(6), text(7), text(8), text(9), text(10)), where);
  try {
    info.config = config_from_json(parse_stored_json(text(9), "config"));
    fields_from_json(parse_stored_json(text(10), "tensors"), info.tensor_names);
  } catch (const nlohmann::json::exception& error) {
    fail_damaged(where, "{}", error.what());
  } catch (const Error& error) {
    fail_damaged(where, "{}", error.what());
  }
  if (!row.getColumn(kFirstRecordColumn).isNull()) {
    info.last = read_record(row, kFirstRecordColumn, "store: run " + info.id);
  }
  return info;
}

std::int64_t run_checksum(const std::string& created, const std::string& machine, const std::string& version,
                          const std::string& engine, const std::string& config, const std::string& tensors) {
  std::string all;
  for (const std::string* part : {&created, &machine, &version, &engine, &config, &tensors}) all += *part + '\n';
  return checksum_of(all);
}

std::string select_records_sql() {
  return "SELECT " + record_columns() + " FROM records AS r WHERE r.run = ?1 ORDER BY r.step";
}

std::string select_some_records_sql() {
  return "SELECT " + record_columns() + " FROM records AS r WHERE r.run = ?1 AND r.step >= ?2 ORDER BY r.step LIMIT ?3";
}

Record read_record(SQLite::Statement& row, int first_column, const std::string& run) {
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
  const std::string where = fmt::format("{}: the record at step {}", run, record.step);
  check_step(record.step, where);
  const std::string norms = row.getColumn(column).getString();
  check_checksum(row.getColumn(column + 1), record_checksum(record, norms), where);
  try {
    record.tensor_norms = parse_tensor_norms(norms);
  } catch (const nlohmann::json::exception& error) {
    fail_damaged(where, "{}", error.what());
  } catch (const Error& error) {
    fail_damaged(where, "{}", error.what());
  }
  return record;
}

std::string select_probes_sql() { return "SELECT step, result, checksum FROM probes WHERE run = ?1 ORDER BY step"; }

ProbeResult read_probe_result(SQLite::Statement& row, const std::string& run) {
  const std::string where = fmt::format("{}: the probe result at step {}", run, row.getColumn(0).getInt64());
  const std::string text = row.getColumn(1).getString();
  check_checksum(row.getColumn(2), checksum_of(text), where);
  try {
    ProbeResult result = probe_result_from_json(parse_stored_json(text, where));
    if (const std::string fault = probe_result_fault(result); !fault.empty()) fail_damaged(where, "{}", fault);
    return result;
  } catch (const nlohmann::json::exception& error) {
    fail_damaged(where, "expected a probe result, found {}", error.what());
  }
}

std::string insert_record_sql() {
  std::string places = "?1";
  for (std::size_t i = 0; i <= metric_names().size() + 1; ++i) places += fmt::format(", ?{}", i + 2);
  return fmt::format("INSERT OR REPLACE INTO records(run, {}, tensor_norms, checksum) VALUES ({})",
                     join(metric_names(), ", "), places);
}

void bind_record(SQLite::Statement& statement, std::int64_t run_number, const Record& record) {
  statement.bind(1, run_number);
  int place = 2;
  visit_metrics(record, [&](const char*, const char*, const auto& value) { statement.bind(place++, value); });
  const std::string norms = tensor_norms_text(record.tensor_norms);
  statement.bind(place, norms);
  statement.bind(place + 1, record_checksum(record, norms));
}

}  // namespace groklab
