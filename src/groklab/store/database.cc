// See database.h.
#include "groklab/store/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <set>
#include <thread>
#include <utility>

#include "groklab/files/file_system.h"
#include "groklab/store/migrate.h"
#include "groklab/store/run_rows.h"
#include "groklab/store/schema.h"

namespace groklab {
namespace {

/// An absolute path, since SQLite takes a name that starts with "file:" for an address with options.
std::string absolute_name(const std::filesystem::path& file) { return std::filesystem::absolute(file).string(); }

/// A database that nobody changes meanwhile, so that no lock and no shared memory are needed.
std::string immutable_address(const std::filesystem::path& file) {
  std::string address = "file:";
  for (const char c : absolute_name(file)) {
    address +=
        c == '%' || c == '?' || c == '#' ? fmt::format("%{:02x}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return address + "?immutable=1";
}

/// Stores come from others too: what their schema would have done (triggers, views, functions in either) stays undone,
/// and no statement of ours can damage the file's own tables.
SQLite::Database open_connection(const std::string& name, int flags, double wait_seconds) {
  SQLite::Database connection(name, flags, static_cast<int>(wait_seconds * 1000));
  for (const auto& [option, value] : {std::pair{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                                      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                      {SQLITE_DBCONFIG_DEFENSIVE, 1}}) {
    sqlite3_db_config(connection.getHandle(), option, value, nullptr);
  }
  return connection;
}

SQLite::Database open_or_create(const std::filesystem::path& file, double wait_seconds) {
  const int flags = SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
  try {
    return open_connection(absolute_name(file), flags, wait_seconds);
  } catch (const SQLite::Exception& error) {
    fail(ErrorKind::kIo, "store {}: cannot open {}: {}", file.parent_path().string(), file.filename().string(),
         error.what());
  }
}

/// Whether the place, not the database, is why it cannot be opened for writing.
bool is_place_read_only(const SQLite::Exception& error) {
  const int code = error.getErrorCode() & 0xff;
  return code == SQLITE_READONLY || code == SQLITE_CANTOPEN || code == SQLITE_PERM;
}

bool has_write_ahead_log(const std::filesystem::path& file) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file.string() + "-wal", error);
  return !error && size > 0;
}

}  // namespace

Database::Database(const std::filesystem::path& directory, double wait_seconds)
    : files_(directory),
      wait_seconds_(wait_seconds),
      waited_seconds_(wait_seconds),
      connection_(open_or_create(file(), wait_seconds)) {
  try {
    open();
  } catch (const SQLite::Exception& error) {
    if (!is_place_read_only(error)) fail_translated(error);
    translated([&] { open_for_reading(error); });
  }
}

void Database::open() {
  if (sqlite3_db_readonly(connection_.getHandle(), "main") == 1) {
    throw SQLite::Exception("it cannot be written", SQLITE_READONLY);
  }
  leave_write_ahead_log();
  prepare_schema();
  connection_.exec("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
  const auto remember_pages = [](void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(connection_.getHandle(), remember_pages, &log_pages_);  // in the place of SQLite's own checkpoints
  remember_file();
}

Database::~Database() {
  try {
    sync_states();  // the last connection that closes makes all commits durable
  } catch (...) {
    // Theirs are left in the log, where a loss of power may take them too: a row whose state is lost would be worse.
    sqlite3_db_config(connection_.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
}

void Database::sync() {
  const std::lock_guard lock(mutex_);
  sync_states();
}

void Database::compact() {
  const std::lock_guard lock(mutex_);
  check_present();
  sync_states();
  record_statement_.reset();
  translated([&] { connection_.exec("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)"); });
  log_pages_ = 0;
}

void Database::sync_states() {
  if (unsynced_.empty()) return;
  constexpr std::size_t kMany = 64;  // a sweep of short runs: then once for all is faster, whatever else it flushes
  if (unsynced_.size() > kMany) {
    const int store = ::open(directory().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = store >= 0 && ::syncfs(store) == 0;
    if (store >= 0) ::close(store);
    if (synced) return unsynced_.clear();
  }
  std::set<std::filesystem::path> folders;
  for (const std::filesystem::path& file : unsynced_) {
    sync_file(file);
    folders.insert(file.parent_path());
  }
  for (const std::filesystem::path& folder : folders) sync_file(folder);  // and its name in the folder above
  sync_file(unsynced_.front().parent_path().parent_path());
  unsynced_.clear();
}

void Database::shorten_log() {
  constexpr int kLongestLog = 1000;  // pages, as SQLite's own limit
  if (log_pages_ < kLongestLog) return;
  log_pages_ = 0;
  sync_states();
  connection_.tryExec("PRAGMA wal_checkpoint(PASSIVE)");  // a reader in its way only delays it
}

void Database::open_for_reading(const SQLite::Exception& refusal) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file(), error) || std::filesystem::file_size(file(), error) == 0) {
    fail_translated(refusal);
  }
  read_only_ = true;
  if (has_write_ahead_log(file())) {
    copy_.emplace(file());
    connection_ = open_connection(absolute_name(copy_->file()), SQLite::OPEN_READWRITE, wait_seconds_);
  } else {
    connection_ = open_connection(immutable_address(file()), SQLite::OPEN_READONLY | SQLite::OPEN_URI, wait_seconds_);
  }
  prepare_schema();
}

void Database::remember_file() {
  struct stat status {};
  if (::stat(file().c_str(), &status) != 0) return;
  device_ = status.st_dev;
  inode_ = status.st_ino;
}

void Database::check_present() const {
  const std::string where = directory().string();
  if (read_only_) fail(ErrorKind::kIo, "store {}: it can only be read here, expected to write to it", where);
  struct stat status {};
  if (::stat(file().c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_) return;
  fail(ErrorKind::kStore, "store {}: {} was removed or replaced while it was in use; nothing more can be stored in it",
       where, kDatabaseName);
}

void Database::prepare_schema() {
  const auto number = [&](const char* sql) { return connection_.execAndGet(sql).getInt(); };
  // Nothing is written before it is clear that the file is ours or empty.
  const auto is_empty = [&] {
    return number("PRAGMA application_id") == 0 && number("PRAGMA user_version") == 0 &&
           number("SELECT count(*) FROM sqlite_master") == 0;
  };
  if (is_empty()) {
    choose_journal();
    SQLite::Transaction transaction(connection_, SQLite::TransactionBehavior::IMMEDIATE);
    if (is_empty()) connection_.exec(schema_sql());  // else another process was faster
    transaction.commit();
  }
  if (number("PRAGMA application_id") != kApplicationId) {
    fail(ErrorKind::kStore, "store {}: {} is not a groklab store but another program's database", directory().string(),
         kDatabaseName);
  }
  const int version = number("PRAGMA user_version");
  if (version > kSchemaVersion) {
    fail(ErrorKind::kStore, "store {}: it has schema version {}, this groklab knows versions up to {}: use a newer one",
         directory().string(), version, kSchemaVersion);
  }
  if (version < 1) {
    fail(ErrorKind::kStore, "store {}: expected schema version {}, found {}", directory().string(), kSchemaVersion,
         version);
  }
  if (version < kSchemaVersion && read_only_ && !copy_) {
    copy_.emplace(file());
    connection_ = open_connection(absolute_name(copy_->file()), SQLite::OPEN_READWRITE, wait_seconds_);
    return prepare_schema();
  }
  if (version < kSchemaVersion) {
    SQLite::Transaction transaction(connection_, SQLite::TransactionBehavior::IMMEDIATE);
    const int present = number("PRAGMA user_version");  // another process may have been faster
    if (present < kSchemaVersion) migrate(connection_, present);
    transaction.commit();
  }
}

/// A store that was made on a local disk and lies on a network file system now.
void Database::leave_write_ahead_log() {
  if (!is_network_file_system(directory())) return;
  if (connection_.execAndGet("PRAGMA journal_mode").getString() != "wal") return;
  connection_.exec("PRAGMA journal_mode = TRUNCATE");  // refused while another process has it open
}

void Database::choose_journal() {
  // A write-ahead log needs memory that its users share: several machines have none. The old journal is slower (a sync
  // for each commit) and needs locks alone, which network file systems of clusters have.
  const char* const journal =
      is_network_file_system(directory()) ? "PRAGMA journal_mode = TRUNCATE" : "PRAGMA journal_mode = WAL";
  // SQLite does not wait here when another process creates the same store, so we do.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(wait_seconds_);
  for (;;) {
    try {
      connection_.exec(journal);
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

Database::Patience::Patience(Database& database, double seconds) : database_(database) {
  database_.waited_seconds_ = seconds;
  database_.connection_.setBusyTimeout(static_cast<int>(seconds * 1000));
}

Database::Patience::~Patience() {
  sqlite3_busy_timeout(database_.connection_.getHandle(), static_cast<int>(database_.wait_seconds_ * 1000));
}

SQLite::Statement& Database::record_statement() {
  if (!record_statement_) record_statement_.emplace(connection_, insert_record_sql());
  record_statement_->tryReset();  // after a failed step, reset reports that failure once more
  return *record_statement_;
}

void Database::fail_translated(const SQLite::Exception& error) const {
  const std::string where = directory().string();
  switch (error.getErrorCode() & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw StoreLocked(fmt::format("store {} is locked by another process (waited {:.3g} s)", where, waited_seconds_));
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
      fail(ErrorKind::kIo, "store {}: {} cannot be opened for writing: {}", where, kDatabaseName, error.what());
    case SQLITE_NOTADB:
      fail(ErrorKind::kStore, "store {}: {} is not a groklab store (not an SQLite file)", where, kDatabaseName);
    case SQLITE_CORRUPT:  // SQLite calls it so too where the disk does not give a page (EIO), and keeps no error number
      fail(ErrorKind::kStore, "store {}: {} is damaged, or the disk cannot read it: {}", where, kDatabaseName,
           error.what());
    default:
      fail(ErrorKind::kStore, "store {}: {}", where, error.what());
  }
}

}  // namespace groklab
