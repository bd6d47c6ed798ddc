// A plan cut into shards that machines train independently, each into a store of its own; store/merge.h joins these.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/sweep/plan.h"

namespace groklab {

/// The index-th of `count`, from 1.
struct Shard {
  int index = 1, count = 1;
  friend bool operator==(const Shard&, const Shard&) = default;
};
inline constexpr int kMostShards = 100'000;

/// "3/8". Throws Error(kConfig) "--shard: expected I/N ..., found ...".
Shard parse_shard(std::string_view text);
std::string shard_text(const Shard& shard);

/// [runs] the shard of each run, 0 to count - 1. A fork is in its parent's shard. The work is shared out evenly as far
/// as that allows: trees of forks go, the largest first, where least is planned yet. Follows from the plan, `work`
/// (planned_work) and `count` alone, so that machines which never speak to each other cut alike.
std::vector<int> assign_shards(const SweepPlan& plan, const std::vector<double>& work, int count);

/// The runs of one shard, in the plan's order; may have none.
SweepPlan shard_of(const SweepPlan& plan, const std::vector<int>& shards, int index);
/// Of a plan that is moved here, no two are in memory at the end.
SweepPlan shard_of(SweepPlan plan, const Shard& shard);

/// Shards on machines: what `nodes` nodes of `cores` cores take for them.
struct ShardSchedule {
  int shards = 1;
  double longest = 0;  ///< seconds of the longest shard on one node
  double total = 0;    ///< seconds until the last of the nodes has ended
};
/// Cut so that a shard is about `seconds_each` of one node or less, and every node has as many as the others; a tree of
/// forks may take longer, and there are no more shards than trees. `seconds`: of one core, per run (SweepEstimate).
ShardSchedule schedule_shards(const SweepPlan& plan, const std::vector<double>& seconds, int nodes, int cores,
                              double seconds_each);
/// The same for so many shards.
ShardSchedule schedule_given_shards(const SweepPlan& plan, const std::vector<double>& seconds, int nodes, int cores,
                                    int shards);

}  // namespace groklab
