// Joining stores that were filled apart: Store::merge. Files first, then the rows that need them.
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/store/annotation.h"
#include "groklab/store/checkpoint_file.h"
#include "groklab/store/run_copy.h"
#include "groklab/store/run_log.h"
#include "groklab/store/run_rows.h"
#include "groklab/store/store_impl.h"
#include "groklab/store/store_sink.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatch = 100;  // runs that become durable together: one wait for the disk instead of hundreds

/// What decides which of two runs of one id stays.
struct Candidate {
  std::int64_t number = 0, step = 0;
  std::string id, folder, status, config, engine, instruction_set;

  bool is_done() const { return status == "finished" || status == "stopped" || status == "diverged"; }
  bool is_further_than(const Candidate& other) const {
    return std::pair(is_done(), step) > std::pair(other.is_done(), other.step);
  }
};

Candidate read_candidate(SQLite::Statement& row) {
  return {row.getColumn(0).getInt64(),  row.getColumn(1).getInt64(),  row.getColumn(2).getString(),
          row.getColumn(3).getString(), row.getColumn(4).getString(), row.getColumn(5).getString(),
          row.getColumn(6).getString(), row.getColumn(7).getString()};
}

/// A run that takes another one's place joins that one's id only when it is done; until then it is nobody's result.
constexpr const char* kCandidates =
    "SELECT number, step, id, folder, status, config, engine, instruction_set FROM runs WHERE replaces IS NULL ";

std::vector<Candidate> all_candidates(SQLite::Database& connection) {
  SQLite::Statement query(connection, std::string(kCandidates) + "ORDER BY number");
  std::vector<Candidate> all;
  while (query.executeStep()) all.push_back(read_candidate(query));
  return all;
}

std::optional<Candidate> find_candidate(SQLite::Database& connection, const std::string& id) {
  SQLite::Statement query(connection, std::string(kCandidates) + "AND id = ?1");
  query.bind(1, id);
  if (!query.executeStep()) return std::nullopt;
  return read_candidate(query);
}

std::vector<std::int64_t> checkpoint_steps(SQLite::Database& connection, std::int64_t number) {
  SQLite::Statement query(connection, "SELECT step FROM checkpoints WHERE run = ?1 ORDER BY step");
  query.bind(1, number);
  std::vector<std::int64_t> steps;
  while (query.executeStep()) steps.push_back(query.getColumn(0).getInt64());
  return steps;
}

bool same_value(const SQLite::Column& a, const SQLite::Column& b) {
  if (a.getType() != b.getType()) return false;
  switch (a.getType()) {
    case SQLITE_INTEGER:
      return a.getInt64() == b.getInt64();
    case SQLITE_FLOAT:
      return a.getDouble() == b.getDouble();  // a NaN is NULL
    default:
      return a.getString() == b.getString();
  }
}

/// The records of a run, with every column but those of time.
SQLite::Statement rows_by_step(SQLite::Database& connection, std::int64_t number) {
  const std::vector<std::string> columns = columns_of(connection, "records", {"run", "step", "seconds", "checksum"});
  SQLite::Statement query(
      connection, fmt::format("SELECT step, {} FROM records WHERE run = ?1 ORDER BY step", join(columns, ", ")));
  query.bind(1, number);
  return query;
}

class Merge {
 public:
  Merge(Database& to, Database& from) : to_(to), from_(from) {}

  MergeReport run(const std::atomic<bool>* interrupt) {
    copy_inputs();
    const std::vector<Candidate> all = from_.read(all_candidates);
    for (const Candidate& theirs : all) {
      if (interrupt != nullptr && interrupt->load()) {
        report_.interrupted = true;
        break;
      }
      try {
        if (take(theirs)) held_.push_back(theirs.id);
      } catch (const Error& error) {
        if (error.kind() == ErrorKind::kIo) throw;
        report_.conflicts.push_back(fmt::format("{}: {}", from_.directory().string(), error.what()));
      }
      if (taken_.size() >= kBatch) commit();
    }
    commit();
    merge_annotations();
    return std::move(report_);
  }

 private:
  /// A run whose files lie in the destination already, under a name that no row has.
  struct Taken {
    Candidate run;
    std::string folder;
    std::optional<Candidate> old;  ///< whose place it takes
  };

