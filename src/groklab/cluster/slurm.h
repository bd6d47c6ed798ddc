// What Slurm is told and what it answers, as texts.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/cluster/job.h"

namespace groklab {

/// The script of an array's task. A task whose time ends, or that is preempted, saves a checkpoint and queues again.
std::string slurm_script(const ClusterJob& job, const ClusterSettings& settings);

/// A submission: Slurm's indices start at 1 in each, as an array may be shorter than a job has shards.
struct SlurmArray {
  int before = 0;            ///< shard = index + before
  std::vector<int> indices;  ///< from 1
};
/// `most`: MaxArraySize, which indices must lie below.
std::vector<SlurmArray> slurm_arrays(const std::vector<int>& shards, int most);
std::vector<std::string> sbatch_arguments(const ClusterJob& job, const SlurmArray& array);

/// Of `scontrol show config`; Slurm's own default where it is not said.
int max_array_size(std::string_view config);
/// What asks for it, one task a line, and the answer as shard -> whether it runs.
std::vector<std::string> squeue_arguments(const ClusterJob& job);
std::map<int, bool> parse_squeue(std::string_view answer);

}  // namespace groklab
