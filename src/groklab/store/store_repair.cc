// Verifying, repairing and copying a whole store. New data is there before old is removed: a repair begins with a copy
// of the database, and a damaged file moves aside.
#include <SQLiteCpp/Backup.h>
#include <unistd.h>

#include <set>

#include "groklab/store/annotation.h"
#include "groklab/store/run_log.h"
#include "groklab/store/store_care.h"
#include "groklab/store/store_impl.h"
#include "groklab/store/store_names.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;
using FaultKind = StoreFault::Kind;

void copy_database(SQLite::Database& source, const fs::path& destination) {
  SQLite::Database copy(fs::absolute(destination).string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  SQLite::Backup backup(copy, source);
  backup.executeStep(-1);
}

void move_aside(const fs::path& directory, const fs::path& file) {
  const fs::path damaged = directory / "damaged";
  make_directories(damaged, Durability::kSync);
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(file, ignored))) return;
  fs::rename(file, free_name(damaged, file.parent_path().filename().string() + "-" + file.filename().string() + "."),
             ignored);
}

void execute(SQLite::Database& connection, const char* sql, std::int64_t run, std::int64_t step = -1) {
  SQLite::Statement statement(connection, sql);
  statement.bind(1, run);
  if (statement.getBindParameterCount() > 1) statement.bind(2, step);
  statement.exec();
}

void copy_large_file(const fs::path& from, const fs::path& folder) {
  make_directories(folder, Durability::kSync);
  fs::copy_file(from, folder / from.filename(), fs::copy_options::overwrite_existing);
  sync_file(folder / from.filename());
}

/// The files that rows of the copied database point to, and those beside them; false if one went away meanwhile.
bool copy_files(SQLite::Database& copied, const StoreFiles& from, const fs::path& to) {
  SQLite::Statement query(copied, "SELECT runs.folder, checkpoints.step FROM checkpoints JOIN runs ON run = number");
  std::set<std::string> folders;
  while (query.executeStep()) {
    const std::string folder = query.getColumn(0).getString();
    const StoredFile file = from.find_state(folder, query.getColumn(1).getInt64());
    if (!is_there(file)) return false;
    if (file.is_packed) continue;  // the packs follow as they are
    copy_store_file(file.path, to / "checkpoints" / folder / file.path.filename(), Durability::kSync);
    folders.insert(folder);
  }
  std::error_code none;
  for (const std::string& folder : folders) {
    for (const auto& entry : fs::directory_iterator(from.run_folder(folder), none)) {
      const fs::path name = entry.path().filename();
      if (name.string().starts_with("waiting-") || name == "run.rows")
        copy_store_file(entry.path(), to / "checkpoints" / folder / name, Durability::kSync);
    }
  }
  for (const PackIndex::Use& pack : from.packs().uses()) copy_large_file(pack.path, to / "packs");
  if (fs::exists(from.packs().removed_file(), none)) copy_large_file(from.packs().removed_file(), to / "packs");
  for (const auto& folder : fs::directory_iterator(from.directory() / "inputs", none)) {
    for (const auto& entry : fs::directory_iterator(folder.path(), none)) {
      copy_store_file(entry.path(), to / "inputs" / folder.path().filename() / entry.path().filename(),
                      Durability::kSync);
    }
  }
  return true;
}

/// What `groklab reproduce` keeps in the store (studies/kept.h): files beside the runs, of which no row speaks.
void copy_reproductions(const fs::path& from, const fs::path& to) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(from / "reproductions", none)) {
    if (!entry.is_regular_file(none) || entry.is_symlink(none)) continue;
    copy_store_file(entry.path(), to / "reproductions" / entry.path().filename(), Durability::kSync);
  }
}

/// Of runs whose rows or whose file were damaged; of others where it is there.
void renew_run_files(Database& database, SQLite::Database& connection, const std::vector<StoreFault>& faults) {
  std::set<std::int64_t> runs;
  for (const StoreFault& fault : faults) {
    if (fault.kind == FaultKind::kRunFile) {
      write_run_file(database, connection, fault.run, Durability::kNoSync);
    } else if (fault.run >= 0 && fault.kind != FaultKind::kRun && fault.kind != FaultKind::kLeftover) {
      runs.insert(fault.run);
    }
  }
  for (const std::int64_t run : runs) update_run_file(database, connection, run);
}

std::string what_was_done(FaultKind kind) {
  switch (kind) {
    case FaultKind::kDatabase:
      return "not repaired: ";
    case FaultKind::kPack:
      return "left to the next groklab store pack: ";
    case FaultKind::kWaiting:
      return "left as it is: ";
    case FaultKind::kRunFile:
      return "written anew: ";
    case FaultKind::kState:
    case FaultKind::kLeftover:
    case FaultKind::kInput:
      return "moved to damaged: ";
    default:
      return "removed: ";
  }
}

}  // namespace

