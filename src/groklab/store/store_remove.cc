// Removing runs and what nothing needs: Store::remove_runs, garbage, remove_garbage. Rows go before the files that they
// name: whatever ends the program in between leaves files without rows, which are garbage, and never rows without
// files.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>

#include "groklab/base/join.h"
#include "groklab/config/input_files.h"
#include "groklab/store/annotation.h"
#include "groklab/store/run_log.h"
#include "groklab/store/run_rows.h"
#include "groklab/store/store_impl.h"
#include "groklab/store/store_sink.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kBytesPerNumber = 9;  // of a row: a double with its type
constexpr auto kYoung = std::chrono::hours(1);

std::uintmax_t bytes_at(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(fs::symlink_status(path, error))) {
    const std::uintmax_t bytes = fs::is_regular_file(fs::symlink_status(path, error)) ? fs::file_size(path, error) : 0;
    return error ? 0 : bytes;
  }
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path, error)) bytes += bytes_at(entry.path());
  return bytes;
}

/// Of the entries of a folder, sorted; none where it is missing.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

void remove_file(const fs::path& file) {
  std::error_code ignored;
  fs::remove_all(file, ignored);
}

/// What is known of a run's folder.
struct Folder {
  std::string run;
  std::set<std::string> states;  ///< file names
};

std::map<std::string, Folder> known_folders(SQLite::Database& connection) {
  std::map<std::string, Folder> folders;
  SQLite::Statement runs(connection, "SELECT id, folder FROM runs");
  while (runs.executeStep()) folders[runs.getColumn(1).getString()].run = runs.getColumn(0).getString();
  SQLite::Statement states(connection, "SELECT folder, checkpoints.step FROM checkpoints JOIN runs ON run = number");
  while (states.executeStep()) {
    folders[states.getColumn(0).getString()].states.insert(
        fmt::format("step-{}.safetensors", states.getColumn(1).getInt64()));
  }
  return folders;
}

bool is_leftover(const fs::path& file, const Folder& folder) {
  const std::string name = file.filename().string();
  return (name.starts_with("step-") && !folder.states.contains(name)) ||
         (name.starts_with(".") && name.ends_with(".tmp"));
}

/// Where packs lie, and in messages what they hold of a folder.
fs::path packs_of(const StoreFiles& files) { return files.directory() / "packs"; }

std::vector<Garbage::File> find_leftovers(SQLite::Database& connection, const StoreFiles& files) {
  std::vector<Garbage::File> found;
  const fs::path& directory = files.directory();
  const std::map<std::string, Folder> folders = known_folders(connection);
  for (const fs::path& entry : entries_of(directory / "checkpoints")) {
    const auto known = folders.find(entry.filename().string());
    if (known == folders.end()) {
      found.push_back({entry, "", bytes_at(entry)});
      continue;
    }
    std::error_code error;
    if (!fs::is_directory(fs::symlink_status(entry, error))) continue;  // a link leads elsewhere: not ours to clean
    for (const fs::path& file : entries_of(entry)) {
      if (is_leftover(file, known->second)) found.push_back({file, known->second.run, bytes_at(file)});
    }
  }
  for (const std::string& folder : files.packs().folders()) {
    if (!folders.contains(folder)) found.push_back({packs_of(files) / folder, "", files.packs().bytes_of(folder)});
  }
  return found;
}

/// A run copies its inputs just before it is registered, so that young ones stay.
std::vector<Garbage::File> find_inputs_of_nobody(SQLite::Database& connection, const fs::path& directory) {
  std::set<std::string> digests;
  SQLite::Statement query(connection,
                          "SELECT json_extract(c, '$.task.table_digest'), json_extract(c, '$.split.file_digest') "
                          "FROM (SELECT CASE WHEN json_valid(config) THEN config END AS c FROM runs)");
  while (query.executeStep()) {
    for (int i = 0; i < 2; ++i) digests.insert(query.getColumn(i).getString());
  }
  std::vector<Garbage::File> found;
  for (const fs::path& entry : entries_of(directory / "inputs")) {
    std::error_code error;
    const auto written = fs::last_write_time(entry, error);
    const bool young = error || fs::file_time_type::clock::now() - written < kYoung;
    if (!young && !digests.contains(entry.filename().string())) found.push_back({entry, "", bytes_at(entry)});
  }
  return found;
}

