// The open SQLite file of a store: one connection, one lock, errors translated, files placed.
// Internal to store/: nothing else sees SQLite.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/types.h>

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/files/file_io.h"
#include "groklab/store/store_files.h"
#include "groklab/store/store_locked.h"

namespace groklab {

class Database {
 public:
  /// Opens or creates the store. Where it cannot be written (a disc, an archive, another user's), what is there is read
  /// as it stands, and write() throws. Throws Error(kStore): imported file, newer schema, locked; Error(kIo): no
  /// permission.
  Database(const std::filesystem::path& directory, double wait_seconds);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Calls body(connection) alone among this store's threads; turns SQLite's exceptions into Error.
  template <typename Body>
  auto read(Body&& body) const {
    const std::lock_guard lock(mutex_);
    return translated([&] { return body(connection_); });
  }

  /// body(connection, other's connection), alone among the threads of both. Two threads that do so with the stores the
  /// other way round do not wait for each other, as two nested reads would.
  template <typename Body>
  auto read_with(const Database& other, Body&& body) const {
    const std::scoped_lock lock(mutex_, other.mutex_);
    return translated([&] { return other.translated([&] { return body(connection_, other.connection_); }); });
  }

  /// The same in one transaction that holds the write lock from its start; rolled back if body throws. Files that
  /// belong to rows must be renamed inside it, so that no other process sees the one without the other. Throws
  /// Error(kStore) if the database's file was removed or replaced meanwhile, StoreLocked after waiting `wait_seconds`.
  template <typename Body>
  auto write(Durability durability, double wait_seconds, Body&& body) {
    const std::lock_guard lock(mutex_);
    return write_locked(durability, wait_seconds, std::forward<Body>(body));
  }
  template <typename Body>
  auto write(Durability durability, Body&& body) {
    return write(durability, wait_seconds_, std::forward<Body>(body));
  }
  /// The same of body(connection, other's connection), as in read_with.
  template <typename Body>
  auto write_with(const Database& other, Durability durability, Body&& body) {
    const std::scoped_lock lock(mutex_, other.mutex_);
    return write_locked(durability, wait_seconds_, [&](SQLite::Database& connection) {
      return other.translated([&] { return body(connection, other.connection_); });
    });
  }

  /// Gives unused pages and the write-ahead log back to the disk. Needs the space of the database once more meanwhile;
  /// what ends it leaves the database as it was. Throws StoreLocked while another program reads or writes.
  void compact();

  /// A state that was written without waiting for the disk. Before anything makes its row durable, it is synced: a row
  /// without its file would be worse than neither. Only inside read() or write().
  void add_unsynced(const std::filesystem::path& file) { unsynced_.push_back(file); }

  /// Syncs these states now rather than when the last of them must be: throws Error(kIo), which the end of this object
  /// cannot. Their rows become durable later, as all of them.
  void sync();

  /// The insertion of a record, compiled once, reset and ready to bind. Only inside write().
  SQLite::Statement& record_statement();

  const std::filesystem::path& directory() const { return files_.directory(); }
  const StoreFiles& files() const { return files_; }
  double wait_seconds() const { return wait_seconds_; }
  bool is_read_only() const { return read_only_; }

 private:
  template <typename Body>
  auto write_locked(Durability durability, double wait_seconds, Body&& body) {
    check_present();
    const Patience patience(*this, wait_seconds);
    if (durability == Durability::kSync) sync_states();
    if constexpr (std::is_void_v<decltype(body(connection_))>) {
      translated([&] { transact(durability, body); });
      shorten_log();
      check_present();
    } else {
      auto result = translated([&] {
        std::optional<decltype(body(connection_))> value;
        transact(durability, [&](SQLite::Database& connection) { value.emplace(body(connection)); });
        return std::move(*value);
      });
      shorten_log();
      check_present();
      return result;
    }
  }

  /// Makes commits wait for the disk while it lives.
  class SyncLevel {
   public:
    SyncLevel(SQLite::Database& connection, Durability durability);
    ~SyncLevel();
    SyncLevel(const SyncLevel&) = delete;
    SyncLevel& operator=(const SyncLevel&) = delete;

   private:
    SQLite::Database* connection_;
  };
  /// Waits for locks so long while it lives.
  class Patience {
   public:
    Patience(Database& database, double seconds);
    ~Patience();
    Patience(const Patience&) = delete;
    Patience& operator=(const Patience&) = delete;

   private:
    Database& database_;
  };

  template <typename Body>
  auto translated(Body&& body) const {
    try {
      return body();
    } catch (const SQLite::Exception& error) {
      fail_translated(error);
    }
  }
  template <typename Body>
  void transact(Durability durability, Body&& body) {
    const SyncLevel level(connection_, durability);
    SQLite::Transaction transaction(connection_, SQLite::TransactionBehavior::IMMEDIATE);
    body(connection_);
    if (durability == Durability::kSync) sync_states();  // what body wrote
    transaction.commit();
  }
  [[noreturn]] void fail_translated(const SQLite::Exception& error) const;
  void open();
  void open_for_reading(const SQLite::Exception& refusal);
  void prepare_schema();
  void choose_journal();
  void leave_write_ahead_log();
  void sync_states();
  void shorten_log();
  void remember_file();
  void check_present() const;
  std::filesystem::path file() const { return files_.directory() / kDatabaseName; }

  static constexpr const char* kDatabaseName = "groklab.sqlite";

  StoreFiles files_;
  double wait_seconds_;
  double waited_seconds_;  ///< what a message about a lock tells
  bool read_only_ = false;
  std::optional<ScratchCopy> copy_;  ///< of a store that cannot be read where it lies
  dev_t device_ = 0;                 ///< of the database's file, to notice that it is gone
  ino_t inode_ = 0;
  std::vector<std::filesystem::path> unsynced_;
  int log_pages_ = 0;  ///< of the write-ahead log, after the last commit
  mutable std::mutex mutex_;
  mutable SQLite::Database connection_;
  std::optional<SQLite::Statement> record_statement_;  // after connection_: it must be finalised first
};

}  // namespace groklab