fs::path free_name(const fs::path& directory, const std::string& start) {
  for (int i = 1;; ++i) {
    fs::path name = directory / fmt::format("{}{}", start, i);
    std::error_code ignored;
    if (!fs::exists(fs::symlink_status(name, ignored))) return name;
  }
}

void remove_state(SQLite::Database& connection, std::int64_t run, std::int64_t step) {
  execute(connection, "DELETE FROM checkpoints WHERE run = ?1 AND step = ?2", run, step);
}

void mark_without_last_state(SQLite::Database& connection, std::int64_t run, const std::string& who) {
  SQLite::Statement update(
      connection,
      "UPDATE runs SET status = 'interrupted', reason = ?2 || ': its last state was lost' WHERE number = ?1 "
      "AND status <> 'diverged' AND step > coalesce((SELECT max(step) FROM checkpoints WHERE run = ?1), -1)");
  update.bind(1, run);
  update.bind(2, who);
  update.exec();
}

std::vector<std::string> Store::verify() const {
  return impl_->database.read([&](SQLite::Database& connection) {
    std::vector<std::string> lines;
    for (const StoreFault& fault : find_faults(connection, impl_->database.files())) lines.push_back(fault.text);
    return lines;
  });
}

std::vector<std::string> Store::repair() {
  const StoreFiles& files = impl_->database.files();
  const std::vector<StoreFault> faults =
      impl_->database.read([&](SQLite::Database& connection) { return find_faults(connection, files); });
  std::vector<std::string> done;
  if (faults.empty()) return done;
  const fs::path copy = free_name(directory(), "groklab.sqlite.before-repair-");
  impl_->database.read([&](SQLite::Database& connection) { copy_database(connection, copy); });
  done.push_back("the database as it was: " + copy.string());
  std::set<std::int64_t> lost_state;
  impl_->database.write(Durability::kSync, [&](SQLite::Database& connection) {
    for (const StoreFault& fault : faults) {
      switch (fault.kind) {
        case FaultKind::kRun:
          execute(connection, "DELETE FROM runs WHERE number = ?1", fault.run);
          break;
        case FaultKind::kRecord:
          execute(connection, "DELETE FROM records WHERE run = ?1 AND step = ?2", fault.run, fault.step);
          break;
        case FaultKind::kProbe:
          execute(connection, "DELETE FROM probes WHERE run = ?1 AND step = ?2", fault.run, fault.step);
          break;
        case FaultKind::kState:
          remove_state(connection, fault.run, fault.step);
          lost_state.insert(fault.run);
          break;
        case FaultKind::kAnnotation:
          remove_bad_annotations(connection);
          break;
        default:
          break;
      }
    }
    for (const std::int64_t run : lost_state) mark_without_last_state(connection, run, "repaired");
    renew_run_files(impl_->database, connection, faults);
  });
  for (const StoreFault& fault : faults) {
    if (fault.kind == FaultKind::kPacked) {
      files.packs().remove(fault.file.string());
    } else if (!fault.file.empty()) {
      move_aside(directory(), fault.file);
    }
    done.push_back(what_was_done(fault.kind) + fault.text);
  }
  return done;
}

void Store::backup(const fs::path& destination) const {
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(destination, ignored))) {
    fail(ErrorKind::kIo, "{}: expected a place for a new store, found something there", destination.string());
  }
  const fs::path parent = destination.has_parent_path() ? destination.parent_path() : fs::path(".");
  const fs::path partial = parent / fmt::format(".{}.{}-0.tmp", destination.filename().string(), ::getpid());
  try {
    // A run in training replaces its last state now and then: then the copy begins again.
    for (int attempt = 0;; ++attempt) {
      fs::remove_all(partial, ignored);
      make_directories(partial, Durability::kSync);
      const bool whole = impl_->database.read([&](SQLite::Database& connection) {
        copy_database(connection, partial / "groklab.sqlite");
        SQLite::Database copied(fs::absolute(partial / "groklab.sqlite").string(), SQLite::OPEN_READONLY);
        return copy_files(copied, impl_->database.files(), partial);
      });
      if (whole) break;
      if (attempt == 20)
        fail(ErrorKind::kStore, "store {}: states are missing; see groklab store verify", directory().string());
    }
    copy_reproductions(directory(), partial);
    fs::rename(partial, destination);
  } catch (const fs::filesystem_error& error) {
    fs::remove_all(partial, ignored);
    fail(ErrorKind::kIo, "{}: cannot be written: {}", destination.string(), error.code().message());
  } catch (...) {
    fs::remove_all(partial, ignored);
    throw;
  }
}

}  // namespace groklab
