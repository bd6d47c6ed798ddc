// See runs.h.
#include "groklab/studies/varma2023/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "groklab/config/change.h"
#include "groklab/task/operation.h"

namespace groklab::studies::varma2023 {
namespace {

/// lr * lambda * steps is then what weight decay 1 has.
std::int64_t steps_for(std::int64_t steps_at_one, double weight_decay) {
  return std::llround(static_cast<double>(steps_at_one) / weight_decay);
}

Config run_config(const TaskNetwork& network, std::int64_t seed, std::int64_t rows, double weight_decay) {
  Config config;
  config.seed = seed;
  config.task = network.task;
  config.model.d_model = network.d_model;
  config.split.train_size = rows;
  config.optim.weight_decay = weight_decay;
  config.train.evaluate_every = 0;
  config.train.evaluate_per_decade = 25;
  return config;
}

/// Forty evenly spaced evaluation steps: stationarity is read off the last quarter of them.
std::vector<std::string> relaxation_changes(const Relaxation& r, std::int64_t rows) {
  const std::int64_t steps = relaxation_steps(r, rows);
  return {fmt::format("optim.learning_rate={}", r.learning_rate),
          "optim.schedule=cosine",
          fmt::format("optim.final_lr_fraction={}", r.final_lr_fraction),
          fmt::format("train.steps={}", steps),
          fmt::format("train.evaluate_every={}", std::max<std::int64_t>(1, steps / 40)),
          "train.evaluate_per_decade=0",
          "train.checkpoint_per_decade=0"};
}

}  // namespace

RunIndex scratch_run(SweepPlan& plan, const TaskNetwork& network, std::int64_t seed, std::int64_t rows,
                     double weight_decay, std::int64_t steps) {
  Config config = run_config(network, seed, rows, weight_decay);
  config.train.steps = steps;
  config.train.checkpoint_per_decade = 8;
  return plan.add(config);
}

RunIndex converged_run(SweepPlan& plan, const Budgets& budgets, const TaskNetwork& network, std::int64_t seed,
                       std::int64_t rows, double weight_decay) {
  Config config = run_config(network, seed, rows, weight_decay);
  config.train.steps = steps_for(budgets.converged, weight_decay);
  return plan.add(config);
}

RunIndex memorised_run(SweepPlan& plan, const Budgets& budgets, const TaskNetwork& network, std::int64_t seed,
                       std::int64_t rows, double weight_decay, LabelKind labels) {
  Config config = run_config(network, seed, rows, weight_decay);
  config.task.labels = labels;
  // Random labels know no operation: tables of all p x p pairs share their runs.
  const bool all_pairs = network.rows == network.classes * network.classes;
  const SymbolGroup symbols = operation_descriptor(config.task.operation).invariance.symbols;
  const bool is_modular = symbols == SymbolGroup::kResidues || symbols == SymbolGroup::kUnits;
  if (all_pairs && is_modular) config.task.operation = "add";
  config.train.steps = steps_for(budgets.memorised, weight_decay);
  return plan.add(config);
}

RunIndex fork_of(SweepPlan& plan, const Budgets& budgets, RunIndex parent, std::int64_t rows, double weight_decay,
                 std::int64_t steps, const std::vector<std::string>& changes) {
  const std::int64_t every = std::max<std::int64_t>(1, budgets.ungrok / 4);
  std::vector<std::string> all = {
      fmt::format("split.train_size={}", rows),      fmt::format("optim.weight_decay={}", weight_decay),
      fmt::format("train.steps={}", steps),          "train.evaluate_per_decade=25",
      fmt::format("train.evaluate_every={}", every), "train.checkpoint_per_decade=0"};
  all.insert(all.end(), changes.begin(), changes.end());
  return plan.add_fork(parent, all);
}

RunIndex relaxed_run(SweepPlan& plan, const Relaxation& relaxation, const TaskNetwork& network, std::int64_t seed,
                     std::int64_t rows, const std::vector<std::string>& changes) {
  Config config = run_config(network, seed, rows, 1);
  change_config(config, relaxation_changes(relaxation, rows), "relaxed run");
  change_config(config, changes, "relaxed run");
  return plan.add(config);
}

RunIndex relaxed_fork(SweepPlan& plan, const Relaxation& relaxation, RunIndex parent, std::int64_t rows,
                      const std::vector<std::string>& changes) {
  std::vector<std::string> all = relaxation_changes(relaxation, rows);
  all.push_back(fmt::format("split.train_size={}", rows));
  all.insert(all.end(), changes.begin(), changes.end());
  return plan.add_fork(parent, all);
}

std::vector<PlannedPoint> memorised_points(SweepPlan& plan, const Relaxation& relaxation, const TaskNetwork& network,
                                           const SeedRange& seeds, std::span<const std::int64_t> rows,
                                           std::span<const double> weight_decays, LabelKind labels) {
  const char* kind = labels == LabelKind::kRandom ? "task.labels=random" : "task.labels=random_commutative";
  std::vector<PlannedPoint> points;
  for (const std::int64_t seed : seeds.all()) {
    for (const std::int64_t size : rows_within({rows.begin(), rows.end()}, network)) {
      for (const double weight_decay : weight_decays) {
        Relaxation paced = relaxation;
        paced.steps = steps_for(relaxation.steps, std::min(1.0, weight_decay));
        const RunIndex run =
            relaxed_run(plan, paced, network, seed, size, {kind, fmt::format("optim.weight_decay={}", weight_decay)});
        points.push_back({run, seed, size, weight_decay});
      }
    }
  }
  return points;
}

double accuracy_at(const RunResults& results, RunIndex run, std::int64_t step) {
  double accuracy = std::numeric_limits<double>::quiet_NaN();
  if (!results.has(run)) return accuracy;
  for (const Record& record : results.records(run)) {
    if (step >= 0 && record.step > step) break;
    accuracy = record.test.accuracy;
  }
  return accuracy;
}

}  // namespace groklab::studies::varma2023