  /// Whether the destination holds the run then, theirs or its own.
  bool take(const Candidate& theirs) {
    check_id(theirs.id);
    const std::optional<Candidate> ours =
        to_.read([&](SQLite::Database& connection) { return find_candidate(connection, theirs.id); });
    if (ours) {
      if (const std::string difference = difference_between(*ours, theirs); !difference.empty()) {
        report_.conflicts.push_back(fmt::format("run {}: {} and {} differ: {}", theirs.id, to_.directory().string(),
                                                from_.directory().string(), difference));
        return false;
      }
      if (!theirs.is_further_than(*ours)) {
        ++(ours->is_further_than(theirs) ? report_.older : report_.equal);
        return true;
      }
    }
    from_.read([&](SQLite::Database& connection) { check_readable(connection, theirs.number); });
    taken_.push_back({theirs, copy_states(theirs, free_folder(theirs.id, ours)), ours});
    return true;
  }

  static bool is_annotated(SQLite::Database& connection, const std::string& id) {
    SQLite::Statement query(connection,
                            "SELECT 1 FROM annotations WHERE run = ?1 UNION SELECT 1 FROM tags WHERE run = ?1");
    query.bind(1, id);
    return query.executeStep();
  }

  void merge_annotations() {
    if (held_.empty()) return;
    to_.write_with(from_, Durability::kSync, [&](SQLite::Database& here, SQLite::Database& there) {
      for (const std::string& id : held_) {
        if (!is_annotated(there, id)) continue;
        merge_annotation(here, there, id);
        update_run_file(to_, here, run_number(here, to_.directory(), id));
      }
    });
  }

  /// "" if one is the other, or its beginning.
  std::string difference_between(const Candidate& ours, const Candidate& theirs) {
    if (ours.config != theirs.config) return "other configurations";
    if (ours.engine != theirs.engine) return fmt::format("{} against {}", ours.engine, theirs.engine);
    const std::string sets = ours.instruction_set == theirs.instruction_set
                                 ? ""
                                 : fmt::format(" ({} against {})", ours.instruction_set, theirs.instruction_set);
    const bool both_done = ours.is_done() && theirs.is_done();
    if (both_done && (ours.step != theirs.step || ours.status != theirs.status)) {
      return fmt::format("{} at step {} against {} at step {}{}", ours.status, ours.step, theirs.status, theirs.step,
                         sets);
    }
    return to_.read_with(from_, [&](SQLite::Database& here, SQLite::Database& there) -> std::string {
      const std::string records = difference_of_records(here, ours.number, there, theirs.number, both_done);
      if (!records.empty()) return records + sets;
      return both_done && !same_last_state(here, ours, there, theirs) ? "their last states" + sets : "";
    });
  }

  static std::string difference_of_records(SQLite::Database& here, std::int64_t ours, SQLite::Database& there,
                                           std::int64_t theirs, bool all) {
    SQLite::Statement a = rows_by_step(here, ours), b = rows_by_step(there, theirs);
    bool more_a = a.executeStep(), more_b = b.executeStep();
    while (more_a && more_b) {
      for (int i = 0; i < a.getColumnCount(); ++i) {
        if (!same_value(a.getColumn(i), b.getColumn(i))) {
          return fmt::format("their records at step {}, {}",
                             std::min(a.getColumn(0).getInt64(), b.getColumn(0).getInt64()), a.getColumnName(i));
        }
      }
      more_a = a.executeStep();
      more_b = b.executeStep();
    }
    return all && more_a != more_b ? "the numbers of their records" : "";
  }

  bool same_last_state(SQLite::Database& here, const Candidate& ours, SQLite::Database& there,
                       const Candidate& theirs) const {
    const std::vector<std::int64_t> a = checkpoint_steps(here, ours.number), b = checkpoint_steps(there, theirs.number);
    if (a.empty() || b.empty()) return a.empty() == b.empty();
    if (a.back() != b.back()) return false;
    const TensorFile left = read_checkpoint_file(to_.files().find_state(ours.folder, a.back()));
    const TensorFile right = read_checkpoint_file(from_.files().find_state(theirs.folder, b.back()));
    return same_tensors(left, right);
  }