std::set<std::pair<std::string, std::int64_t>> starts_of_forks(SQLite::Database& connection) {
  std::set<std::pair<std::string, std::int64_t>> starts;
  SQLite::Statement query(connection,
                          "SELECT json_extract(c, '$.fork.run'), json_extract(c, '$.fork.step') "
                          "FROM (SELECT CASE WHEN json_valid(config) THEN config END AS c FROM runs)");
  while (query.executeStep()) starts.emplace(query.getColumn(0).getString(), query.getColumn(1).getInt64());
  return starts;
}

std::vector<Garbage::State> find_old_states(SQLite::Database& connection, const StoreFiles& files,
                                            std::int64_t keep_last) {
  std::vector<Garbage::State> found;
  if (keep_last < 1) return found;
  const auto starts = starts_of_forks(connection);
  SQLite::Statement query(
      connection,
      "SELECT id, folder, step FROM (SELECT runs.id AS id, runs.folder AS folder, states.step AS step, "
      "row_number() OVER (PARTITION BY states.run ORDER BY states.step DESC) AS place FROM checkpoints AS states "
      "JOIN runs ON runs.number = states.run WHERE runs.status IN ('finished', 'stopped', 'diverged')) "
      "WHERE place > ?1 ORDER BY id, step");
  query.bind(1, keep_last);
  while (query.executeStep()) {
    const std::string id = query.getColumn(0).getString(), folder = query.getColumn(1).getString();
    const std::int64_t step = query.getColumn(2).getInt64();
    if (starts.contains({id, step}) || !is_plain_word(folder)) continue;
    const StoredFile file = files.find_state(folder, step);
    if (!file.is_packed) found.push_back({id, step, file.path, file.size});  // a pack would not shrink
  }
  return found;
}

std::vector<std::string> find_annotations_of_nobody(SQLite::Database& connection) {
  std::vector<std::string> ids;
  SQLite::Statement query(connection,
                          "SELECT run FROM (SELECT run FROM annotations UNION SELECT run FROM tags) "
                          "WHERE run NOT IN (SELECT id FROM runs) ORDER BY run");
  while (query.executeStep()) ids.push_back(query.getColumn(0).getString());
  return ids;
}

std::vector<std::string> forks_of_any(SQLite::Database& connection, const std::set<std::string>& ids) {
  std::vector<std::string> forks;
  SQLite::Statement query(connection,
                          "SELECT id, json_extract(CASE WHEN json_valid(config) THEN config END, '$.fork.run') "
                          "FROM runs ORDER BY number");
  while (query.executeStep()) {
    const std::string id = query.getColumn(0).getString();
    if (!ids.contains(id) && ids.contains(query.getColumn(1).getString())) forks.push_back(id);
  }
  return forks;
}

/// Removes the rows; returns the folder, "" if its name leads nowhere.
std::string remove_rows(SQLite::Database& connection, const fs::path& store, const std::string& id) {
  SQLite::Statement query(connection, "SELECT number, folder FROM runs WHERE id = ?1");
  query.bind(1, id);
  if (!query.executeStep()) fail(ErrorKind::kStore, "store {}: no run {}", store.string(), id);
  const std::string folder = query.getColumn(1).getString();
  SQLite::Statement remove(connection, "DELETE FROM runs WHERE number = ?1");
  remove.bind(1, query.getColumn(0).getInt64());
  query.reset();
  remove.exec();
  remove_annotation(connection, id);
  return is_plain_word(folder) ? folder : "";
}

}  // namespace

StoredSize Store::size_of(const std::string& id) const {
  return impl_->database.read([&](SQLite::Database& connection) {
    const std::int64_t number = run_number(connection, directory(), id);
    StoredSize size;
    SQLite::Statement rows(
        connection,
        "SELECT (SELECT count(*) FROM records WHERE run = ?1), (SELECT count(*) FROM checkpoints WHERE run = ?1), "
        "(SELECT coalesce(sum(length(tensor_norms)), 0) FROM records WHERE run = ?1) + "
        "(SELECT coalesce(sum(length(result)), 0) FROM probes WHERE run = ?1) + length(config) + length(tensors), "
        "folder, "
        "(SELECT count(*) FROM pragma_table_info('records')) FROM runs WHERE number = ?1");
    rows.bind(1, number);
    if (!rows.executeStep()) return size;
    size.records = rows.getColumn(0).getInt64();
    size.states = rows.getColumn(1).getInt64();
    size.row_bytes = static_cast<std::uintmax_t>(rows.getColumn(2).getInt64() +
                                                 size.records * kBytesPerNumber * rows.getColumn(4).getInt64());
    const std::string folder = rows.getColumn(3).getString();
    if (is_plain_word(folder)) {
      size.file_bytes =
          bytes_at(directory() / "checkpoints" / folder) + impl_->database.files().packs().bytes_of(folder);
    }
    return size;
  });
}

