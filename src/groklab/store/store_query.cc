// Queries of the store: runs by id or condition, records. Conditions come from users and must not change anything.
#include <sqlite3.h>

#include "groklab/base/join.h"
#include "groklab/store/run_rows.h"
#include "groklab/store/store_impl.h"
#include "groklab/store/store_sink.h"

namespace groklab {
namespace {

int allow_reading(void*, int action, const char*, const char*, const char*, const char*) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    default:
      return SQLITE_DENY;
  }
}

/// While it lives, statements that do anything but read cannot be compiled.
class ReadingOnly {
 public:
  explicit ReadingOnly(SQLite::Database& connection) : handle_(connection.getHandle()) {
    sqlite3_set_authorizer(handle_, allow_reading, nullptr);
  }
  ~ReadingOnly() { sqlite3_set_authorizer(handle_, nullptr, nullptr); }
  ReadingOnly(const ReadingOnly&) = delete;
  ReadingOnly& operator=(const ReadingOnly&) = delete;

 private:
  sqlite3* handle_;
};

[[noreturn]] void refuse_condition(const std::string& where, const std::string& why) {
  fail(ErrorKind::kStore, "condition \"{}\": {}", where, why);
}

/// SQLite compiles the first statement of a text and ignores what follows; a condition must not end its statement.
void check_single_statement(SQLite::Database& connection, const std::string& sql, const std::string& where) {
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v2(connection.getHandle(), sql.c_str(), -1, &statement, &tail);
  sqlite3_finalize(statement);
  if (code != SQLITE_OK) throw SQLite::Exception(connection.getHandle(), code);
  if (tail != nullptr && *tail != '\0') refuse_condition(where, "expected one SQL expression, found a ';'");
}

std::string plural(std::int64_t count) { return fmt::format("{} run{}", count, count == 1 ? "" : "s"); }

}  // namespace

bool Store::contains(const std::string& id) const {
  return impl_->database.read([&](SQLite::Database& connection) {
    SQLite::Statement query(connection, "SELECT 1 FROM runs WHERE id = ?1");
    query.bind(1, id);
    return query.executeStep();
  });
}

std::string Store::resolve(const std::string& prefix) const {
  return impl_->database.read([&](SQLite::Database& connection) -> std::string {
    const std::string where = directory().string();
    SQLite::Statement newest(connection, "SELECT id, (SELECT count(*) FROM runs) FROM runs ORDER BY number DESC");
    if (!newest.executeStep()) fail(ErrorKind::kStore, "store {}: it holds no runs", where);
    if (prefix == "last") return newest.getColumn(0).getString();

    // A run that is to replace another has that one's id as its start; it is meant where its whole id is given.
    SQLite::Statement query(
        connection,
        "SELECT id FROM runs WHERE id = ?1 OR (substr(id, 1, length(?1)) = ?1 AND (replaces IS NULL "
        "OR replaces NOT IN (SELECT id FROM runs))) ORDER BY id LIMIT 6");
    query.bind(1, prefix);
    std::vector<std::string> matches;
    while (query.executeStep()) {
      matches.push_back(query.getColumn(0).getString());
      if (matches.back() == prefix) return prefix;  // sorts before every longer id
    }
    if (matches.empty() || prefix.empty()) {
      fail(ErrorKind::kStore, "store {}: no run's id starts with '{}' ({} stored)", where, prefix,
           plural(newest.getColumn(1).getInt64()));
    }
    if (matches.size() > 1) {
      const bool more = matches.size() > 5;
      if (more) matches.back() = "...";
      fail(ErrorKind::kStore, "store {}: several runs start with '{}': {}", where, prefix, join(matches, ", "));
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
  std::string sql = select_runs_sql();
  // On lines of its own, so that a comment at the condition's end does not swallow the bracket.
  if (!where.empty()) sql += " WHERE runs.number IN (SELECT number FROM runs_view WHERE (\n" + where + "\n))";
  sql += " ORDER BY runs.number DESC";
  return impl_->database.read([&](SQLite::Database& connection) {
    std::vector<RunInfo> result;
    try {
      const ReadingOnly guard(connection);
      check_single_statement(connection, sql, where);
      SQLite::Statement query(connection, sql);
      while (query.executeStep()) {
        try {
          result.push_back(read_run(query));
        } catch (const Error& error) {
          if (damaged == nullptr) throw;
          damaged->push_back(error.what());  // one row must not hide the others
        }
      }
    } catch (const SQLite::Exception& error) {
      const int code = error.getErrorCode() & 0xff;
      if (!where.empty() && (code == SQLITE_ERROR || code == SQLITE_AUTH)) refuse_condition(where, error.what());
      throw;
    }
    return result;
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
  });
}

}  // namespace groklab
