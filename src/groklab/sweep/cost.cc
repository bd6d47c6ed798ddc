// See cost.h.
#include "groklab/sweep/cost.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "groklab/config.h"
#include "groklab/config/task_key.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/run/network_run.h"
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

/// Runs whose steps cost the same per row: their step time depends on the rows alone, about linearly.
struct SizeGroup {
  std::map<std::int64_t, ResolvedConfig> sizes;  ///< rows of a step -> a config with them
  std::map<std::int64_t, StepCost> measured;
};

/// A fork costs what a run from scratch does.
ResolvedConfig resolved_without_fork(Config config) {
  config.fork = ForkConfig{};
  return resolve_config(config);
}

/// Without training: FLOP alone.
StepCost count_step(const ResolvedConfig& config) {
  ThreadPool pool(1);
  StepCost cost;
  cost.flop = NetworkRun(config, pool).engine().flop_per_step();
  return cost;
}

StepCost measure_step(const ResolvedConfig& config, double seconds) {
  ThreadPool pool(1);
  const NetworkRun run(config, pool);
  Engine* const engine = &run.engine();
  engine->initialise();
  // Caches, pages and the clock warm up first: the first milliseconds of a process run at half speed.
  constexpr std::int64_t kMostSteps = 100'000;  // a clock that stands must not hold a sweep up
  for (const Clock::time_point warm = Clock::now(); elapsed(warm) < 0.3 * seconds && engine->step() < kMostSteps;) {
    engine->advance(engine->step() + 1);
  }
  StepCost cost;
  cost.flop = engine->flop_per_step();
  const Clock::time_point start = Clock::now();
  std::int64_t steps = 0;
  do {
    engine->advance(engine->step() + 1);
    ++steps;
  } while (elapsed(start) < seconds && steps < kMostSteps);
  cost.seconds = std::max(elapsed(start), 1e-6) / static_cast<double>(steps);
  engine->measure();
  const Clock::time_point record_start = Clock::now();
  engine->measure();
  cost.record_seconds = elapsed(record_start);
  const auto tensors = static_cast<double>(engine->layout().tensors().size());
  cost.record_bytes = 420 + 9 * tensors;  // about 50 columns of 8 bytes, one more per tensor
  const double number = config->train.precision == Precision::kFloat32 ? 4 : 8;
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

/// Rows of a step of a run. A split file's own size is not worth reading it here: its bound is the whole table.
std::int64_t rows_of_step(const ResolvedConfig& config, std::int64_t task_rows) {
  const bool from_file = config->split.method == SplitMethod::kFile;
  const std::int64_t size = from_file ? task_rows : training_rows(config->split, task_rows);
  return config->optim.batch_size > 0 ? std::min(config->optim.batch_size, size) : size;
}

/// The plan's runs by what their steps cost, and what is measured of each group.
class Calibration {
 public:
  Calibration(const SweepPlan& plan, const std::atomic<bool>* interrupt) {
    group_of_.reserve(plan.runs.size());
    rows_.reserve(plan.runs.size());
    for (const PlannedRun& run : plan.runs) {
      if (interrupt != nullptr && interrupt->load()) return;
      const ResolvedConfig config = resolved_without_fork(run.config);
      SizeGroup& group = groups_[cost_key(config)];
      group_of_.push_back(&group);
      rows_.push_back(rows_of_step(config, task_rows(config)));
      group.sizes.try_emplace(rows_.back(), config);
    }
  }

  /// Trains the smallest, middle and largest size of each group, about `seconds` in all.
  void measure(double seconds, const std::atomic<bool>* interrupt) {
    std::size_t points = 0;
    for (const auto& [key, group] : groups_) points += std::min<std::size_t>(group.sizes.size(), 3);
    const double each = std::max(0.01, seconds / static_cast<double>(std::max<std::size_t>(points, 1)));
    at_some_sizes([&](const ResolvedConfig& config) { return measure_step(config, each); }, interrupt);
  }

  void count() { at_some_sizes(count_step, nullptr); }

  StepCost cost(std::size_t run) const { return interpolate(group_of_[run]->measured, rows_[run]); }

 private:
  /// The smallest, middle and largest of each group.
  template <typename Cost>
  void at_some_sizes(Cost&& cost_of, const std::atomic<bool>* interrupt) {
    for (auto& [key, group] : groups_) {
      auto middle = group.sizes.begin();
      std::advance(middle, static_cast<std::ptrdiff_t>(group.sizes.size() / 2));
      for (const auto at : {group.sizes.begin(), middle, std::prev(group.sizes.end())}) {
        if (interrupt != nullptr && interrupt->load()) return;
        if (!group.measured.contains(at->first)) group.measured[at->first] = cost_of(at->second);
      }
    }
  }

  std::int64_t task_rows(const ResolvedConfig& config) {
    if (config.task_size()) return config.task_size()->n_rows;
    const std::string key = task_key(config);
    if (!table_rows_.contains(key)) table_rows_[key] = make_task(config).n_rows;
    return table_rows_.at(key);
  }

  std::vector<const SizeGroup*> group_of_;          ///< [runs] in groups_
  std::vector<std::int64_t> rows_;                  ///< [runs] of a step
  std::map<std::string, SizeGroup> groups_;         ///< by cost_key
  std::map<std::string, std::int64_t> table_rows_;  ///< of users' tables, by task_key
};

}  // namespace

std::vector<double> planned_work(const SweepPlan& plan) {
  constexpr double kStepCharge = 1e6;  // FLOP in the 10 microseconds that a step takes whatever its size
  Calibration calibration(plan, nullptr);
  calibration.count();
  std::vector<double> work(plan.runs.size());
  for (std::size_t i = 0; i < work.size(); ++i) {
    work[i] = static_cast<double>(plan.runs[i].config.train.steps) * (calibration.cost(i).flop + kStepCharge);
  }
  return work;
}

std::optional<SweepEstimate> estimate_sweep(const SweepPlan& plan, int jobs, double seconds,
                                            const std::atomic<bool>* interrupt) {
  Calibration calibration(plan, interrupt);
  calibration.measure(seconds, interrupt);
  if (interrupt != nullptr && interrupt->load()) return std::nullopt;
  SweepEstimate total;
  total.runs = static_cast<std::int64_t>(plan.runs.size());
  std::vector<double> chain(plan.runs.size(), 0.0);
  double longest = 0;
  for (std::size_t i = 0; i < plan.runs.size(); ++i) {
    const PlannedRun& run = plan.runs[i];
    const StepCost cost = calibration.cost(i);
    const EventSchedule schedule(run.config.train);
    const auto records = static_cast<double>(schedule.evaluation_count());
    const auto checkpoints = static_cast<double>(schedule.checkpoint_count());
    const auto steps = static_cast<double>(run.config.train.steps);
    const double run_seconds = steps * cost.seconds + records * cost.record_seconds + 0.002;
    total.steps += run.config.train.steps;
    total.flop += steps * cost.flop;
    total.core_seconds += run_seconds;
    total.bytes += 4096 + records * cost.record_bytes + checkpoints * cost.checkpoint_bytes;
    total.seconds.push_back(run_seconds);
    chain[i] = run_seconds + (run.parent == kNoParent ? 0.0 : chain[static_cast<std::size_t>(run.parent)]);
    longest = std::max(longest, chain[i]);
  }
  total.wall_seconds = std::max(longest, total.core_seconds / std::max(1, jobs));
  return total;
}

}  // namespace groklab
