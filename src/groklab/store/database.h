// The open SQLite file of a store: one connection, one lock, errors translated, files placed.
// Internal to store/: nothing else sees SQLite.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include "groklab/base/error.h"
#include "groklab/files/file_io.h"

namespace groklab {

class Database {
 public:
  /// Opens or creates the store. Throws Error(kStore): imported file, newer schema, locked; Error(kIo): no permission.
  Database(const std::filesystem::path& directory, double wait_seconds);

  /// Calls body(connection) alone among this store's threads; turns SQLite's exceptions into Error.
  template <typename Body>
  auto read(Body&& body) const {
    const std::lock_guard lock(mutex_);
    return translated([&] { return body(connection_); });
  }

  /// The same in one transaction that holds the write lock from its start; rolled back if body throws. Files that
  /// belong to rows must be renamed inside it, so that no other process sees the one without the other.
  template <typename Body>
  auto write(Durability durability, Body&& body) {
    const std::lock_guard lock(mutex_);
    return translated([&] {
      const SyncLevel level(connection_, durability);
      SQLite::Transaction transaction(connection_, SQLite::TransactionBehavior::IMMEDIATE);
      if constexpr (std::is_void_v<decltype(body(connection_))>) {
        body(connection_);
        transaction.commit();
      } else {
        auto result = body(connection_);
        transaction.commit();
        return result;
      }
    });
  }

  /// The insertion of a record, compiled once, reset and ready to bind. Only inside write().
  SQLite::Statement& record_statement();

  const std::filesystem::path& directory() const { return directory_; }
  std::filesystem::path run_directory(const std::string& id) const;
  /// Throws Error(kIo).
  void create_run_directory(const std::string& id) const;
  std::filesystem::path checkpoint_file(const std::string& id, std::int64_t step) const;

 private:
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

  template <typename Body>
  auto translated(Body&& body) const {
    try {
      return body();
    } catch (const SQLite::Exception& error) {
      fail_translated(error);
    }
  }
  [[noreturn]] void fail_translated(const SQLite::Exception& error) const;
  void prepare_schema();
  void migrate_schema(int version);
  void use_write_ahead_log();

  std::filesystem::path directory_;
  double wait_seconds_;
  mutable std::mutex mutex_;
  mutable SQLite::Database connection_;
  std::optional<SQLite::Statement> record_statement_;  // after connection_: it must be finalised first
};

}  // namespace groklab
