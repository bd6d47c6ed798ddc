// Writes what one training run reports into the store. Internal to store/: users call Store::sink.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "groklab/record/record.h"
#include "groklab/store/database.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// A failed write leaves the store as it was and keeps the records for the next try.
class StoreSink : public RecordSink {
 public:
  /// Throws Error(kStore) if the run is not in the store. Removes what a killed process left of it on disk.
  StoreSink(Database& database, std::string id, ParameterLayout layout);
  /// Writes the records that wait; errors are swallowed, as they cannot be reported any more.
  ~StoreSink() override;

  void on_record(const Record& record) override;
  void on_probe(const ProbeResult& result) override;
  void on_checkpoint(const TrainState& state, bool kept) override;
  void on_outcome(const Outcome& outcome) override;

 private:
  using Clock = std::chrono::steady_clock;

  void remove_leftovers();
  void flush();
  void insert_pending(SQLite::Database& connection);
  void clear_pending();
  void set_progress(SQLite::Database& connection, std::int64_t step, double seconds);
  /// Whether this write should wait for the disk: once a second of training.
  Durability next_durability();

  Database& database_;
  std::string id_;
  ParameterLayout layout_;
  std::int64_t run_number_ = 0;
  std::vector<Record> pending_;
  std::vector<ProbeResult> pending_probes_;
  bool ended_ = false;  ///< an outcome is stored: later writes leave the status alone
  Clock::time_point last_flush_ = Clock::now();
  Clock::time_point last_sync_ = Clock::now();
};

/// Inserts a result, or puts its parts in place of those of the stored result of its step. Inside write().
void put_probe_result(SQLite::Database& connection, std::int64_t run_number, const ProbeResult& result);

/// Number of the run in the runs table. Throws Error(kStore) if there is none of that id.
std::int64_t run_number(SQLite::Database& connection, const std::filesystem::path& directory, const std::string& id);

}  // namespace groklab
