// The list of runs, kept in memory and brought up to date by what changed: a store of 10,000 runs with millions of
// records is not read again because one of them went a step further.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "groklab/analysis/event_times.h"
#include "groklab/config/swept_keys.h"
#include "groklab/report/overview.h"
#include "groklab/report/run_columns.h"
#include "groklab/store/store.h"

namespace groklab::serve {

/// A run as it stood at one time.
struct ListEntry {
  std::int64_t number = 0;  ///< of its row
  ListedRun run;            ///< without the names of its tensors
  EventTimesFinder finder;
  std::int64_t last_step = -1;       ///< of its records
  std::vector<OverviewPoint> curve;  ///< of every twelfth of an e-fold of steps the last record
  std::uint64_t changed = 0;         ///< the version that brought it
  std::string cells;                 ///< its row as JSON
};

struct ListColumn {
  std::string name, type;  ///< type: "text", "number", "list"
  bool is_key = false;
  RunColumn source;
};

/// All runs as they stood at one time; never changes.
struct RunSnapshot {
  struct Removal {
    std::uint64_t version;
    std::string id;
  };

  std::uint64_t version = 0;
  std::vector<ListColumn> columns;
  std::vector<std::shared_ptr<const ListEntry>> entries;  ///< newest first
  std::unordered_map<std::string, const ListEntry*> by_id;
  std::vector<std::string> damaged;  ///< a line for each run whose row cannot be read
  std::vector<Removal> removals;     ///< the last ones
  std::uint64_t complete_since = 0;  ///< what changed after this version is known as a whole

  /// nullptr if there is no run of this id.
  const ListEntry* find(const std::string& id) const;
  /// {"version", "columns", "rows", "damaged"}. `numbers`: of the rows to show; nullptr: all.
  std::string list_json(const std::vector<std::int64_t>* numbers) const;
  /// {"version", "columns", "rows", "removed", "full"}: what changed after a version.
  std::string change_json(std::uint64_t after) const;
};

class RunList {
 public:
  /// Reads the store once. Throws Error.
  explicit RunList(const std::filesystem::path& store);

  /// Reads what other processes changed since the last time; nothing if nothing did. Safe from any thread.
  void refresh();
  std::shared_ptr<const RunSnapshot> snapshot() const;
  /// The snapshot, as soon as it is newer than `version` or `wait` has passed.
  std::shared_ptr<const RunSnapshot> newer_than(std::uint64_t version, std::chrono::milliseconds wait) const;

 private:
  struct Changes;
  Changes find_changes();
  void read_changes(const Changes& changes, RunSnapshot& next);
  void read_records(const std::vector<std::shared_ptr<ListEntry>>& entries);
  void choose_columns(RunSnapshot& next, bool anew);
  void publish(std::shared_ptr<RunSnapshot> next);

  const Store store_;  ///< of its own: only another connection's changes count
  std::mutex refreshing_;
  std::int64_t counter_ = -1;
  std::map<std::int64_t, std::int64_t> marks_;
  std::map<std::int64_t, std::string> faults_;  ///< of damaged rows
  SweptKeyFinder keys_;

  mutable std::mutex mutex_;
  mutable std::condition_variable newer_;
  std::shared_ptr<const RunSnapshot> snapshot_;
};

/// The configuration's value as JSON; null for a name that is no key.
std::string key_json(const Config& config, const std::string& key);

}  // namespace groklab::serve
