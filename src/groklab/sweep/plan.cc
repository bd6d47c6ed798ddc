// See plan.h.
#include "groklab/sweep/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/lab/fork_config.h"
#include "groklab/task.h"

namespace groklab {
namespace {

constexpr std::size_t kMostRuns = 10'000'000;

std::string value_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return toml_literal(value);
}

/// The combinations of several axes as lists of (axis, value); the last axis varies fastest.
std::vector<std::vector<std::pair<const GridAxis*, const Value*>>> combinations(
    const std::vector<const GridAxis*>& axes, const std::string& where) {
  double count = 1;
  for (const GridAxis* axis : axes) count *= static_cast<double>(axis->values.size());
  if (count > static_cast<double>(kMostRuns)) {
    fail(ErrorKind::kConfig, "{}: expected at most {} runs, found {:.0f}", where, kMostRuns, count);
  }
  std::vector<std::vector<std::pair<const GridAxis*, const Value*>>> all(1);
  for (const GridAxis* axis : axes) {
    std::vector<std::vector<std::pair<const GridAxis*, const Value*>>> longer;
    longer.reserve(all.size() * axis->values.size());
    for (const auto& shorter : all) {
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

/// Checks what a config alone does not tell: whether so many training rows exist.
class SizeCheck {
 public:
  void check(const Config& config, const std::string& where) {
    if (config.split.train_size == 0) return;
    Config key;
    key.task = config.task;
    key.task.labels = LabelKind::kTrue;
    key.task.corrupted_fraction = 0;
    const ResolvedConfig resolved = resolve_config(key);
    const std::string& name = resolved.id();
    auto found = rows_.find(name);
    if (found == rows_.end()) found = rows_.emplace(name, make_task(resolved).n_rows).first;
    if (config.split.train_size > found->second) {
      fail(ErrorKind::kConfig, "{}: split.train_size = {}: expected at most the task's {} rows", where,
           config.split.train_size, found->second);
    }
  }

 private:
  std::map<std::string, std::int64_t> rows_;
};

/// A fork's config before its changes: the parent's, without the parent's own origin.
Config planned_fork(const Config& parent) {
  Config config = parent;
  config.fork = ForkConfig{};
  config.fork.run = "parent";
  return config;
}

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
  const std::string key =
      fmt::format("{}@{}:{}", run.parent, run.fork_step, canonical_config(resolve_config(run.config)));
  const auto [at, is_new] = known_.emplace(key, runs.size());
  if (is_new) runs.push_back(std::move(run));
  return at->second;
}

SweepPlan expand_grid(const Grid& grid) {
  SweepPlan plan;
  SizeCheck sizes;
  std::map<std::string, std::vector<std::size_t>> stage_runs;
  std::vector<std::size_t> before;
  const auto add = [&](PlannedRun run, const std::string& where) {
    sizes.check(run.config, where);
    try {
      return plan.insert(std::move(run));
    } catch (const Error& error) {
      fail(error.kind(), "{}: {}", where, error.what());
    }
  };
  for (std::size_t s = 0; s < grid.stages.size(); ++s) {
    const GridStage& stage = grid.stages[s];
    std::vector<std::size_t> made;
    const std::vector<std::size_t> no_parent = {0};
    const std::vector<std::size_t>& parents = s == 0 ? no_parent : stage.of.empty() ? before : stage_runs.at(stage.of);
    for (const std::size_t parent : parents) {
      for (const std::vector<const GridAxis*>& axes : axes_of_cases(stage)) {
        for (const auto& combination : combinations(axes, stage.where)) {
          PlannedRun run;
          if (s > 0) {
            run.parent = static_cast<std::ptrdiff_t>(parent);
            run.config = planned_fork(plan.runs[parent].config);
            run.varied = plan.runs[parent].varied;
          }
          for (const auto& [axis, value] : combination) {
            if (axis->key == "fork.step") {
              run.fork_step = std::get<std::int64_t>(*value);
            } else {
              run.changes.push_back(axis->key + "=" + value_text(*value));
            }
            if (axis->values.size() > 1 || !stage.cases.empty()) run.varied.emplace_back(axis->key, value_text(*value));
          }
          change_config(run.config, run.changes);
          if (s == 0) run.changes.clear();
          made.push_back(add(std::move(run), stage.where));
          if (plan.runs.size() > kMostRuns)
            fail(ErrorKind::kConfig, "{}: expected at most {} runs", stage.where, kMostRuns);
        }
      }
    }
    if (!stage.name.empty()) stage_runs[stage.name] = made;
    before = std::move(made);
  }
  return plan;
}

}  // namespace groklab
