// See plan.h.
#include "groklab/sweep/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "groklab/base/digest.h"
#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/assignment.h"
#include "groklab/config/change.h"
#include "groklab/config/task_key.h"
#include "groklab/config/value.h"
#include "groklab/task.h"

namespace groklab {
namespace {

/// A planned run takes 1.5 kB, measured with 100,000, and a shard's run as much again while it is cut: all together
/// stay below 1 GiB, which no input may exceed.
constexpr std::size_t kMostRuns = 400'000;

/// A value as the table of results shows it.
std::string value_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return toml_literal(value);
}

using Combination = std::vector<std::pair<const GridAxis*, const Value*>>;

/// The combinations of several axes as lists of (axis, value); the last axis varies fastest.
std::vector<Combination> combinations(const std::vector<const GridAxis*>& axes, const std::string& where) {
  double count = 1;
  for (const GridAxis* axis : axes) count *= static_cast<double>(axis->values.size());
  if (count > static_cast<double>(kMostRuns)) {
    fail(ErrorKind::kConfig, "{}: expected at most {} runs, found {:.0f}", where, kMostRuns, count);
  }
  std::vector<Combination> all(1);
  for (const GridAxis* axis : axes) {
    std::vector<Combination> longer;
    longer.reserve(all.size() * axis->values.size());
    for (const Combination& shorter : all) {
      for (const Value& value : axis->values) {
        longer.push_back(shorter);
        longer.back().emplace_back(axis, &value);
      }
    }
    all = std::move(longer);
  }
  return all;
}

/// The stage's axes with those of each case; a key of a case replaces the stage's own.
std::vector<std::vector<const GridAxis*>> axes_of_cases(const GridStage& stage) {
  std::vector<std::vector<const GridAxis*>> all;
  const std::vector<GridCase> none(1);
  for (const GridCase& grid_case : stage.cases.empty() ? none : stage.cases) {
    std::vector<const GridAxis*> axes;
    for (const GridAxis& axis : stage.axes) {
      const bool replaced =
          std::any_of(grid_case.begin(), grid_case.end(), [&](const GridAxis& own) { return own.key == axis.key; });
      if (!replaced) axes.push_back(&axis);
    }
    for (const GridAxis& axis : grid_case) axes.push_back(&axis);
    all.push_back(std::move(axes));
  }
  return all;
}

/// Checks what a config alone may not tell: whether so many training rows exist.
class SizeCheck {
 public:
  void check(const ResolvedConfig& config) {
    if (config->split.method != SplitMethod::kFile) training_rows(config->split, rows(config));
  }

 private:
  std::int64_t rows(const ResolvedConfig& config) {
    if (config.task_size()) return config.task_size()->n_rows;
    const std::string key = task_key(config);
    auto found = rows_.find(key);
    if (found == rows_.end()) found = rows_.emplace(key, make_task(config).n_rows).first;
    return found->second;
  }

  std::map<std::string, std::int64_t> rows_;  ///< of users' tables, by task_key
};

/// A fork's config before its changes: the parent's, without the parent's own origin.
Config planned_fork(const Config& parent) {
  Config config = parent;
  config.fork = ForkConfig{};
  config.fork.run = "parent";
  return config;
}

class Expansion {
 public:
  explicit Expansion(const std::atomic<bool>* interrupt) : interrupt_(interrupt) {}

  SweepPlan run(const Grid& grid) {
    std::map<std::string, std::vector<std::size_t>> stage_runs;
    std::vector<std::size_t> before;
    for (const GridStage& stage : grid.stages) {
      const bool is_first = &stage == &grid.stages.front();
      std::vector<std::size_t> made;
      if (is_first) {
        made = runs_of(stage, kNoParent);
      } else {
        for (const std::size_t parent : stage.of.empty() ? before : stage_runs.at(stage.of)) {
          const std::vector<std::size_t> forks = runs_of(stage, static_cast<std::ptrdiff_t>(parent));
          made.insert(made.end(), forks.begin(), forks.end());
        }
      }
      if (!stage.name.empty()) stage_runs[stage.name] = made;
      before = std::move(made);
    }
    return std::move(plan_);
  }

 private:
  std::vector<std::size_t> runs_of(const GridStage& stage, std::ptrdiff_t parent) {
    std::vector<std::size_t> made;
    for (const std::vector<const GridAxis*>& axes : axes_of_cases(stage)) {
      for (const Combination& combination : combinations(axes, stage.where)) {
        if (interrupt_ != nullptr && interrupt_->load()) return made;
        made.push_back(add(planned(combination, parent, !stage.cases.empty(), stage.where), stage.where));
        if (plan_.runs.size() > kMostRuns) {
          fail(ErrorKind::kConfig, "{}: expected at most {} runs", stage.where, kMostRuns);
        }
      }
    }
    return made;
  }

  PlannedRun planned(const Combination& combination, std::ptrdiff_t parent, bool has_cases, const std::string& where) {
    PlannedRun run;
    run.parent = parent;
    if (parent != kNoParent) {
      const PlannedRun& of = plan_.runs[static_cast<std::size_t>(parent)];
      run.config = planned_fork(of.config);
      run.varied = of.varied;
    }
    for (const auto& [axis, value] : combination) {
      if (axis->key == "fork.step") {
        run.fork_step = std::get<std::int64_t>(*value);
      } else {
        run.changes.push_back(assignment_text(axis->key, *value));
      }
      if (axis->values.size() > 1 || has_cases) run.varied.emplace_back(axis->key, value_text(*value));
    }
    change_config(run.config, run.changes, where);
    if (parent == kNoParent) run.changes = std::vector<std::string>();  // clear() would keep their memory
    return run;
  }

  std::size_t add(PlannedRun run, const std::string& where) {
    try {
      const ResolvedConfig resolved = resolve_config(run.config);
      sizes_.check(resolved);
      return plan_.insert(std::move(run), resolved);
    } catch (const Error& error) {
      fail(error.kind(), "{}: {}", where, error.what());
    }
  }

  const std::atomic<bool>* interrupt_;
  SweepPlan plan_;
  SizeCheck sizes_;
};

}  // namespace

std::size_t SweepPlan::add(const Config& config) {
  PlannedRun run;
  run.config = config;
  return insert(std::move(run));
}

std::size_t SweepPlan::add_fork(std::size_t parent, const std::vector<std::string>& changes, std::int64_t step) {
  PlannedRun run;
  run.parent = static_cast<std::ptrdiff_t>(parent);
  run.fork_step = step;
  run.changes = changes;
  run.config = planned_fork(runs.at(parent).config);
  change_config(run.config, changes);
  return insert(std::move(run));
}

std::size_t SweepPlan::insert(PlannedRun run) {
  const ResolvedConfig resolved = resolve_config(run.config);
  return insert(std::move(run), resolved);
}

std::size_t SweepPlan::insert(PlannedRun run, const ResolvedConfig& resolved) {
  // Its digest: the texts of 200,000 runs would take as much memory as their configurations.
  const std::string key = digest_of(fmt::format("{}@{}:{}", run.parent, run.fork_step, canonical_config(resolved)));
  const auto [at, is_new] = known_.emplace(key, runs.size());
  if (is_new) runs.push_back(std::move(run));
  return at->second;
}

SweepPlan expand_grid(const Grid& grid, const std::atomic<bool>* interrupt) { return Expansion(interrupt).run(grid); }

}  // namespace groklab
