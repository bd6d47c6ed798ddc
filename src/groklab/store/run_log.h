// Keeps a run's own file beside its states up to the rows of the database. Internal to store/.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "groklab/files/file_io.h"
#include "groklab/store/run_file.h"

namespace groklab {

class Database;

/// One run's file while the run is written. It goes ahead of the database: what write() puts there is committed after
/// it, or is written anew by whoever goes on with the run.
class RunLog {
 public:
  /// Reads how far the file goes that is there, if one is; a damaged one is written anew by the first write.
  void begin(Database& database, std::int64_t number, const std::string& folder);
  /// Whether there is a file: then every change of states must be written, as it removes what the file tells of.
  bool is_begun() const { return size_ > 0; }
  /// Adds what came since the last write: columns of the run's row that changed, records and probe results of its last
  /// step and later ones, states. Inside Database::write, behind these. The folder is made if it is missing.
  void write(SQLite::Database& connection, Durability durability);
  /// The same, but the first write has all rows, whatever is there.
  void begin_anew(Database& database, std::int64_t number, const std::string& folder);

 private:
  using Put = std::function<void(const std::string& frame, bool closes)>;

  void forget();
  void frames(SQLite::Database& connection, const Put& put);
  void write_whole(SQLite::Database& connection, Durability durability);
  void add_row_changes(SQLite::Database& connection, RunFileFrame& frame);
  std::int64_t add_rows(SQLite::Database& connection, const std::string& table, RunFileFrame& frame, const Put& put);
  void add_said(SQLite::Database& connection, RunFileFrame& frame);
  void add_states(SQLite::Database& connection, RunFileFrame& frame);
  void take(const RunFileSection& section);

  Database* database_ = nullptr;
  std::int64_t number_ = 0;
  std::string folder_;
  std::filesystem::path file_;
  std::uintmax_t size_ = 0;                    ///< of what the file has for certain; 0: all is to be written
  std::map<std::string, Cell> row_;            ///< the run's row as the file has it
  std::map<std::int64_t, std::int64_t> kept_;  ///< states as the file has them: step, kept
  std::int64_t last_step_ = -1;                ///< of the records there
  std::map<std::string, std::vector<std::vector<Cell>>> said_;  ///< names, tags and notes as the file has them
};

/// Writes a run's file whole. Inside Database::write.
void write_run_file(Database& database, SQLite::Database& connection, std::int64_t number, Durability durability);
/// The same for a run that has one; one in training whose rows were never written has none yet.
void update_run_file(Database& database, SQLite::Database& connection, std::int64_t number);

}  // namespace groklab
