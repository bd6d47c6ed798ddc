// See other_tasks.h.
#include "groklab/studies/varma2023/other_tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/report/xy_chart.h"

namespace groklab::studies::varma2023 {
namespace {

using report::make_xy_chart;
using report::XyPoint;

/// Test accuracy of a seed at D', at rest; NaN if it failed or still moves.
double resting_accuracy(const std::vector<RestingState>& states, std::int64_t seed, std::int64_t rows) {
  for (const RestingState& s : states) {
    if (s.seed == seed && s.rows == rows) return s.stationary ? s.test_accuracy : std::nan("");
  }
  return std::nan("");
}

/// ln D at which rho = 1.
CensoredValue task_midpoint(const OtherTaskMeasurement& task, std::size_t setting, std::int64_t seed) {
  return log_midpoint(0, task.settings[setting].states, seed, 0, &RestingState::general_fraction);
}
double known_midpoint(const OtherTaskMeasurement& task, std::size_t setting, std::int64_t seed) {
  return task_midpoint(task, setting, seed).exact_or_nan();
}

Test task_fall_test(const OtherTasksMeasurement& m, std::size_t task) {
  const OtherTask& sizes = m.sizes.tasks[task];
  const std::vector<RestingState>& states = m.tasks[task].settings[0].states;
  const Estimate fall = mean_estimate(per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    return resting_accuracy(states, seed, sizes.rows.back()) - resting_accuracy(states, seed, sizes.rows.front());
  }));
  return {fmt::format("{}: test accuracy at rest at D' = {} less that at D' = {}", sizes.network.name,
                      sizes.rows.back(), sizes.rows.front()),
          "above 0.5: this task ungroks too", fall, must_be_above(kTaskFall)};
}

Test task_strength_test(const OtherTasksMeasurement& m, std::size_t task, std::size_t setting) {
  const Estimate shift = mean_estimate(per_seed(m.sizes.seeds,
                                                [&](std::int64_t seed) {
                                                  return known_midpoint(m.tasks[task], setting, seed) -
                                                         known_midpoint(m.tasks[task], 0, seed);
                                                }),
                                       kEquivalenceLevel);
  return {fmt::format("{}: ln(D_crit with {} / with {}), at rest", m.sizes.tasks[task].network.name,
                      m.sizes.settings[setting].name, m.sizes.settings[0].name),
          "90 % interval within +-ln(1.25); shown only, the paper says 'for most'", shift,
          must_lie_within(kSameMidpoint, EffectScale::kLnRatio), false};
}

/// `critical_rows`: about D_crit, found in pilots or guessed.
OtherTask other_task(const Scale& scale, const TaskNetwork& network, double critical_rows,
                     std::vector<std::int64_t> rows, std::int64_t parent_steps) {
  return {network, std::llround(0.82 * static_cast<double>(network.rows)), parent_steps, std::move(rows),
          relaxation_around(scale, critical_rows)};
}

std::vector<OtherTask> other_tasks(const Scale& scale) {
  const auto task = [&](const TaskNetwork& network, double critical_rows, std::vector<std::int64_t> rows,
                        std::int64_t parent_steps) {
    return other_task(scale, network, critical_rows, std::move(rows), parent_steps);
  };
  const TaskNetwork dihedral = group_network(GroupKind::kDihedral, 20, 48);
  switch (scale_index(scale)) {
    case 0:
      return {task(modular_network(17, 32, "sum_of_squares"), 90, {50, 150}, 1500)};
    case 1:
      return {task(modular_network(31, 48, "sum_of_squares"), 150, {100, 180, 450}, 6000),
              task(dihedral, 340, {180, 350, 900}, 8000)};
    case 2: {
      std::vector<OtherTask> tasks = {task(modular_network(31, 48, "sum_of_squares"), 150, {90, 140, 220, 450}, 6000),
                                      task(modular_network(31, 48, "quadratic"), 340, {200, 330, 520, 750}, 8000),
                                      task(dihedral, 340, {180, 300, 500, 1000}, 8000)};
      // Seeds 6000 to 6004: after 20,000 to 60,000 steps all 20 forks of the second task rested, 15 and 14 of the
      // others.
      for (OtherTask* slow : {&tasks.front(), &tasks.back()}) slow->relaxation.steps = 50000;
      return tasks;
    }
    default:
      return {
          task(modular_network(97, 128, "sum_of_squares"), 800, {400, 700, 1200, 3000}, 20000),
          task(modular_network(97, 128, "quadratic"), 1000, {500, 1000, 2000, 5000}, 30000),
          task(group_network(GroupKind::kSymmetric, 5, 128), 2000, {1000, 2000, 4000, 8000}, 30000),
          task(group_network(GroupKind::kSymmetric, 5, 128, "group_conjugate"), 2000, {1000, 2000, 4000, 8000}, 30000)};
  }
}

}  // namespace

std::string complaint(const OtherTask& t) {
  if (t.rows.size() < 2) return "expected two sizes at least";
  return rows_complaint(t.rows, t.parent_rows);
}

std::string complaint(const OtherTasksSizes& s) {
  return s.tasks.empty() || s.settings.empty() ? "expected a task and a setting at least" : "";
}

