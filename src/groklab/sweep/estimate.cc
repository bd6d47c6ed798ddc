// See estimate.h.
#include "groklab/sweep/estimate.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>

#include "groklab/config.h"
#include "groklab/run/network_run.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/task.h"
#include "groklab/train/schedule.h"

namespace groklab {
namespace {

using Clock = std::chrono::steady_clock;

double elapsed(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// What a step of one network on so many rows costs.
struct StepCost {
  double flop = 0, seconds = 0, record_seconds = 0;
  double record_bytes = 0, checkpoint_bytes = 0;
};

/// Runs of one network and task: their step time depends on the rows alone, about linearly.
struct SizeGroup {
  std::map<std::int64_t, Config> sizes;  ///< rows of a step -> a config with them
  std::map<std::int64_t, StepCost> measured;
};

std::string group_key(const Config& config) {
  Config key;
  key.task = config.task;
  key.task.labels = LabelKind::kTrue;
  key.task.corrupted_fraction = 0;
  key.model = config.model;
  key.loss = config.loss;
  key.optim.kind = config.optim.kind;
  key.train.precision = config.train.precision;
  return canonical_config(resolve_config(key));
}

Config without_fork(Config config) {
  config.fork = ForkConfig{};
  return config;
}

StepCost measure_step(const Config& config, double seconds) {
  ThreadPool pool(1);
  const NetworkRun run(resolve_config(without_fork(config)), pool);
  Engine* const engine = &run.engine();
  engine->initialise();
  // Caches, pages and the clock warm up first: the first milliseconds of a process run at half speed.
  for (const Clock::time_point warm = Clock::now(); elapsed(warm) < 0.3 * seconds;) engine->advance(engine->step() + 1);
  StepCost cost;
  cost.flop = engine->flop_per_step();
  const Clock::time_point start = Clock::now();
  std::int64_t steps = 0;
  do {
    engine->advance(engine->step() + 1);
    ++steps;
  } while (elapsed(start) < seconds);
  cost.seconds = elapsed(start) / static_cast<double>(steps);
  engine->measure();
  const Clock::time_point record_start = Clock::now();
  engine->measure();
  cost.record_seconds = elapsed(record_start);
  const auto tensors = static_cast<double>(engine->layout().tensors().size());
  cost.record_bytes = 420 + 9 * tensors;  // about 50 columns of 8 bytes, one more per tensor
  const double number = run.config()->train.precision == Precision::kFloat32 ? 4 : 8;
  cost.checkpoint_bytes = 3 * number * static_cast<double>(engine->layout().total());
  return cost;
}

/// Linear in the rows between (and beyond) the measured sizes.
StepCost interpolate(const std::map<std::int64_t, StepCost>& measured, std::int64_t rows) {
  const auto above = measured.lower_bound(rows);
  if (above != measured.end() && above->first == rows) return above->second;
  if (measured.size() == 1) {
    StepCost cost = measured.begin()->second;
    const double ratio = static_cast<double>(rows) / static_cast<double>(measured.begin()->first);
    cost.flop *= ratio;
    cost.seconds *= ratio;
    return cost;
  }
  const auto high = above == measured.end() ? std::prev(above) : above == measured.begin() ? std::next(above) : above;
  const auto low = std::prev(high);
  const double t = static_cast<double>(rows - low->first) / static_cast<double>(high->first - low->first);
  StepCost cost = low->second;
  cost.flop += t * (high->second.flop - low->second.flop);
  cost.seconds = std::max(0.1 * low->second.seconds, cost.seconds + t * (high->second.seconds - low->second.seconds));
  return cost;
}

std::int64_t rows_of_step(const Config& config, const std::map<std::string, std::int64_t>& task_rows,
                          const std::string& key) {
  const std::int64_t rows = task_rows.at(key);
  // A split file's own size is not worth reading it here: the whole table is the upper bound.
  const std::int64_t size = config.split.method == SplitMethod::kFile ? rows : training_rows(config.split, rows);
  return config.optim.batch_size > 0 ? std::min(config.optim.batch_size, size) : size;
}

struct EventCounts {
  double records = 0, checkpoints = 0;
};

EventCounts count_events(const TrainConfig& train) {
  const EventSchedule schedule(train);
  EventCounts counts;
  std::int64_t step = 0;
  for (;;) {
    counts.records += schedule.evaluates_at(step) ? 1 : 0;
    counts.checkpoints += schedule.keeps_checkpoint_at(step) ? 1 : 0;
    if (step >= schedule.last_step()) return counts;
    step = schedule.next_event(step);
  }
}

}  // namespace

SweepEstimate estimate_sweep(const SweepPlan& plan, int jobs, double seconds) {
  std::map<std::string, SizeGroup> groups;
  std::map<std::string, std::int64_t> task_rows;
  std::vector<std::string> keys;
  std::vector<std::int64_t> rows;
  for (const PlannedRun& run : plan.runs) {
    keys.push_back(group_key(run.config));
    if (!task_rows.contains(keys.back())) {
      task_rows[keys.back()] = make_task(resolve_config(without_fork(run.config))).n_rows;
    }
    rows.push_back(rows_of_step(run.config, task_rows, keys.back()));
    groups[keys.back()].sizes.emplace(rows.back(), run.config);
  }
  std::size_t points = 0;
  for (const auto& [key, group] : groups) points += std::min<std::size_t>(group.sizes.size(), 3);
  const double each = std::max(0.01, seconds / static_cast<double>(std::max<std::size_t>(points, 1)));
  for (auto& [key, group] : groups) {
    auto middle = group.sizes.begin();
    std::advance(middle, static_cast<std::ptrdiff_t>(group.sizes.size() / 2));
    for (const auto at : {group.sizes.begin(), middle, std::prev(group.sizes.end())}) {
      if (!group.measured.contains(at->first)) group.measured[at->first] = measure_step(at->second, each);
    }
  }
  SweepEstimate total;
  total.runs = static_cast<std::int64_t>(plan.runs.size());
  std::vector<double> chain(plan.runs.size(), 0.0);
  double longest = 0;
  for (std::size_t i = 0; i < plan.runs.size(); ++i) {
    const PlannedRun& run = plan.runs[i];
    const StepCost cost = interpolate(groups.at(keys[i]).measured, rows[i]);
    const EventCounts events = count_events(run.config.train);
    const auto steps = static_cast<double>(run.config.train.steps);
    const double run_seconds = steps * cost.seconds + events.records * cost.record_seconds + 0.002;
    total.steps += run.config.train.steps;
    total.flop += steps * cost.flop;
    total.core_seconds += run_seconds;
    total.bytes += 4096 + events.records * cost.record_bytes + events.checkpoints * cost.checkpoint_bytes;
    total.seconds.push_back(run_seconds);
    chain[i] = run_seconds + (run.parent == kNoParent ? 0.0 : chain[static_cast<std::size_t>(run.parent)]);
    longest = std::max(longest, chain[i]);
  }
  total.wall_seconds = std::max(longest, total.core_seconds / std::max(1, jobs));
  return total;
}

}  // namespace groklab