  static bool same_tensors(const TensorFile& a, const TensorFile& b) {
    if (a.tensors.size() != b.tensors.size()) return false;
    for (std::size_t i = 0; i < a.tensors.size(); ++i) {
      const FileTensor &x = a.tensors[i], &y = b.tensors[i];
      if (x.name != y.name || x.dtype != y.dtype || x.shape != y.shape || x.data != y.data) return false;
    }
    return true;
  }

  /// Returns the folder in the destination.
  std::string copy_states(const Candidate& run, const std::string& folder) {
    const std::vector<std::int64_t> steps =
        from_.read([&](SQLite::Database& connection) { return checkpoint_steps(connection, run.number); });
    if (!steps.empty()) to_.files().make_run_folder(folder, Durability::kNoSync);
    for (const std::int64_t step : steps) {
      const StoredFile source = from_.files().find_state(run.folder, step);
      read_checkpoint_file(source);
      copy_state(source, to_.files().checkpoint_file(folder, step));
    }
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(from_.files().run_folder(run.folder), none)) {
      const fs::path name = entry.path().filename();
      if (!name.string().starts_with("waiting-")) continue;
      copy_state(from_.files().find(run.folder, name.string()),
                 to_.files().make_run_folder(folder, Durability::kNoSync) / name);
    }
    return folder;
  }

  /// A run's folder is its id, or begins with it, so that a name is free if no other run of that id has it. What a
  /// killed merge left there is written anew.
  static std::string free_folder(const std::string& id, const std::optional<Candidate>& ours) {
    std::string folder = id;
    for (int i = 1; ours && folder == ours->folder; ++i) folder = fmt::format("{}-merged-{}", id, i);
    return folder;
  }

  /// commit() waits for the disk before it writes the rows: for a hundred runs at once.
  void copy_state(const StoredFile& from, const fs::path& to) {
    write_file(to, read_stored_file(from), Durability::kNoSync, Links::kReplace);
    to_.read([&](SQLite::Database&) { to_.add_unsynced(to); });
  }

  void copy_inputs() {
    std::error_code none;
    for (const auto& folder : fs::directory_iterator(from_.directory() / "inputs", none)) {
      for (const auto& entry : fs::directory_iterator(folder.path(), none)) {
        const fs::path target = to_.directory() / "inputs" / folder.path().filename() / entry.path().filename();
        if (!entry.is_regular_file(none) || fs::exists(target, none)) continue;
        copy_store_file(entry.path(), target, Durability::kSync);
      }
    }
  }

  void commit() {
    if (taken_.empty()) return;
    to_.write_with(from_, Durability::kSync, [&](SQLite::Database& here, SQLite::Database& there) {
      for (const Taken& taken : taken_) insert(here, there, taken);
    });
    for (const Taken& taken : taken_) {
      ++(taken.old ? report_.renewed : report_.copied);
      if (taken.old) to_.files().remove_run_folder(taken.old->folder);
    }
    taken_.clear();
  }

  void insert(SQLite::Database& here, SQLite::Database& there, const Taken& taken) {
    if (taken.old) {
      SQLite::Statement remove(here, "DELETE FROM runs WHERE number = ?1");
      remove.bind(1, taken.old->number);
      remove.exec();
    }
    copy_rows(here, there, "runs", "number", taken.run.number, std::nullopt);
    const std::int64_t number = here.getLastInsertRowid();
    SQLite::Statement place(here, "UPDATE runs SET folder = ?2 WHERE number = ?1");
    place.bind(1, number);
    place.bind(2, taken.folder);
    place.exec();
    for (const std::string& table : run_tables()) copy_rows(here, there, table, "run", taken.run.number, number);
    write_run_file(to_, here, number, Durability::kNoSync);  // its number and folder are other ones here
  }

  Database &to_, &from_;
  MergeReport report_;
  std::vector<Taken> taken_;
  std::vector<std::string> held_;  ///< ids of the runs that both hold, whoever had them first
};

}  // namespace

MergeReport& MergeReport::operator+=(const MergeReport& other) {
  copied += other.copied;
  equal += other.equal;
  renewed += other.renewed;
  older += other.older;
  conflicts.insert(conflicts.end(), other.conflicts.begin(), other.conflicts.end());
  interrupted = interrupted || other.interrupted;
  return *this;
}

MergeReport Store::merge(const Store& source, const std::atomic<bool>* interrupt) {
  return Merge(impl_->database, source.impl_->database).run(interrupt);
}

}  // namespace groklab
