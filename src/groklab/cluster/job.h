// A sweep or study on a cluster: a folder with everything that its tasks need and leave behind.
//
//   job.json         what is trained, in how many shards
//   grid.toml        a copy of the sweep's grid
//   array.sh         what a task runs; made once, then the user's
//   stores/shard-3   the store of a shard
//   done/3           empty, once the shard has ended; failed/3 holds the exit code of one that failed
//   logs/            of the tasks
//   lock             held by what queues shards
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "groklab/cluster/settings.h"

namespace groklab {

struct ClusterJob {
  std::filesystem::path folder;   ///< absolute
  std::vector<std::string> what;  ///< arguments of groklab: {"sweep", "grid.toml"}, {"reproduce", "varma2023", ...}
  int shards = 1;
  std::string grid_digest;  ///< of the grid's text; "" for a study
};

/// Held from the look at what is queued until the rest is: two at once would queue every shard twice.
class JobLock {
 public:
  /// Makes the folder. Throws Error(kConfig) if another process holds it; Error(kIo).
  explicit JobLock(const std::filesystem::path& folder);
  ~JobLock();
  JobLock(const JobLock&) = delete;
  JobLock& operator=(const JobLock&) = delete;

 private:
  int descriptor_;
};

enum class ShardState { kLeft, kWaiting, kRunning, kDone, kFailed };

/// Makes the folder with `script` as array.sh, or finds that it holds the same job already: a script that is there is
/// kept, as it may have been edited. Whether the folder's script is `script`. Throws Error(kConfig) if it holds another
/// job; Error(kIo).
bool write_job(const ClusterJob& job, const std::string& grid, const std::string& script);
/// Throws Error(kInput): no job there, or not as write_job wrote it.
ClusterJob read_job(const std::filesystem::path& folder);

/// What the scheduler calls the job: the same for every submission of a folder, so that no submission is forgotten.
std::string job_name(const ClusterJob& job);

/// [shards] from what the tasks left behind and from what is queued: shard, from 1, -> whether it runs.
std::vector<ShardState> shard_states(const ClusterJob& job, const std::map<int, bool>& queued);
/// Shards, from 1, in a state.
std::vector<int> shards_in(const std::vector<ShardState>& states, ShardState state);

std::filesystem::path shard_store(const ClusterJob& job, int shard);
/// "1-3,7". Expects them in order.
std::string array_text(const std::vector<int>& indices);

}  // namespace groklab
