// Deleting stored runs and collecting what nothing needs, beside programs that train.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/lab/run_lock.h"
#include "groklab/store/store.h"

namespace groklab {

/// Runs that go together.
struct Removal {
  std::vector<std::string> ids;
  StoredSize size;  ///< of all
};

/// The runs, `with_forks` with all forks of theirs, and forks of these. Throws Error(kStore) if one is in training, or
/// if a fork would lose its parent.
Removal plan_removal(const Store& store, const std::vector<std::string>& ids, bool with_forks);
/// Throws Error(kStore) if one is in training by now.
void remove_runs(Store& store, const Removal& removal);

/// While it lives, no other program merges into the store or collects garbage. Throws Error(kStore) if one does.
class StoreCareLock {
 public:
  explicit StoreCareLock(const Store& store);

 private:
  RunLock lock_;
};

/// Store::garbage without what belongs to runs in training; `busy` takes their ids.
Garbage find_garbage(const Store& store, std::int64_t keep_last, std::vector<std::string>& busy);
/// Removes it, but for runs that came to be in training.
void remove_garbage(Store& store, const Garbage& garbage);

}  // namespace groklab
