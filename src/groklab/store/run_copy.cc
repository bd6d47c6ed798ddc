// See run_copy.h.
#include "groklab/store/run_copy.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/store/run_rows.h"
#include "groklab/store/store_files.h"

namespace groklab {
namespace {

void bind_column(SQLite::Statement& statement, int place, const SQLite::Column& column) {
  switch (column.getType()) {
    case SQLITE_INTEGER:
      return statement.bind(place, column.getInt64());
    case SQLITE_FLOAT:
      return statement.bind(place, column.getDouble());
    case SQLITE_TEXT:
      return statement.bind(place, column.getString());
    case SQLITE_BLOB:
      return statement.bind(place, column.getBlob(), column.getBytes());
    default:
      return statement.bind(place);
  }
}

}  // namespace

Cell cell_of(const SQLite::Column& column) {
  switch (column.getType()) {
    case SQLITE_INTEGER:
      return column.getInt64();
    case SQLITE_FLOAT:
      return column.getDouble();
    case SQLITE_TEXT:
      return column.getString();
    default:
      return std::monostate{};
  }
}

const std::vector<std::string>& run_tables() {
  static const std::vector<std::string> kTables = {"records", "probes", "checkpoints"};
  return kTables;
}

const std::vector<std::string>& said_tables() {
  static const std::vector<std::string> kTables = {"annotations", "tags"};
  return kTables;
}

std::vector<std::string> columns_of(SQLite::Database& connection, const std::string& table,
                                    const std::vector<std::string>& but) {
  SQLite::Statement query(connection, fmt::format("SELECT name FROM pragma_table_info('{}')", table));
  std::vector<std::string> names;
  while (query.executeStep()) {
    std::string name = query.getColumn(0).getString();
    if (std::find(but.begin(), but.end(), name) == but.end()) names.push_back(std::move(name));
  }
  return names;
}

void copy_rows(SQLite::Database& here, SQLite::Database& there, const std::string& table, const std::string& key,
               std::int64_t from, std::optional<std::int64_t> to) {
  const std::vector<std::string> columns = columns_of(here, table, {key});
  SQLite::Statement select(there, fmt::format("SELECT {} FROM {} WHERE {} = ?1", join(columns, ", "), table, key));
  select.bind(1, from);
  std::string places;
  for (std::size_t i = 0; i < columns.size(); ++i) places += ", ?";
  SQLite::Statement insert(here,
                           fmt::format("INSERT INTO {}({}, {}) VALUES (?{})", table, key, join(columns, ", "), places));
  while (select.executeStep()) {
    if (to) {
      insert.bind(1, *to);
    } else {
      insert.bind(1);
    }
    for (int i = 0; i < select.getColumnCount(); ++i) bind_column(insert, i + 2, select.getColumn(i));
    insert.exec();
    insert.reset();
  }
}

void check_readable(SQLite::Database& connection, std::int64_t number) {
  SQLite::Statement row(connection, select_runs_sql() + " WHERE runs.number = ?1");
  row.bind(1, number);
  if (!row.executeStep()) fail(ErrorKind::kStore, "run number {}: expected its row, found none", number);
  const std::string id = row.getColumn(0).getString();
  check_id(id);
  SQLite::Statement folder(connection, "SELECT folder FROM runs WHERE number = ?1");
  folder.bind(1, number);
  if (folder.executeStep() && !is_plain_word(folder.getColumn(0).getString())) {
    fail(ErrorKind::kStore, "run {}: its folder is no plain word", id);
  }
  read_run(row);
  SQLite::Statement records(connection, select_records_sql());
  records.bind(1, number);
  while (records.executeStep()) read_record(records, 0, "run " + id);
  SQLite::Statement probes(connection, select_probes_sql());
  probes.bind(1, number);
  while (probes.executeStep()) read_probe_result(probes, "run " + id);
}

}  // namespace groklab
