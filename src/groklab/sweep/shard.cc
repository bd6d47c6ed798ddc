// See shard.h.
#include "groklab/sweep/shard.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <numeric>
#include <queue>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/base/printable.h"
#include "groklab/sweep/cost.h"

namespace groklab {
namespace {

/// Least load first, then the smallest number.
using Loads = std::priority_queue<std::pair<double, int>, std::vector<std::pair<double, int>>, std::greater<>>;

Loads empty_loads(int count) {
  std::vector<std::pair<double, int>> loads;
  loads.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) loads.emplace_back(0.0, i);
  return Loads(std::greater<>(), std::move(loads));
}

/// Adds to the least load; returns whose it was.
int add_to_least(Loads& loads, double work) {
  const auto [load, at] = loads.top();
  loads.pop();
  loads.emplace(load + work, at);
  return at;
}

/// [runs] the run from scratch that each starts from.
std::vector<std::size_t> roots_of(const SweepPlan& plan) {
  std::vector<std::size_t> roots(plan.runs.size());
  for (std::size_t i = 0; i < roots.size(); ++i) {
    const std::ptrdiff_t parent = plan.runs[i].parent;
    roots[i] = parent == kNoParent ? i : roots[static_cast<std::size_t>(parent)];
  }
  return roots;
}

int number_of(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

double longest_chain(const SweepPlan& plan, const std::vector<double>& seconds) {
  std::vector<double> chain(seconds);
  double longest = 0;
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    if (plan.runs[i].parent != kNoParent) chain[i] += chain[static_cast<std::size_t>(plan.runs[i].parent)];
    longest = std::max(longest, chain[i]);
  }
  return longest;
}

/// Of one node for the runs of each shard: the longest chain of forks, or the sum shared out over its cores.
std::vector<double> node_seconds(const SweepPlan& plan, const std::vector<int>& shards,
                                 const std::vector<double>& seconds, int count, int cores) {
  std::vector<double> sum(static_cast<std::size_t>(count), 0.0), longest(sum), chain(seconds);
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    const auto at = static_cast<std::size_t>(shards[i]);
    if (plan.runs[i].parent != kNoParent) chain[i] += chain[static_cast<std::size_t>(plan.runs[i].parent)];
    sum[at] += seconds[i];
    longest[at] = std::max(longest[at], chain[i]);
  }
  for (std::size_t at = 0; at < sum.size(); ++at) sum[at] = std::max(longest[at], sum[at] / cores);
  return sum;
}

}  // namespace

Shard parse_shard(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const Shard shard = {number_of(text.substr(0, slash)), number_of(text.substr(slash + 1))};
    if (shard.index >= 1 && shard.index <= shard.count && shard.count <= kMostShards) return shard;
  }
  fail(ErrorKind::kConfig, "--shard: expected I/N with 1 <= I <= N <= {}, such as 3/8, found {}", kMostShards,
       printable_line(text, 40));
}

std::string shard_text(const Shard& shard) { return fmt::format("{}/{}", shard.index, shard.count); }

std::vector<int> assign_shards(const SweepPlan& plan, const std::vector<double>& work, int count) {
  require(work.size() == plan.runs.size() && count >= 1, "shards need the work of each run");
  const std::vector<std::size_t> roots = roots_of(plan);
  std::vector<double> tree_work(plan.runs.size(), 0.0);
  std::vector<std::size_t> trees;
  for (std::size_t i = 0; i < roots.size(); ++i) {
    tree_work[roots[i]] += work[i];
    if (roots[i] == i) trees.push_back(i);
  }
  std::stable_sort(trees.begin(), trees.end(),
                   [&](std::size_t a, std::size_t b) { return tree_work[a] > tree_work[b]; });
  Loads loads = empty_loads(count);
  std::vector<int> shards(plan.runs.size(), 0);
  for (const std::size_t tree : trees) shards[tree] = add_to_least(loads, tree_work[tree]);
  for (std::size_t i = 0; i < shards.size(); ++i) shards[i] = shards[roots[i]];
  return shards;
}

SweepPlan shard_of(const SweepPlan& plan, const std::vector<int>& shards, int index) {
  SweepPlan part;
  std::vector<std::size_t> places(plan.runs.size(), 0);
  for (std::size_t i = 0; i < plan.runs.size(); ++i) {
    if (shards[i] != index) continue;
    PlannedRun run = plan.runs[i];
    if (run.parent != kNoParent) {
      run.parent = static_cast<std::ptrdiff_t>(places[static_cast<std::size_t>(run.parent)]);
    }
    places[i] = part.insert(std::move(run));
  }
  return part;
}

SweepPlan shard_of(SweepPlan plan, const Shard& shard) {
  if (shard.count == 1) return plan;
  return shard_of(plan, assign_shards(plan, planned_work(plan), shard.count), shard.index - 1);
}

ShardSchedule schedule_shards(const SweepPlan& plan, const std::vector<double>& seconds, int nodes, int cores,
                              double seconds_each) {
  const double core_seconds = std::accumulate(seconds.begin(), seconds.end(), 0.0);
  const auto trees =
      std::count_if(plan.runs.begin(), plan.runs.end(), [](const PlannedRun& run) { return run.parent == kNoParent; });
  // Shards shorter than the longest chain of forks would leave most cores of a node idle while it runs.
  const double each = std::max(seconds_each, longest_chain(plan, seconds));
  const double rounds = std::ceil(core_seconds / (each * cores * nodes));
  const double most = std::clamp<double>(trees, 1, kMostShards);
  return schedule_given_shards(plan, seconds, nodes, cores, static_cast<int>(std::clamp(rounds * nodes, 1.0, most)));
}

ShardSchedule schedule_given_shards(const SweepPlan& plan, const std::vector<double>& seconds, int nodes, int cores,
                                    int shards) {
  ShardSchedule schedule;
  schedule.shards = shards;
  std::vector<double> each =
      node_seconds(plan, assign_shards(plan, planned_work(plan), schedule.shards), seconds, schedule.shards, cores);
  std::sort(each.begin(), each.end(), std::greater<>());
  Loads loads = empty_loads(nodes);
  std::vector<double> ends(static_cast<std::size_t>(nodes), 0.0);
  for (const double one : each) ends[static_cast<std::size_t>(add_to_least(loads, one))] += one;
  schedule.longest = each.front();
  schedule.total = *std::max_element(ends.begin(), ends.end());
  return schedule;
}

}  // namespace groklab
