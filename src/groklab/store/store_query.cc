// Queries of the store: runs by id or condition, records. Of conditions, which come from users, nothing gets into SQL.
#include "groklab/store/store_query.h"

#include <optional>

#include "groklab/base/join.h"
#include "groklab/config/suggest.h"
#include "groklab/store/annotation.h"
#include "groklab/store/run_condition.h"
#include "groklab/store/run_log.h"
#include "groklab/store/run_rows.h"
#include "groklab/store/schema.h"
#include "groklab/store/store_impl.h"
#include "groklab/store/store_sink.h"

namespace groklab {
namespace {

/// runs_view as this version has it: the view of a store that comes from others may say anything.
std::string runs_view_as_table() {
  const std::string sql = runs_view_sql();
  const std::string text = sql.substr(sql.find("SELECT"));
  return "WITH described AS (" + text.substr(0, text.rfind(';')) + ") ";
}

std::string plural(std::int64_t count) { return fmt::format("{} run{}", count, count == 1 ? "" : "s"); }

/// Sorted; at most six.
std::vector<std::string> ids_that_start_with(SQLite::Database& connection, const std::string& start) {
  // A run that is to replace another has that one's id as its start; it is meant where its whole id is given.
  SQLite::Statement query(connection,
                          "SELECT id FROM runs WHERE id = ?1 OR (substr(id, 1, length(?1)) = ?1 AND (replaces IS NULL "
                          "OR replaces NOT IN (SELECT id FROM runs))) ORDER BY id LIMIT 6");
  query.bind(1, start);
  std::vector<std::string> ids;
  while (query.executeStep()) ids.push_back(query.getColumn(0).getString());
  return ids;
}

std::string first_five(std::vector<std::string> ids) {
  if (ids.size() > 5) ids[5] = "...";
  return join(ids, ", ");
}

}  // namespace

void bind_values(SQLite::Statement& query, const std::vector<ConditionValue>& values) {
  int place = 1;
  for (const ConditionValue& value : values) {
    std::visit([&](const auto& content) { query.bind(place, content); }, value);
    ++place;
  }
}

std::string select_described_sql(const std::string& column, const std::string& where, RunCondition& condition) {
  if (where.empty()) return "SELECT " + column + " FROM runs";
  condition = parse_run_condition(where);
  return runs_view_as_table() + "SELECT " + column + " FROM described WHERE " + condition.sql;
}

bool Store::contains(const std::string& id) const {
  return impl_->database.read([&](SQLite::Database& connection) {
    SQLite::Statement query(connection, "SELECT 1 FROM runs WHERE id = ?1");
    query.bind(1, id);
    return query.executeStep();
  });
}

std::string Store::resolve(const std::string& name) const {
  return impl_->database.read([&](SQLite::Database& connection) -> std::string {
    const std::string where = directory().string();
    SQLite::Statement newest(connection, "SELECT id, (SELECT count(*) FROM runs) FROM runs ORDER BY number DESC");
    if (!newest.executeStep()) fail(ErrorKind::kStore, "store {}: it holds no runs", where);
    if (name == "last") return newest.getColumn(0).getString();
    const std::vector<std::string> starts = ids_that_start_with(connection, name);
    if (!starts.empty() && starts.front() == name) return name;  // sorts before every longer id
    const bool by_name = starts.empty() || name.empty();
    const std::vector<std::string> matches = by_name ? ids_named(connection, name) : starts;
    if (matches.empty()) {
      const std::string nearest = nearest_name(name, names_of_runs(connection));
      fail(ErrorKind::kStore, "store {}: no run's id starts with '{}', and no run has that name{} ({} stored)", where,
           name, nearest.empty() ? "" : ", did you mean '" + nearest + "'?", plural(newest.getColumn(1).getInt64()));
    }
    if (matches.size() > 1) {
      fail(ErrorKind::kStore, "store {}: several runs {} '{}': {}", where, by_name ? "are named" : "start with", name,
           first_five(matches));
    }
    return matches.front();
  });
}

RunInfo Store::run(const std::string& id) const {
  return impl_->database.read([&](SQLite::Database& connection) {
    SQLite::Statement query(connection, select_runs_sql() + " WHERE runs.id = ?1");
    query.bind(1, id);
    if (!query.executeStep()) fail(ErrorKind::kStore, "store {}: no run {}", directory().string(), id);
    return read_run(query);
  });
}

std::vector<RunInfo> Store::runs(const std::string& where, std::vector<std::string>* damaged) const {
  std::vector<RunInfo> result;
  visit_runs(where, damaged, [&](RunInfo info) { result.push_back(std::move(info)); });
  return result;
}

void Store::visit_runs(const std::string& where, std::vector<std::string>* damaged,
                       const std::function<void(RunInfo)>& visit) const {
  RunCondition condition;
  std::string sql = select_runs_sql();
  if (!where.empty()) {
    condition = parse_run_condition(where);
    sql =
        runs_view_as_table() + sql + " WHERE runs.number IN (SELECT number FROM described WHERE " + condition.sql + ")";
  }
  sql += " ORDER BY runs.number DESC";
  impl_->database.read([&](SQLite::Database& connection) {
    SQLite::Statement query(connection, sql);
    bind_values(query, condition.values);
    while (query.executeStep()) {
      std::optional<RunInfo> info;
      try {
        info = read_run(query);
      } catch (const Error& error) {
        if (damaged == nullptr) throw;
        damaged->push_back(error.what());  // one row must not hide the others
      }
      if (info) visit(std::move(*info));
    }
  });
}

void Store::visit_records(const std::string& id, const std::function<void(const Record&)>& visit) const {
  const std::string run = fmt::format("store {}: run {}", directory().string(), id);
  impl_->database.read([&](SQLite::Database& connection) {
    SQLite::Statement query(connection, select_records_sql());
    query.bind(1, run_number(connection, directory(), id));
    while (query.executeStep()) visit(read_record(query, 0, run));
  });
}

std::vector<Record> Store::records(const std::string& id) const {
  std::vector<Record> result;
  visit_records(id, [&](const Record& record) { result.push_back(record); });
  return result;
}

std::vector<ProbeResult> Store::probes(const std::string& id) const {
  const std::string run = fmt::format("store {}: run {}", directory().string(), id);
  return impl_->database.read([&](SQLite::Database& connection) {
    std::vector<ProbeResult> result;
    SQLite::Statement query(connection, select_probes_sql());
    query.bind(1, run_number(connection, directory(), id));
    while (query.executeStep()) result.push_back(read_probe_result(query, run));
    return result;
  });
}

void Store::add_probes(const std::string& id, const std::vector<ProbeResult>& results) {
  impl_->database.write(Durability::kNoSync, [&](SQLite::Database& connection) {
    const std::int64_t number = run_number(connection, directory(), id);
    for (const ProbeResult& result : results) put_probe_result(connection, number, result);
    update_run_file(impl_->database, connection, number);
  });
}

}  // namespace groklab