std::string complaint(const OtherTasksMeasurement& m) {
  if (m.tasks.size() != m.sizes.tasks.size()) return "expected as many tasks as sizes";
  for (const OtherTaskMeasurement& t : m.tasks) {
    if (t.settings.size() != m.sizes.settings.size()) return "expected as many settings as sizes";
  }
  return "";
}

OtherTasksSizes other_tasks_sizes(const Scale& scale) {
  OtherTasksSizes s;
  s.tasks = other_tasks(scale);
  s.seeds = seeds_of(scale, by_scale<std::int64_t>(scale, 2, 3, 5, 5), kSecondStandardSeed);
  s.settings = {{"AdamW, lambda 1", 1e-8, 1, {}}};
  if (scale_index(scale) == 3) s.settings.push_back({"AdamW, epsilon 1e-6", 1e-6, 1, {"optim.epsilon=1e-6"}});
  return s;
}

OtherTasksRuns plan(SweepPlan& plan, const OtherTasksSizes& s) {
  OtherTasksRuns runs;
  for (const OtherTask& task : s.tasks) {
    OtherTasksRuns::Task& t = runs.tasks.emplace_back();
    t.forks.resize(s.settings.size());
    for (const std::int64_t seed : s.seeds.all()) {
      const RunIndex parent =
          converged_run(plan, {.converged = task.parent_steps}, task.network, seed, task.parent_rows, 1);
      t.parents.push_back({parent, seed, task.parent_rows, 1});
      for (std::size_t i = 0; i < s.settings.size(); ++i) {
        for (const std::int64_t rows : task.rows) {
          t.forks[i].push_back(
              {relaxed_fork(plan, task.relaxation, parent, rows, s.settings[i].changes), seed, rows, 1});
        }
      }
    }
  }
  return runs;
}

OtherTasksMeasurement measure(const RunResults& results, const OtherTasksSizes& sizes, const OtherTasksRuns& runs) {
  OtherTasksMeasurement m{sizes, {}};
  for (const OtherTasksRuns::Task& task : runs.tasks) {
    OtherTaskMeasurement& t = m.tasks.emplace_back();
    t.parents = resting_states(results, task.parents);
    for (const std::vector<PlannedPoint>& forks : task.forks) {
      SettingMeasurement& setting = t.settings.emplace_back();
      setting.states = resting_states(results, forks);
    }
  }
  return m;
}

Judgement judge(const OtherTasksMeasurement& m) {
  Judgement result;
  std::vector<Test> shown;
  Json list = Json::array();
  std::int64_t not_general = 0;
  for (std::size_t task = 0; task < m.tasks.size(); ++task) {
    result.tests.push_back(task_fall_test(m, task));
    for (std::size_t i = 1; i < m.sizes.settings.size(); ++i) shown.push_back(task_strength_test(m, task, i));
    const Estimate dcrit = exponential(mean_estimate(
        per_seed(m.sizes.seeds, [&](std::int64_t seed) { return known_midpoint(m.tasks[task], 0, seed); })));
    const std::string& name = m.sizes.tasks[task].network.name;
    list.push_back({{"task", name}, {"observed", dcrit.value}, {"observed_ci", {dcrit.low, dcrit.high}}});
    result.ours += fmt::format("{}{}: D_crit {:.0f}", result.ours.empty() ? "" : "; ", name, dcrit.value);
    for (const std::int64_t seed : m.sizes.seeds.all()) {
      result.n_censored += task_midpoint(m.tasks[task], 0, seed).is_exact() ? 0 : 1;
    }
    for (const RestingState& p : m.tasks[task].parents) not_general += p.test_accuracy < kHeld ? 1 : 0;
  }
  result.tests.insert(result.tests.end(), shown.begin(), shown.end());
  result.n_seeds = m.sizes.seeds.count;
  result.censoring = "tasks' seeds whose D_crit lies outside the sizes";
  if (not_general > 0) {
    result.notes.push_back(fmt::format("{} of the networks that forks start from did not generalise.", not_general));
  }
  result.data["tasks"] = list;
  return result;
}

std::vector<report::Chart> figures(const OtherTasksMeasurement& m) {
  std::vector<XyPoint> points;
  for (std::size_t task = 0; task < m.tasks.size(); ++task) {
    if (m.tasks[task].settings.empty()) continue;
    for (const RestingState& s : m.tasks[task].settings[0].states) {
      if (!s.stationary) continue;
      points.push_back(
          {m.sizes.tasks[task].network.name, static_cast<double>(s.rows), s.test_accuracy, fmt::format("{}", s.seed)});
    }
  }
  return {make_xy_chart(points, {.id = "other-ungrokking",
                                 .title = "Ungrokking on other tasks",
                                 .caption = "Test accuracy at rest against the rows kept, from networks that "
                                            "generalised; a line is a seed.",
                                 .x_title = "rows kept D'",
                                 .y_title = "test accuracy",
                                 .log_x = true,
                                 .fraction_y = true})};
}

Claim claim_other_tasks() {
  return make_claim<OtherTasksSizes, OtherTasksRuns, OtherTasksMeasurement>(
      {.id = "other-tasks",
       .title = "Other operations and groups",
       .statement = "Ungrokking appears on other operations and on groups that do not commute.",
       .paper = "Transitions on most tasks of Power et al. (2022), independent of weight decay for most (Fig. 8)",
       .sizes = other_tasks_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures});
}

}  // namespace groklab::studies::varma2023