std::vector<std::string> Store::forks_of(const std::vector<std::string>& ids) const {
  return impl_->database.read([&](SQLite::Database& connection) {
    return forks_of_any(connection, {ids.begin(), ids.end()});
  });
}

void Store::remove_runs(const std::vector<std::string>& ids) {
  std::vector<std::string> folders;
  impl_->database.write(Durability::kSync, [&](SQLite::Database& connection) {
    const std::vector<std::string> forks = forks_of_any(connection, {ids.begin(), ids.end()});
    if (!forks.empty()) {
      fail(ErrorKind::kStore, "store {}: run {} is a fork of one that is to go", directory().string(), forks.front());
    }
    folders.clear();
    for (const std::string& id : ids) folders.push_back(remove_rows(connection, directory(), id));
  });
  for (const std::string& folder : folders) {
    if (!folder.empty()) impl_->database.files().remove_run_folder(folder);
  }
}

Garbage Store::garbage(std::int64_t keep_last) const {
  return impl_->database.read([&](SQLite::Database& connection) {
    Garbage garbage;
    garbage.leftovers = find_leftovers(connection, impl_->database.files());
    garbage.inputs = find_inputs_of_nobody(connection, directory());
    garbage.states = find_old_states(connection, impl_->database.files(), keep_last);
    garbage.annotations = find_annotations_of_nobody(connection);
    const auto number = [&](const char* sql) {
      return static_cast<std::uintmax_t>(connection.execAndGet(sql).getInt64());
    };
    garbage.database_bytes =
        number("PRAGMA freelist_count") * number("PRAGMA page_size") + bytes_at(directory() / "groklab.sqlite-wal");
    return garbage;
  });
}

void Store::remove_garbage(const Garbage& garbage) {
  std::vector<fs::path> files;
  impl_->database.write(Durability::kSync, [&](SQLite::Database& connection) {
    files.clear();
    const auto starts = starts_of_forks(connection);
    std::set<std::string> thinned;
    for (const Garbage::State& state : garbage.states) {
      if (starts.contains({state.run, state.step})) continue;
      SQLite::Statement remove(
          connection, "DELETE FROM checkpoints WHERE step = ?2 AND run = (SELECT number FROM runs WHERE id = ?1)");
      remove.bind(1, state.run);
      remove.bind(2, state.step);
      if (remove.exec() != 1) continue;
      thinned.insert(state.run);
      // What lies in a pack goes when half of it is needed no more.
      if (state.file.filename().string().starts_with("step-")) files.push_back(state.file);
    }
    for (const std::string& id : thinned) {
      update_run_file(impl_->database, connection, run_number(connection, directory(), id));
    }
    for (const std::string& id : find_annotations_of_nobody(connection)) remove_annotation(connection, id);
    // Under the write lock: no state is being registered now, and what is still a leftover remains one.
    std::set<fs::path> still;
    for (const Garbage::File& file : find_leftovers(connection, impl_->database.files())) still.insert(file.file);
    for (const Garbage::File& file : find_inputs_of_nobody(connection, directory())) still.insert(file.file);
    for (const std::vector<Garbage::File>* list : {&garbage.leftovers, &garbage.inputs}) {
      for (const Garbage::File& file : *list) {
        if (!still.contains(file.file)) continue;
        if (file.file.parent_path() == packs_of(impl_->database.files())) {
          impl_->database.files().packs().remove(file.file.filename().string());
        } else {
          remove_file(file.file);
        }
      }
    }
  });
  for (const fs::path& file : files) remove_file(file);
  if (garbage.database_bytes > 0 || !files.empty()) impl_->database.compact();
}

}  // namespace groklab
