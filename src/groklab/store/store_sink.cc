// See store_sink.h.
#include "groklab/store/store_sink.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "groklab/base/digest.h"
#include "groklab/store/checkpoint_file.h"
#include "groklab/store/run_rows.h"
#include "groklab/store/stored_json.h"

namespace groklab {
namespace {

/// Records wait this long for company: a transaction costs some 30 us, a record in a batch some 8 us.
constexpr std::chrono::seconds kLongestWait{1};
constexpr std::size_t kLargestBatch = 4096;
/// A run that trains for a shorter time never waits for the disk (a sync costs milliseconds, sweeps have 10,000 runs);
/// a longer one loses at most the work since its last checkpoint when the power fails.
constexpr std::chrono::seconds kSyncDistance{1};
/// How long writes wait for another program's lock. The first one waits as long as writers of ours take at most; while
/// the lock stays, tries are short, so that training keeps 95 % of its speed; the last one has nothing else to do.
constexpr double kFirstPatience = 2.0;  // seconds
constexpr double kNextPatience = 0.05;
constexpr double kLastPatience = 6.0;  // times what the store waits otherwise (10 s)
/// Records that wait in memory for a lock, some 100 MB; more go into a file.
constexpr std::size_t kMostPending = 200'000;

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
    try {
      nlohmann::ordered_json merged = parse_stored_json(known.getColumn(0).getString(), "");
      merged.update(json);  // throws if it is no object
      json = std::move(merged);
    } catch (const std::exception&) {
      // The stored result is damaged: the new one takes its place.
    }
  }
  const std::string text = stored_json_text(json);
  SQLite::Statement insert(connection,
                           "INSERT OR REPLACE INTO probes(run, step, result, checksum) VALUES (?1, ?2, ?3, ?4)");
  insert.bind(1, run_number);
  insert.bind(2, result.step);
  insert.bind(3, text);
  insert.bind(4, checksum_of(text));
  insert.exec();
}

Installed install_run(SQLite::Database& connection, std::int64_t run_number) {
  SQLite::Statement query(connection,
                          "SELECT old.id, old.number, old.folder FROM runs JOIN runs AS old ON old.id = runs.replaces "
                          "WHERE runs.number = ?1");
  query.bind(1, run_number);
  Installed result;
  std::int64_t old_number = -1;
  if (query.executeStep()) {
    result.id = query.getColumn(0).getString();
    old_number = query.getColumn(1).getInt64();
    result.old_folder = query.getColumn(2).getString();
    if (!is_plain_word(result.old_folder)) result.old_folder.clear();
  }
  query.reset();
  SQLite::Statement remove(connection, "DELETE FROM runs WHERE number = ?1");
  remove.bind(1, old_number);
  remove.exec();
  SQLite::Statement rename(connection,
                           "UPDATE runs SET id = replaces, replaces = NULL WHERE number = ?1 AND replaces IS NOT NULL");
  rename.bind(1, run_number);
  rename.exec();
  return result;
}

namespace {

std::string folder_of(Database& database, const std::string& id) {
  return database.read([&](SQLite::Database& connection) {
    SQLite::Statement query(connection, "SELECT folder FROM runs WHERE id = ?1");
    query.bind(1, id);
    if (!query.executeStep()) fail(ErrorKind::kStore, "store {}: no run {}", database.directory().string(), id);
    return query.getColumn(0).getString();
  });
}

}  // namespace

StoreSink::StoreSink(Database& database, std::string id, ParameterLayout layout)
    : database_(database),
      id_(std::move(id)),
      layout_(std::move(layout)),
      folder_(folder_of(database, id_)),
      waiting_(database.files(), folder_) {
  run_number_ =
      database_.read([&](SQLite::Database& connection) { return run_number(connection, database_.directory(), id_); });
  log_.begin(database_, run_number_, folder_);
  remove_leftovers();
}

StoreSink::~StoreSink() {
  try {
    flush();
  } catch (...) {
  }
}

template <typename Body>
bool StoreSink::try_write(Durability durability, Body&& body) {
  superseded_.clear();
  try {
    database_.write(durability, is_locked_ ? kNextPatience : std::min(kFirstPatience, database_.wait_seconds()), body);
  } catch (const StoreLocked&) {
    is_locked_ = true;
    last_flush_ = Clock::now();
    return false;
  }
  settle();
  return true;
}

void StoreSink::settle() {
  is_locked_ = false;
  pending_.clear();
  pending_probes_.clear();
  waiting_.clear();
  last_flush_ = Clock::now();
  // Only now: had we died before the commit, the predecessor would still be the run's state.
  for (const std::int64_t step : superseded_) {
    std::error_code ignored;
    std::filesystem::remove(database_.files().checkpoint_file(folder_, step), ignored);
  }
}

void StoreSink::on_record(const Record& record) {
  pending_.push_back(record);
  const bool is_due = Clock::now() - last_flush_ >= kLongestWait;
  if (is_due || (pending_.size() >= kLargestBatch && !is_locked_)) flush();
  if (pending_.size() >= kMostPending) let_wait({});
}

void StoreSink::on_probe(const ProbeResult& result) { pending_probes_.push_back(result); }

void StoreSink::on_checkpoint(const TrainState& state, bool kept) {
  const Durability durability = next_durability();
  database_.files().make_run_folder(folder_, durability);
  const bool written = try_write(durability, [&](SQLite::Database& connection) {
    insert_pending(connection);
    set_progress(connection, state.step, state.seconds);
    const bool keep = kept || is_kept(connection, state.step);
    const std::filesystem::path file = database_.files().checkpoint_file(folder_, state.step);
    write_safetensors(file, checkpoint_to_file(state, layout_, keep), durability, Links::kReplace);
    if (durability == Durability::kNoSync) database_.add_unsynced(file);
    register_state(connection, state.step, keep);
    // A sweep of runs that take less than a second writes each run's file once, with its outcome.
    if (log_.is_begun() || durability == Durability::kSync) log_.write(connection, durability);
  });
  if (written) return;
  WaitingPart part;
  part.has_state = true;
  part.kept = kept;
  part.step = state.step;
  part.state = checkpoint_to_file(state, layout_, kept);
  let_wait(std::move(part));
}

