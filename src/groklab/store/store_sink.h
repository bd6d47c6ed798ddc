// Writes what one training run reports into the store. Internal to store/: users call Store::sink.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "groklab/record/record.h"
#include "groklab/store/database.h"
#include "groklab/store/run_log.h"
#include "groklab/store/waiting_file.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// A failed write leaves the store as it was and keeps the records for the next try. While another program holds the
/// database, training goes on: records wait in memory, and every checkpoint goes into a file beside the database that
/// joins it when it is free (waiting_file.h), at the latest when the run is resumed.
class StoreSink : public RecordSink {
 public:
  /// Throws Error(kStore) if the run is not in the store. Removes what a killed process left of it on disk.
  StoreSink(Database& database, std::string id, ParameterLayout layout);
  /// Writes the records that wait; errors are swallowed, as they cannot be reported any more.
  ~StoreSink() override;

  void on_record(const Record& record) override;
  void on_probe(const ProbeResult& result) override;
  void on_checkpoint(const TrainState& state, bool kept) override;
  /// Waits for a lock longer than the others. Throws StoreLocked if that is not enough; nothing is lost then.
  void on_outcome(const Outcome& outcome) override;

  /// Puts into the database what waits for it.
  void take_in_waiting();

 private:
  using Clock = std::chrono::steady_clock;

  void remove_leftovers();
  void flush();
  /// False if another program holds the database: then it waits for it only briefly until a write succeeds.
  template <typename Body>
  bool try_write(Durability durability, Body&& body);
  void insert_pending(SQLite::Database& connection);
  void insert_waiting(SQLite::Database& connection);
  /// Registers the state at `step`, whose file is there; the unkept states that it replaces join superseded_.
  void register_state(SQLite::Database& connection, std::int64_t step, bool kept);
  bool is_kept(SQLite::Database& connection, std::int64_t step) const;
  /// Behind a commit: forgets what it stored and removes the files that nothing needs any more.
  void settle();
  void let_wait(WaitingPart part);
  void set_progress(SQLite::Database& connection, std::int64_t step, double seconds);
  /// Whether this write should wait for the disk: once a second of training.
  Durability next_durability();

  Database& database_;
  std::string id_;
  ParameterLayout layout_;
  std::int64_t run_number_ = 0;
  std::string folder_;
  RunLog log_;
  std::vector<Record> pending_;
  std::vector<ProbeResult> pending_probes_;
  std::vector<std::int64_t> superseded_;  ///< by what is being written
  WaitingFiles waiting_;
  bool is_locked_ = false;  ///< the last write found the database locked
  bool ended_ = false;      ///< an outcome is stored: later writes leave the status alone
  Clock::time_point last_flush_ = Clock::now();
  Clock::time_point last_sync_ = Clock::now();
};

/// Inserts a result, or puts its parts in place of those of the stored result of its step. Inside write().
void put_probe_result(SQLite::Database& connection, std::int64_t run_number, const ProbeResult& result);

/// Number of the run in the runs table. Throws Error(kStore) if there is none of that id.
std::int64_t run_number(SQLite::Database& connection, const std::filesystem::path& directory, const std::string& id);

/// Gives a run that replaces another that one's id and removes the other's rows. Inside write(); the folder is to be
/// removed behind the commit. Both empty if it replaces none.
struct Installed {
  std::string id, old_folder;
};
Installed install_run(SQLite::Database& connection, std::int64_t run_number);

}  // namespace groklab
