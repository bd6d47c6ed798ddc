// See run_lock.h.
#include "groklab/lab/run_lock.h"

#include <unistd.h>

#include <system_error>

#include "groklab/base/error.h"
#include "groklab/files/file_io.h"
#include "groklab/files/file_lock.h"
#include "groklab/store/store.h"

namespace groklab {

RunLock::RunLock(const std::filesystem::path& store_directory, const std::string& id) {
  const std::filesystem::path directory = store_directory / "locks";
  make_directories(directory, Durability::kNoSync);
  const std::string file = (directory / id).string();
  std::error_code ignored;
  if (std::filesystem::is_symlink(directory, ignored) || id.find('/') != std::string::npos) {
    fail(ErrorKind::kStore, "{}: expected a lock inside the store, found a way out of it", file);
  }
  descriptor_ = try_lock_file(file);
  if (descriptor_ < 0) throw RunBusy(id);
}

RunLock::~RunLock() { ::close(descriptor_); }

std::deque<RunLock> lock_unended_runs(const Store& store) {
  std::vector<std::string> damaged;
  std::deque<RunLock> locks;
  for (const RunInfo& info : store.runs("status = 'running'", &damaged)) locks.emplace_back(store.directory(), info.id);
  return locks;
}

std::deque<RunLock> lock_all_runs(const std::filesystem::path& store_directory) {
  constexpr std::size_t kMostLocks = 500;  // a process may open a thousand files or so
  std::error_code none;
  std::deque<RunLock> locks;
  for (const auto& entry : std::filesystem::directory_iterator(store_directory / "locks", none)) {
    const std::string id = entry.path().filename().string();
    if (locks.size() < kMostLocks) {
      locks.emplace_back(store_directory, id);
    } else {
      const RunLock looked_at(store_directory, id);
    }
  }
  return locks;
}

}  // namespace groklab