void StoreSink::let_wait(WaitingPart part) {
  part.records = pending_;
  part.probes = pending_probes_;
  waiting_.add(part);
  pending_.clear();
  pending_probes_.clear();
}

void StoreSink::on_outcome(const Outcome& outcome) {
  std::string old_folder;
  const Durability durability = next_durability();
  const auto store_outcome = [&](SQLite::Database& connection) {
    insert_pending(connection);
    SQLite::Statement update(connection,
                             "UPDATE runs SET status = ?2, reason = ?3, step = ?4, seconds = ?5 WHERE number = ?1");
    update.bind(1, run_number_);
    update.bind(2, run_status_name(outcome.status));
    update.bind(3, outcome.reason);
    update.bind(4, outcome.step);
    update.bind(5, outcome.seconds);
    update.exec();
    const bool is_final = outcome.status == RunStatus::kFinished || outcome.status == RunStatus::kStopped ||
                          outcome.status == RunStatus::kDiverged;
    if (is_final) old_folder = install_run(connection, run_number_).old_folder;
    log_.write(connection, durability);
  };
  superseded_.clear();
  try {
    database_.write(durability, kLastPatience * database_.wait_seconds(), store_outcome);
  } catch (const StoreLocked& error) {
    let_wait({});
    throw StoreLocked(fmt::format("{}; run {} lies in {} and joins the store when it is resumed", error.what(), id_,
                                  waiting_.folder().string()));
  }
  settle();
  ended_ = true;
  if (!old_folder.empty()) database_.files().remove_run_folder(old_folder);
}

void StoreSink::flush() {
  if (pending_.empty() && waiting_.empty()) return;  // a probe result follows a record of its step
  try_write(Durability::kNoSync, [&](SQLite::Database& connection) {
    const bool has_states = !waiting_.empty();
    insert_pending(connection);
    if (!pending_.empty()) set_progress(connection, pending_.back().step, pending_.back().seconds);
    if (has_states) log_.write(connection, Durability::kNoSync);
  });
}

void StoreSink::take_in_waiting() {
  if (waiting_.empty()) return;
  superseded_.clear();
  database_.write(Durability::kSync, [&](SQLite::Database& connection) {
    insert_waiting(connection);
    log_.write(connection, Durability::kSync);
  });
  settle();
}

void StoreSink::insert_waiting(SQLite::Database& connection) {
  waiting_.visit([&](const WaitingPart& part) {
    for (const Record& record : part.records) {
      SQLite::Statement& insert = database_.record_statement();
      bind_record(insert, run_number_, record);
      insert.exec();
    }
    for (const ProbeResult& result : part.probes) put_probe_result(connection, run_number_, result);
    if (!part.has_state) return;
    const std::filesystem::path file = database_.files().checkpoint_file(folder_, part.step);
    write_safetensors(file, part.state, Durability::kSync, Links::kReplace);
    register_state(connection, part.step, part.kept || is_kept(connection, part.step));
    if (!part.records.empty()) set_progress(connection, part.step, part.records.back().seconds);
  });
}

bool StoreSink::is_kept(SQLite::Database& connection, std::int64_t step) const {
  SQLite::Statement known(connection, "SELECT kept FROM checkpoints WHERE run = ?1 AND step = ?2");
  known.bind(1, run_number_);
  known.bind(2, step);
  return known.executeStep() && known.getColumn(0).getInt() != 0;
}

void StoreSink::register_state(SQLite::Database& connection, std::int64_t step, bool kept) {
  SQLite::Statement known(connection, "SELECT step FROM checkpoints WHERE run = ?1 AND kept = 0 AND step <> ?2");
  known.bind(1, run_number_);
  known.bind(2, step);
  while (known.executeStep()) superseded_.push_back(known.getColumn(0).getInt64());
  SQLite::Statement insert(connection, "INSERT OR REPLACE INTO checkpoints(run, step, kept) VALUES (?1, ?2, ?3)");
  insert.bind(1, run_number_);
  insert.bind(2, step);
  insert.bind(3, kept ? 1 : 0);
  insert.exec();
  SQLite::Statement remove(connection, "DELETE FROM checkpoints WHERE run = ?1 AND kept = 0 AND step <> ?2");
  remove.bind(1, run_number_);
  remove.bind(2, step);
  remove.exec();
}

void StoreSink::insert_pending(SQLite::Database& connection) {
  insert_waiting(connection);
  for (const Record& record : pending_) {
    SQLite::Statement& insert = database_.record_statement();
    bind_record(insert, run_number_, record);
    insert.exec();
  }
  for (const ProbeResult& result : pending_probes_) put_probe_result(connection, run_number_, result);
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
  const std::filesystem::path directory = database_.files().run_folder(folder_);
  if (!std::filesystem::is_directory(directory)) return;
  // Under the write lock: a checkpoint that another process is about to register is not a leftover.
  database_.write(Durability::kNoSync, [&](SQLite::Database& connection) {
    std::set<std::filesystem::path> registered;
    SQLite::Statement known(connection, "SELECT step FROM checkpoints WHERE run = ?1");
    known.bind(1, run_number_);
    while (known.executeStep()) {
      registered.insert(database_.files().checkpoint_file(folder_, known.getColumn(0).getInt64()));
    }
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
