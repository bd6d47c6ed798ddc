// A new database from the runs' own files: rebuild_store.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/files/file_system.h"
#include "groklab/store/annotation.h"
#include "groklab/store/checkpoint_file.h"
#include "groklab/store/database.h"
#include "groklab/store/run_copy.h"
#include "groklab/store/run_file.h"
#include "groklab/store/schema.h"
#include "groklab/store/store.h"
#include "groklab/store/store_names.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRebuilding = "groklab.sqlite.rebuilding";

void bind_cell(SQLite::Statement& statement, int place, const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return statement.bind(place, *integer);
  if (const auto* real = std::get_if<double>(&cell)) return statement.bind(place, *real);
  if (const auto* text = std::get_if<std::string>(&cell)) return statement.bind(place, *text);
  statement.bind(place);
}

std::string text_of(const std::map<std::string, Cell>& row, const std::string& column) {
  const auto found = row.find(column);
  const auto* text = found == row.end() ? nullptr : std::get_if<std::string>(&found->second);
  return text == nullptr ? "" : *text;
}

class Rebuild {
 public:
  Rebuild(const StoreFiles& files, const fs::path& database)
      : files_(files), new_(database.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
    // Nobody but us sees it before it is whole.
    new_.exec("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
    new_.exec(schema_sql());
    for (const std::vector<std::string>& tables : {all_tables(), said_tables()}) {
      for (const std::string& table : tables) {
        const std::vector<std::string> columns = columns_of(new_, table, {});
        columns_[table] = {columns.begin(), columns.end()};
      }
    }
  }

  void take_files() {
    std::error_code none;
    std::set<std::string> folders = files_.packs().folders();
    for (const auto& entry : fs::directory_iterator(files_.directory() / "checkpoints", none)) {
      folders.insert(entry.path().filename().string());
    }
    for (const std::string& folder : folders) {
      try {
        take_file(folder);
      } catch (const Error& error) {
        suspects_.emplace(folder, error.what());
      }
    }
  }

  /// Runs that have no whole file of their own.
  void take_index(SQLite::Database& old) {
    SQLite::Statement query(old, "SELECT number, id, folder FROM runs ORDER BY number");
    while (query.executeStep()) {
      const std::string id = query.getColumn(1).getString(), folder = query.getColumn(2).getString();
      const auto suspect = suspects_.find(folder);
      if (suspect == suspects_.end() && number_of(id)) continue;
      const std::int64_t number = query.getColumn(0).getInt64();
      try {
        check_readable(old, number);
        SQLite::Transaction transaction(new_);
        if (const auto known = number_of(id)) remove(*known);
        const std::int64_t place = free_number(number);
        copy_rows(new_, old, "runs", "number", number, place);
        for (const std::string& table : run_tables()) copy_rows(new_, old, table, "run", number, place);
        merge_annotation(new_, old, id);
        look_at_states(place, id, folder);
        transaction.commit();
        ++report_.from_index;
        if (suspect != suspects_.end()) suspects_.erase(suspect);
      } catch (const Error& error) {
        if (suspect == suspects_.end()) report_.lost.push_back(fmt::format("run {}: {}", id, error.what()));
      }
    }
  }

  /// What people say of runs is in no run's file: of an old index that can be read it is taken over.
  void take_annotations(SQLite::Database& old) {
    std::vector<std::string> ids;
    SQLite::Statement query(new_, "SELECT id FROM runs");
    while (query.executeStep()) ids.push_back(query.getColumn(0).getString());
    SQLite::Transaction transaction(new_);
    for (const std::string& id : ids) merge_annotation(new_, old, id);
    transaction.commit();
  }

  RebuildReport finish() {
    for (const auto& [folder, why] : suspects_) report_.lost.push_back(why);
    const auto count = [&](const char* table) {
      return new_.execAndGet(std::string("SELECT count(*) FROM ") + table).getInt64();
    };
    report_.runs = count("runs");
    report_.records = count("records");
    report_.probes = count("probes");
    report_.states = count("checkpoints");
    if (!is_network_file_system(files_.directory())) new_.exec("PRAGMA journal_mode = WAL");
    return std::move(report_);
  }

 private:
  static std::vector<std::string> all_tables() {
    std::vector<std::string> tables = run_tables();
    tables.insert(tables.begin(), "runs");
    return tables;
  }

  void take_file(const std::string& folder) {
    const StoredFile stored = files_.find_run_file(folder);
    if (!is_there(stored)) {
      fail(ErrorKind::kStore, "{}: no file of the run is there, so that nobody knows what its states belong to",
           files_.run_folder(folder).string());
    }
    InputFile file(stored.path, stored.offset, stored.size);
    SQLite::Transaction transaction(new_);
    row_.clear();
    said_.clear();
    number_ = 0;
    bool is_closed = false;
    const RunFileEnd end = read_run_file(file, stored.name, [&](const auto& sections, bool closes) {
      for (const RunFileSection& section : sections) take_section(section);
      is_closed = closes;
    });
    if (number_ == 0) fail(ErrorKind::kStore, "{}: it does not tell the run's row", stored.name);
    row_["folder"] = folder;
    if (end.closed_bytes == 0) {
      row_["status"] = "interrupted";
      row_["reason"] = "rebuilt from a damaged file";
    }
    if (!make_room()) return;  // another folder holds what took this one's place
    insert_row();
    insert_said(text_of(row_, "id"));
    check_readable(new_, number_);
    const std::string id = text_of(row_, "id");
    look_at_states(number_, id, folder);
    transaction.commit();
    if (!end.fault.empty() || !is_closed) {
      suspects_[folder] = fmt::format("run {}: {} is damaged or was cut short{}: it came back as it was before", id,
                                      stored.name, end.fault.empty() ? "" : fmt::format(" ({})", end.fault));
    }
  }

  void take_section(const RunFileSection& section) {
    if (section.kind == SectionKind::kRow && section.table == "runs") {
      for (const std::vector<Cell>& row : section.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) row_[section.columns[i]] = row[i];
      }
      const auto* stored = std::get_if<std::int64_t>(&row_["number"]);
      if (stored != nullptr && number_ == 0) number_ = free_number(*stored);
      return;
    }
    if (section.kind == SectionKind::kAll) {
      said_[section.table] = section;
      return;
    }
    const std::vector<std::string>& by_step = run_tables();
    if (std::find(by_step.begin(), by_step.end(), section.table) == by_step.end()) return;
    const auto known = columns_.find(section.table);
    if (number_ == 0 || known == columns_.end()) return;
    std::vector<std::string> columns;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < section.columns.size(); ++i) {
      if (!known->second.contains(section.columns[i]) || section.columns[i] == "run") continue;
      columns.push_back(section.columns[i]);
      places.push_back(i);
    }
    if (columns.empty()) return;
    const bool goes = section.kind == SectionKind::kGone;
    if (goes && columns != std::vector<std::string>{"step"}) return;
    SQLite::Statement& statement = prepared(goes ? "DELETE FROM " + section.table + " WHERE run = ?1 AND step = ?2"
                                                 : insertion(section.table, "run", columns));
    for (const std::vector<Cell>& row : section.rows) {
      statement.bind(1, number_);
      for (std::size_t i = 0; i < places.size(); ++i) bind_cell(statement, static_cast<int>(i) + 2, row[places[i]]);
      statement.exec();
      statement.reset();
    }
  }

  void insert_row() {
    std::vector<std::string> columns;
    for (const auto& [name, cell] : row_) {
      if (name != "number" && columns_["runs"].contains(name)) columns.push_back(name);
    }
    SQLite::Statement& statement = prepared(insertion("runs", "number", columns));
    statement.bind(1, number_);
    int place = 2;
    for (const std::string& column : columns) bind_cell(statement, place++, row_[column]);
    statement.exec();
    statement.reset();
  }

  /// What people said of the run, as the last section of each table has it.
  void insert_said(const std::string& id) {
    for (const std::string& table : said_tables()) {
      const auto found = said_.find(table);
      if (found == said_.end()) continue;
      const RunFileSection& section = found->second;
      std::vector<std::string> columns;
      std::vector<std::size_t> places;
      for (std::size_t i = 0; i < section.columns.size(); ++i) {
        if (!columns_[table].contains(section.columns[i]) || section.columns[i] == "run") continue;
        columns.push_back(section.columns[i]);
        places.push_back(i);
      }
      if (columns.empty()) continue;
      SQLite::Statement& statement = prepared(insertion(table, "run", columns));
      for (const std::vector<Cell>& row : section.rows) {
        statement.bind(1, id);
        for (std::size_t i = 0; i < places.size(); ++i) bind_cell(statement, static_cast<int>(i) + 2, row[places[i]]);
        statement.exec();
        statement.reset();
      }
    }
  }

  /// Two folders of one id: a run was replaced, and the program died before it removed the old one's folder.
  bool make_room() {
    const std::optional<std::int64_t> other = number_of(text_of(row_, "id"));
    if (!other) return true;
    if (*other > number_) return false;
    remove(*other);
    return true;
  }

  /// What a state's file does not hold is no state; a run that lost its last one goes on from the one before.
  void look_at_states(std::int64_t number, const std::string& id, const std::string& folder) {
    SQLite::Statement query(new_, "SELECT step FROM checkpoints WHERE run = ?1 ORDER BY step");
    query.bind(1, number);
    std::vector<std::int64_t> missing;
    while (query.executeStep()) {
      const std::int64_t step = query.getColumn(0).getInt64();
      try {
        const TensorFile file = read_checkpoint_file(files_.find_state(folder, step));
        const auto found = file.metadata.find("step");
        if (found == file.metadata.end() || found->second != std::to_string(step)) {
          fail(ErrorKind::kInput, "its file holds another one");
        }
      } catch (const Error& error) {
        missing.push_back(step);
        report_.lost.push_back(fmt::format("run {}: state at step {}: {}", id, step, error.what()));
      }
    }
    for (const std::int64_t step : missing) remove_state(new_, number, step);
    if (!missing.empty()) mark_without_last_state(new_, number, "rebuilt");
  }

  std::optional<std::int64_t> number_of(const std::string& id) {
    SQLite::Statement& query = prepared("SELECT number FROM runs WHERE id = ?1");
    query.bind(1, id);
    std::optional<std::int64_t> number;
    if (query.executeStep()) number = query.getColumn(0).getInt64();
    query.reset();
    return number;
  }

  /// As it was, since numbers are the order of creation; another one only where two folders claim one number.
  std::int64_t free_number(std::int64_t wanted) {
    SQLite::Statement& query = prepared("SELECT 1 FROM runs WHERE number = ?1");
    query.bind(1, wanted);
    const bool is_taken = wanted < 1 || query.executeStep();
    query.reset();
    if (!is_taken) return wanted;
    return new_.execAndGet("SELECT coalesce(max(number), 0) + 1 FROM runs").getInt64();
  }

  void remove(std::int64_t number) {
    for (const std::string& table : all_tables()) {
      SQLite::Statement& statement =
          prepared(fmt::format("DELETE FROM {} WHERE {} = ?1", table, table == "runs" ? "number" : "run"));
      statement.bind(1, number);
      statement.exec();
      statement.reset();
    }
  }

  static std::string insertion(const std::string& table, const std::string& key,
                               const std::vector<std::string>& columns) {
    std::string places = "?1";
    for (std::size_t i = 0; i < columns.size(); ++i) places += fmt::format(", ?{}", i + 2);
    return fmt::format("INSERT OR REPLACE INTO {}({}, {}) VALUES ({})", table, key, join(columns, ", "), places);
  }

  SQLite::Statement& prepared(const std::string& sql) {
    std::unique_ptr<SQLite::Statement>& statement = statements_[sql];
    if (!statement) statement = std::make_unique<SQLite::Statement>(new_, sql);
    statement->tryReset();
    return *statement;
  }

  const StoreFiles& files_;
  SQLite::Database new_;
  std::map<std::string, std::unique_ptr<SQLite::Statement>> statements_;  // after new_: finalised first
  std::map<std::string, std::set<std::string>> columns_;
  std::map<std::string, Cell> row_;             ///< of the run that is being read
  std::map<std::string, RunFileSection> said_;  ///< of the same run
  std::int64_t number_ = 0;
  std::map<std::string, std::string> suspects_;  ///< folder: what is wrong with the run's file
  RebuildReport report_;
};

