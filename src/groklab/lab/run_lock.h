// One process trains a run at a time: a lock file per run, freed by the system when its process ends in any way.
#pragma once

#include <filesystem>
#include <string>

namespace groklab {

class RunLock {
 public:
  /// Throws Error(kStore) if another process holds it.
  RunLock(const std::filesystem::path& store_directory, const std::string& id);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace groklab
