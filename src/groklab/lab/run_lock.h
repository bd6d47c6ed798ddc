// One process trains a run at a time: a lock file per run, freed by the system when its process ends in any way.
#pragma once

#include <deque>
#include <filesystem>
#include <string>

#include "groklab/base/error.h"

namespace groklab {

/// Another process trains the run: nothing is wrong with it, and its result will be in the store.
class RunBusy : public Error {
 public:
  explicit RunBusy(const std::string& id)
      : Error(ErrorKind::kStore, fmt::format("run {}: another process is training it now", id)) {}
};

class RunLock {
 public:
  /// Throws RunBusy if another process holds it, Error(kStore) if the locks' folder or the file is a symbolic link.
  RunLock(const std::filesystem::path& store_directory, const std::string& id);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int descriptor_ = -1;
};

class Store;
/// Of all runs that could be in training: before work on a store that none may join. Throws RunBusy.
std::deque<RunLock> lock_unended_runs(const Store& store);
/// Of all runs that ever were in training there, also where no index tells which they are.
std::deque<RunLock> lock_all_runs(const std::filesystem::path& store_directory);

}  // namespace groklab