void remove_beside(const fs::path& database) {
  std::error_code none;
  for (const char* end : {"", "-wal", "-shm", "-journal"}) fs::remove(database.string() + end, none);
}

/// The old index under a name beside it; its place is taken by the next rename.
fs::path keep_old(const fs::path& database) {
  std::error_code none;
  if (!fs::exists(fs::symlink_status(database, none))) return {};
  const fs::path kept = free_name(database.parent_path(), database.filename().string() + ".before-rebuild-");
  fs::rename(database.string() + "-wal", kept.string() + "-wal", none);  // the new one must not find it
  fs::remove(database.string() + "-shm", none);
  fs::create_hard_link(database, kept, none);
  if (none) fs::copy_file(database, kept);
  return kept;
}

void take_old_index(Rebuild& rebuild, const fs::path& directory, std::vector<std::string>& lost) {
  try {
    Database old(directory, 10.0);
    old.read([&](SQLite::Database& connection) {
      rebuild.take_index(connection);
      rebuild.take_annotations(connection);
    });
  } catch (const StoreLocked&) {
    throw;
  } catch (const Error& error) {
    lost.push_back(fmt::format("the index that was there cannot be read: {}", error.what()));
  }
}

}  // namespace

RebuildReport rebuild_store(const fs::path& directory) {
  std::error_code none;
  const fs::path database = directory / "groklab.sqlite", partial = directory / kRebuilding;
  const bool has_index = fs::exists(database, none) && fs::file_size(database, none) > 0;
  const bool has_files =
      fs::is_directory(directory / "checkpoints", none) || fs::is_directory(directory / "packs", none);
  if (!has_index && !has_files) {
    fail(ErrorKind::kStore, "store {}: expected the runs of a store, found none", directory.string());
  }
  const StoreFiles files(directory);
  remove_beside(partial);
  RebuildReport report;
  try {
    std::vector<std::string> lost;
    {
      Rebuild rebuild(files, fs::absolute(partial));
      rebuild.take_files();
      if (has_index) take_old_index(rebuild, directory, lost);
      report = rebuild.finish();
    }
    report.lost.insert(report.lost.begin(), lost.begin(), lost.end());
    sync_file(partial);
    report.old_index = keep_old(database);
    fs::rename(partial, database);
    sync_file(database);
  } catch (const SQLite::Exception& error) {
    remove_beside(partial);
    fail(ErrorKind::kIo, "{}: cannot be written: {}", partial.string(), error.what());
  } catch (const fs::filesystem_error& error) {
    remove_beside(partial);
    fail(ErrorKind::kIo, "{}: cannot be written: {}", database.string(), error.code().message());
  } catch (...) {
    remove_beside(partial);
    throw;
  }
  return report;
}

}  // namespace groklab
