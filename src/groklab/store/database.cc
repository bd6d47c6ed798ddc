// See database.h.
#include "groklab/store/database.h"

#include <sqlite3.h>

#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>

#include "groklab/store/migrate.h"
#include "groklab/store/run_rows.h"
#include "groklab/store/schema.h"

namespace groklab {
namespace {

constexpr const char* kFileName = "groklab.sqlite";

const std::filesystem::path& make_directory(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) fail(ErrorKind::kIo, "{}: the directory cannot be created: {}", directory.string(), error.message());
  return directory;
}

SQLite::Database open_connection(const std::filesystem::path& directory, double wait_seconds) {
  const std::filesystem::path file = directory / kFileName;
  try {
    return SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
                            static_cast<int>(wait_seconds * 1000));
  } catch (const SQLite::Exception& error) {
    fail(ErrorKind::kIo, "store {}: cannot open {}: {}", directory.string(), kFileName, error.what());
  }
}

}  // namespace

Database::Database(const std::filesystem::path& directory, double wait_seconds)
    : directory_(make_directory(directory)),
      wait_seconds_(wait_seconds),
      connection_(open_connection(directory_, wait_seconds)) {
  translated([&] {
    prepare_schema();
    connection_.exec("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
  });
}

void Database::prepare_schema() {
  const auto number = [&](const char* sql) { return connection_.execAndGet(sql).getInt(); };
  // Nothing is written before it is clear that the file is ours or empty.
  const auto is_empty = [&] {
    return number("PRAGMA application_id") == 0 && number("PRAGMA user_version") == 0 &&
           number("SELECT count(*) FROM sqlite_master") == 0;
  };
  if (is_empty()) {
    use_write_ahead_log();
    SQLite::Transaction transaction(connection_, SQLite::TransactionBehavior::IMMEDIATE);
    if (is_empty()) connection_.exec(schema_sql());  // else another process was faster
    transaction.commit();
  }
  if (number("PRAGMA application_id") != kApplicationId) {
    fail(ErrorKind::kStore, "store {}: {} is not a groklab store but another program's database", directory_.string(),
         kFileName);
  }
  const int version = number("PRAGMA user_version");
  if (version > kSchemaVersion) {
    fail(ErrorKind::kStore, "store {}: it has schema version {}, this groklab knows versions up to {}: use a newer one",
         directory_.string(), version, kSchemaVersion);
  }
  if (version < 1) {
    fail(ErrorKind::kStore, "store {}: expected schema version {}, found {}", directory_.string(), kSchemaVersion,
         version);
  }
  if (version < kSchemaVersion) {
    SQLite::Transaction transaction(connection_, SQLite::TransactionBehavior::IMMEDIATE);
    const int present = number("PRAGMA user_version");  // another process may have been faster
    if (present < kSchemaVersion) migrate_schema(present);
    transaction.commit();
  }
}

void Database::migrate_schema(int version) {
  try {
    migrate(connection_, version);
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorKind::kStore, "store {}: {} is damaged, it cannot be brought to schema version {}: {}",
         directory_.string(), kFileName, kSchemaVersion, error.what());
  }
}

void Database::use_write_ahead_log() {
  // SQLite does not wait here when another process creates the same store, so we do.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(wait_seconds_);
  for (;;) {
    try {
      connection_.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (const SQLite::Exception& error) {
      if (error.getErrorCode() != SQLITE_BUSY || std::chrono::steady_clock::now() >= deadline) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
}

Database::SyncLevel::SyncLevel(SQLite::Database& connection, Durability durability)
    : connection_(durability == Durability::kSync ? &connection : nullptr) {
  if (connection_ != nullptr) connection_->exec("PRAGMA synchronous = FULL");
}

Database::SyncLevel::~SyncLevel() {
  if (connection_ != nullptr) connection_->tryExec("PRAGMA synchronous = NORMAL");
}

SQLite::Statement& Database::record_statement() {
  if (!record_statement_) record_statement_.emplace(connection_, insert_record_sql());
  record_statement_->tryReset();  // after a failed step, reset reports that failure once more
  return *record_statement_;
}

std::filesystem::path Database::run_directory(const std::string& id) const { return directory_ / "checkpoints" / id; }

void Database::create_run_directory(const std::string& id) const { make_directory(run_directory(id)); }

std::filesystem::path Database::checkpoint_file(const std::string& id, std::int64_t step) const {
  return run_directory(id) / fmt::format("step-{}.safetensors", step);
}

void Database::fail_translated(const SQLite::Exception& error) const {
  const std::string where = directory_.string();
  switch (error.getErrorCode() & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      fail(ErrorKind::kStore, "store {} is locked by another process (waited {:.3g} s)", where, wait_seconds_);
    case SQLITE_FULL:
      fail(ErrorKind::kIo, "store {}: the disk is full; what was stored before is intact", where);
    case SQLITE_IOERR: {
      const int code = sqlite3_system_errno(connection_.getHandle());
      fail(ErrorKind::kIo, "store {}: {}: {}", where, error.what(), code != 0 ? std::strerror(code) : "unknown cause");
    }
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_NOLFS:
    case SQLITE_NOMEM:
      fail(ErrorKind::kIo, "store {}: {} cannot be opened for writing: {}", where, kFileName, error.what());
    case SQLITE_NOTADB:
      fail(ErrorKind::kStore, "store {}: {} is not a groklab store (not an SQLite file)", where, kFileName);
    case SQLITE_CORRUPT:
      fail(ErrorKind::kStore, "store {}: {} is damaged: {}", where, kFileName, error.what());
    default:
      fail(ErrorKind::kStore, "store {}: {}", where, error.what());
  }
}

}  // namespace groklab
