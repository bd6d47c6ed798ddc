// See run_removal.h.
#include "groklab/lab/run_removal.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>

#include "groklab/base/error.h"
#include "groklab/base/join.h"

namespace groklab {
namespace {

/// No run's id has a dot.
constexpr const char* kCare = "care.store";

/// The lock that a training of the run holds.
std::string lock_of(const Store& store, const std::string& id) {
  const std::string replaces = store.run(id).replaces;
  return replaces.empty() ? id : replaces;
}

std::deque<RunLock> lock_all(const Store& store, const std::vector<std::string>& ids) {
  std::set<std::string> names;
  for (const std::string& id : ids) names.insert(lock_of(store, id));
  std::deque<RunLock> locks;
  for (const std::string& name : names) locks.emplace_back(store.directory(), name);
  return locks;
}

/// Runs of the garbage that can be locked, with their locks.
std::map<std::string, std::optional<RunLock>> lock_runs_of(const Store& store, const Garbage& garbage) {
  std::map<std::string, std::optional<RunLock>> locks;
  for (const Garbage::File& file : garbage.leftovers) locks[file.run];
  for (const Garbage::State& state : garbage.states) locks[state.run];
  locks.erase("");
  for (auto& [id, lock] : locks) {
    try {
      lock.emplace(store.directory(), lock_of(store, id));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kStore) throw;  // in training, or a row that cannot be read
    }
  }
  return locks;
}

Garbage without(Garbage garbage, const std::set<std::string>& runs) {
  std::erase_if(garbage.leftovers, [&](const Garbage::File& file) { return runs.contains(file.run); });
  std::erase_if(garbage.states, [&](const Garbage::State& state) { return runs.contains(state.run); });
  return garbage;
}

template <typename Locks>
std::set<std::string> unlocked(const Locks& locks) {
  std::set<std::string> runs;
  for (const auto& [id, lock] : locks) {
    if (!lock) runs.insert(id);
  }
  return runs;
}

}  // namespace

Removal plan_removal(const Store& store, const std::vector<std::string>& ids, bool with_forks) {
  Removal removal{ids, {}};
  for (std::vector<std::string> forks = store.forks_of(removal.ids); !forks.empty();
       forks = store.forks_of(removal.ids)) {
    if (!with_forks) {
      const std::size_t count = forks.size();
      if (count > 5) forks.resize(5);
      fail(ErrorKind::kStore,
           "delete: {} fork{} would lose the run that {} from ({}{}); --with-forks deletes forks too", count,
           count == 1 ? "" : "s", count == 1 ? "it starts" : "they start", join(forks, ", "), count > 5 ? ", ..." : "");
    }
    removal.ids.insert(removal.ids.end(), forks.begin(), forks.end());
  }
  const std::deque<RunLock> locks = lock_all(store, removal.ids);
  for (const std::string& id : removal.ids) {
    const StoredSize size = store.size_of(id);
    removal.size.records += size.records;
    removal.size.states += size.states;
    removal.size.file_bytes += size.file_bytes;
    removal.size.row_bytes += size.row_bytes;
  }
  return removal;
}

void remove_runs(Store& store, const Removal& removal) {
  const std::deque<RunLock> locks = lock_all(store, removal.ids);
  store.remove_runs(removal.ids);
}

StoreCareLock::StoreCareLock(const Store& store) try : lock_(store.directory(), kCare) {
} catch (const RunBusy&) {
  fail(ErrorKind::kStore, "store {}: another program merges into it or collects its garbage now",
       store.directory().string());
}

Garbage find_garbage(const Store& store, std::int64_t keep_last, std::vector<std::string>& busy) {
  const Garbage garbage = store.garbage(keep_last);
  const auto locks = lock_runs_of(store, garbage);
  const std::set<std::string> others = unlocked(locks);
  busy.assign(others.begin(), others.end());
  return without(garbage, others);
}

void remove_garbage(Store& store, const Garbage& garbage) {
  const auto locks = lock_runs_of(store, garbage);
  store.remove_garbage(without(garbage, unlocked(locks)));
}

}  // namespace groklab
