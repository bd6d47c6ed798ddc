// See run_log.h.
#include "groklab/store/run_log.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/store/database.h"
#include "groklab/store/run_copy.h"

namespace groklab {
namespace {

/// Records of a long run are read and written in pieces of this size.
constexpr std::size_t kLongFrame = 1 << 20;

std::vector<std::string> names_of(SQLite::Statement& query, int first) {
  std::vector<std::string> names;
  for (int i = first; i < query.getColumnCount(); ++i) names.emplace_back(query.getColumnName(i));
  return names;
}

std::string folder_of_number(SQLite::Database& connection, std::int64_t number) {
  SQLite::Statement query(connection, "SELECT folder FROM runs WHERE number = ?1");
  query.bind(1, number);
  require(query.executeStep(), "a run's file needs the run's row");
  return query.getColumn(0).getString();
}

}  // namespace

void RunLog::begin(Database& database, std::int64_t number, const std::string& folder) {
  begin_anew(database, number, folder);
  std::error_code none;
  if (!std::filesystem::exists(file_, none)) return;
  try {
    InputFile file(file_);
    const RunFileEnd end = read_run_file(file, file_.string(), [&](const auto& sections, bool) {
      for (const RunFileSection& section : sections) take(section);
    });
    size_ = end.closed_bytes;
    if (!end.fault.empty() || row_["number"] != Cell(number)) forget();
  } catch (const Error&) {
    forget();
  }
  // Records behind the last state are computed again, and take other times.
  const std::int64_t last_state = kept_.empty() ? -1 : kept_.rbegin()->first;
  last_step_ = std::min(last_step_, last_state);
}

void RunLog::begin_anew(Database& database, std::int64_t number, const std::string& folder) {
  database_ = &database;
  number_ = number;
  folder_ = folder;
  file_ = database.files().run_file(folder);
  forget();
}

void RunLog::forget() {
  size_ = 0;
  row_.clear();
  kept_.clear();
  last_step_ = -1;
  said_.clear();
}

void RunLog::take(const RunFileSection& section) {
  if (section.kind == SectionKind::kAll) {
    said_[section.table] = section.rows;
    return;
  }
  const auto number_at = [](const std::vector<Cell>& row, std::size_t at) {
    const auto* number = at < row.size() ? std::get_if<std::int64_t>(&row[at]) : nullptr;
    if (number == nullptr) fail(ErrorKind::kInput, "a run's file: expected a number");
    return *number;
  };
  for (const std::vector<Cell>& row : section.rows) {
    if (section.kind == SectionKind::kRow) {
      for (std::size_t i = 0; i < row.size(); ++i) row_[section.columns[i]] = row[i];
    } else if (section.table == "checkpoints") {
      if (section.kind == SectionKind::kGone) {
        kept_.erase(number_at(row, 0));
      } else {
        kept_[number_at(row, 0)] = number_at(row, 1);
      }
    } else if (section.table == "records") {
      last_step_ = std::max(last_step_, number_at(row, 0));
    }
  }
}

void RunLog::write(SQLite::Database& connection, Durability durability) {
  database_->files().make_run_folder(folder_, durability);
  try {
    if (size_ == 0) {
      write_whole(connection, durability);
    } else {
      frames(connection, [&](const std::string& frame, bool closes) {
        append_file(file_, size_, frame, closes ? durability : Durability::kNoSync);
        size_ += frame.size();
      });
    }
  } catch (...) {
    forget();
    throw;
  }
  if (durability == Durability::kNoSync) database_->add_unsynced(file_);
}

void RunLog::write_whole(SQLite::Database& connection, Durability durability) {
  forget();
  OutputFile file(file_, Links::kReplace);
  std::uintmax_t size = run_file_head().size();
  file.write(run_file_head());
  frames(connection, [&](const std::string& frame, bool) {
    file.write(frame);
    size += frame.size();
  });
  file.publish(durability);
  size_ = size;
}

void RunLog::frames(SQLite::Database& connection, const Put& put) {
  RunFileFrame frame;
  // What is cut short must not look like more than it is: a new file begins with the row, others end with its changes.
  const bool is_new = size_ == 0;
  if (is_new) add_row_changes(connection, frame);
  std::int64_t last_record = last_step_;
  for (const std::string& table : run_tables()) {
    if (table == "checkpoints") continue;
    const std::int64_t last = add_rows(connection, table, frame, put);
    if (table == "records") last_record = last;
  }
  last_step_ = last_record;
  add_states(connection, frame);
  add_said(connection, frame);
  if (!is_new) add_row_changes(connection, frame);
  put(frame.take(true), true);
}

void RunLog::add_row_changes(SQLite::Database& connection, RunFileFrame& frame) {
  SQLite::Statement query(connection, "SELECT * FROM runs WHERE number = ?1");
  query.bind(1, number_);
  require(query.executeStep(), "a run's file needs the run's row");
  std::vector<std::string> columns;
  std::vector<Cell> cells;
  for (int i = 0; i < query.getColumnCount(); ++i) {
    const std::string name = query.getColumnName(i);
    Cell cell = cell_of(query.getColumn(i));
    const auto known = row_.find(name);
    if (known != row_.end() && known->second == cell) continue;
    row_[name] = cell;
    columns.push_back(name);
    cells.push_back(std::move(cell));
  }
  if (columns.empty()) return;
  frame.begin("runs", SectionKind::kRow, columns);
  frame.add_row(cells);
  frame.end();
}

std::int64_t RunLog::add_rows(SQLite::Database& connection, const std::string& table, RunFileFrame& frame,
                              const Put& put) {
  SQLite::Statement query(connection,
                          fmt::format("SELECT * FROM {} WHERE run = ?1 AND step >= ?2 ORDER BY step", table));
  query.bind(1, number_);
  query.bind(2, last_step_);
  std::vector<Cell> cells;
  bool is_open = false;
  std::int64_t last = last_step_;
  while (query.executeStep()) {
    if (!is_open) frame.begin(table, SectionKind::kRows, names_of(query, 1));
    is_open = true;
    cells.clear();
    for (int i = 1; i < query.getColumnCount(); ++i) cells.push_back(cell_of(query.getColumn(i)));
    frame.add_row(cells);
    last = query.getColumn(1).getInt64();
    if (frame.size() < kLongFrame) continue;
    frame.end();
    is_open = false;
    put(frame.take(false), false);
  }
  if (is_open) frame.end();
  return last;
}

void RunLog::add_states(SQLite::Database& connection, RunFileFrame& frame) {
  SQLite::Statement query(connection, "SELECT step, kept FROM checkpoints WHERE run = ?1 ORDER BY step");
  query.bind(1, number_);
  std::map<std::int64_t, std::int64_t> present;
  while (query.executeStep()) present[query.getColumn(0).getInt64()] = query.getColumn(1).getInt64();
  std::vector<std::vector<Cell>> changed, gone;
  for (const auto& [step, kept] : present) {
    const auto known = kept_.find(step);
    if (known == kept_.end() || known->second != kept) changed.push_back({step, kept});
  }
  for (const auto& [step, kept] : kept_) {
    if (!present.contains(step)) gone.push_back({step});
  }
  const auto add = [&](SectionKind kind, const std::vector<std::string>& columns, const auto& rows) {
    if (rows.empty()) return;
    frame.begin("checkpoints", kind, columns);
    for (const std::vector<Cell>& row : rows) frame.add_row(row);
    frame.end();
  };
  add(SectionKind::kRows, {"step", "kept"}, changed);
  add(SectionKind::kGone, {"step"}, gone);
  kept_ = std::move(present);
}

void RunLog::add_said(SQLite::Database& connection, RunFileFrame& frame) {
  for (const std::string& table : said_tables()) {
    SQLite::Statement query(
        connection,
        fmt::format("SELECT * FROM {} WHERE run = (SELECT id FROM runs WHERE number = ?1) ORDER BY 2", table));
    query.bind(1, number_);
    std::vector<std::vector<Cell>> rows;
    while (query.executeStep()) {
      std::vector<Cell>& row = rows.emplace_back();
      for (int i = 1; i < query.getColumnCount(); ++i) row.push_back(cell_of(query.getColumn(i)));
    }
    if (rows == said_[table]) continue;
    frame.begin(table, SectionKind::kAll, names_of(query, 1));
    for (const std::vector<Cell>& row : rows) frame.add_row(row);
    frame.end();
    said_[table] = std::move(rows);
  }
}

void write_run_file(Database& database, SQLite::Database& connection, std::int64_t number, Durability durability) {
  RunLog log;
  log.begin_anew(database, number, folder_of_number(connection, number));
  log.write(connection, durability);
}

void update_run_file(Database& database, SQLite::Database& connection, std::int64_t number) {
  if (!is_there(database.files().find_run_file(folder_of_number(connection, number)))) return;
  write_run_file(database, connection, number, Durability::kNoSync);
}

}  // namespace groklab
