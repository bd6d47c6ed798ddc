// See store_sink.h.
#include "groklab/store/store_sink.h"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "groklab/store/checkpoint_file.h"
#include "groklab/store/run_rows.h"

namespace groklab {
namespace {

/// Records wait this long for company: a transaction costs some 30 us, a record in a batch some 8 us.
constexpr std::chrono::seconds kLongestWait{1};
constexpr std::size_t kLargestBatch = 4096;
/// A run that trains for a shorter time never waits for the disk (a sync costs milliseconds, sweeps have 10,000 runs);
/// a longer one loses at most the work since its last checkpoint when the power fails.
constexpr std::chrono::seconds kSyncDistance{1};

}  // namespace

std::int64_t run_number(SQLite::Database& connection, const std::filesystem::path& directory, const std::string& id) {
  SQLite::Statement query(connection, "SELECT number FROM runs WHERE id = ?1");
  query.bind(1, id);
  if (!query.executeStep()) fail(ErrorKind::kStore, "store {}: no run {}", directory.string(), id);
  return query.getColumn(0).getInt64();
}

void put_probe_result(SQLite::Database& connection, std::int64_t run_number, const ProbeResult& result) {
  nlohmann::ordered_json json = probe_result_to_json(result);
  SQLite::Statement known(connection, "SELECT result FROM probes WHERE run = ?1 AND step = ?2");
  known.bind(1, run_number);
  known.bind(2, result.step);
  if (known.executeStep()) {
    nlohmann::ordered_json merged = nlohmann::ordered_json::parse(known.getColumn(0).getString());
    merged.update(json);
    json = std::move(merged);
  }
  SQLite::Statement insert(connection, "INSERT OR REPLACE INTO probes(run, step, result) VALUES (?1, ?2, ?3)");
  insert.bind(1, run_number);
  insert.bind(2, result.step);
  insert.bind(3, json.dump());
  insert.exec();
}

StoreSink::StoreSink(Database& database, std::string id, ParameterLayout layout)
    : database_(database), id_(std::move(id)), layout_(std::move(layout)) {
  run_number_ =
      database_.read([&](SQLite::Database& connection) { return run_number(connection, database_.directory(), id_); });
  remove_leftovers();
}

StoreSink::~StoreSink() {
  try {
    flush();
  } catch (...) {
  }
}

void StoreSink::on_record(const Record& record) {
  pending_.push_back(record);
  if (pending_.size() >= kLargestBatch || Clock::now() - last_flush_ >= kLongestWait) flush();
}

void StoreSink::on_probe(const ProbeResult& result) { pending_probes_.push_back(result); }

void StoreSink::on_checkpoint(const TrainState& state, bool kept) {
  const Durability durability = next_durability();
  database_.create_run_directory(id_);
  std::vector<std::int64_t> superseded;
  database_.write(durability, [&](SQLite::Database& connection) {
    insert_pending(connection);
    set_progress(connection, state.step, state.seconds);
    SQLite::Statement known(connection, "SELECT step, kept FROM checkpoints WHERE run = ?1");
    known.bind(1, run_number_);
    bool keep = kept;
    while (known.executeStep()) {
      const std::int64_t step = known.getColumn(0).getInt64();
      const bool known_kept = known.getColumn(1).getInt() != 0;
      if (step == state.step) keep = keep || known_kept;
      if (step != state.step && !known_kept) superseded.push_back(step);
    }
    write_safetensors(database_.checkpoint_file(id_, state.step), checkpoint_to_file(state, layout_, keep), durability);
    SQLite::Statement insert(connection, "INSERT OR REPLACE INTO checkpoints(run, step, kept) VALUES (?1, ?2, ?3)");
    insert.bind(1, run_number_);
    insert.bind(2, state.step);
    insert.bind(3, keep ? 1 : 0);
    insert.exec();
    for (const std::int64_t step : superseded) {
      SQLite::Statement remove(connection, "DELETE FROM checkpoints WHERE run = ?1 AND step = ?2");
      remove.bind(1, run_number_);
      remove.bind(2, step);
      remove.exec();
    }
  });
  clear_pending();
  last_flush_ = Clock::now();
  // Only now: had we died before the commit, the predecessor would still be the run's state.
  for (const std::int64_t step : superseded) {
    std::error_code ignored;
    std::filesystem::remove(database_.checkpoint_file(id_, step), ignored);
  }
}

void StoreSink::on_outcome(const Outcome& outcome) {
  database_.write(next_durability(), [&](SQLite::Database& connection) {
    insert_pending(connection);
    SQLite::Statement update(connection,
                             "UPDATE runs SET status = ?2, reason = ?3, step = ?4, seconds = ?5 WHERE number = ?1");
    update.bind(1, run_number_);
    update.bind(2, run_status_name(outcome.status));
    update.bind(3, outcome.reason);
    update.bind(4, outcome.step);
    update.bind(5, outcome.seconds);
    update.exec();
  });
  ended_ = true;
  clear_pending();
  last_flush_ = Clock::now();
}

void StoreSink::flush() {
  if (pending_.empty()) return;  // a probe result follows a record of its step
  database_.write(Durability::kNoSync, [&](SQLite::Database& connection) {
    insert_pending(connection);
    set_progress(connection, pending_.back().step, pending_.back().seconds);
  });
  clear_pending();
  last_flush_ = Clock::now();
}

void StoreSink::insert_pending(SQLite::Database& connection) {
  for (const Record& record : pending_) {
    SQLite::Statement& insert = database_.record_statement();
    bind_record(insert, run_number_, record);
    insert.exec();
  }
  for (const ProbeResult& result : pending_probes_) put_probe_result(connection, run_number_, result);
}

void StoreSink::clear_pending() {
  pending_.clear();
  pending_probes_.clear();
}

void StoreSink::set_progress(SQLite::Database& connection, std::int64_t step, double seconds) {
  if (ended_) return;
  SQLite::Statement update(
      connection, "UPDATE runs SET status = 'running', reason = '', step = ?2, seconds = ?3 WHERE number = ?1");
  update.bind(1, run_number_);
  update.bind(2, step);
  update.bind(3, seconds);
  update.exec();
}

Durability StoreSink::next_durability() {
  if (Clock::now() - last_sync_ < kSyncDistance) return Durability::kNoSync;
  last_sync_ = Clock::now();
  return Durability::kSync;
}

void StoreSink::remove_leftovers() {
  const std::filesystem::path directory = database_.run_directory(id_);
  if (!std::filesystem::is_directory(directory)) return;
  // Under the write lock: a checkpoint that another process is about to register is not a leftover.
  database_.write(Durability::kNoSync, [&](SQLite::Database& connection) {
    std::set<std::filesystem::path> registered;
    SQLite::Statement known(connection, "SELECT step FROM checkpoints WHERE run = ?1");
    known.bind(1, run_number_);
    while (known.executeStep()) registered.insert(database_.checkpoint_file(id_, known.getColumn(0).getInt64()));
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
      if (entry.path().filename().string().starts_with("step-") && !registered.contains(entry.path())) {
        std::filesystem::remove(entry.path(), ignored);
      }
    }
  });
  remove_stale_temporaries(directory);
}

}  // namespace groklab
