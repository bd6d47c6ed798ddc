// See ungrokking.h.
#include "groklab/studies/varma2023/ungrokking.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023 {
namespace {

using report::make_xy_chart;
using report::XyPoint;

/// NaN for a run that failed.
double full_fork_accuracy(const UngrokkingMeasurement& m, std::int64_t seed, std::int64_t rows) {
  for (const FullFork& fork : m.full) {
    if (fork.seed == seed && fork.rows == rows) return fork.test_accuracy;
  }
  return std::nan("");
}

Transition full_transition(const UngrokkingMeasurement& m, std::int64_t seed) {
  return transition_over(m.sizes.network.classes, m.sizes.rows,
                         [&](std::int64_t rows) { return full_fork_accuracy(m, seed, rows); });
}

/// Smallest train accuracy of a seed's forks; NaN if all failed.
double least_train_accuracy(const UngrokkingMeasurement& m, std::int64_t seed) {
  double least = std::nan("");
  for (const FullFork& fork : m.full) {
    if (fork.seed == seed) least = std::fmin(least, fork.train_accuracy);
  }
  return least;
}

/// Accuracy on removed rows less that on rows never seen, mean over D'; NaN if all failed.
double removed_less_never_seen(const UngrokkingMeasurement& m, std::int64_t seed) {
  double sum = 0;
  std::int64_t n = 0;
  for (const PartialFork& fork : m.partial) {
    if (fork.seed != seed) continue;
    sum += fork.removed_accuracy - fork.never_seen_accuracy;
    ++n;
  }
  return n > 0 ? sum / static_cast<double>(n) : std::nan("");
}

struct UngrokkingEffects {
  Estimate fall, intact, width, midpoint, train, forgetting;
  std::int64_t n_censored = 0;
};

UngrokkingEffects ungrokking_effects(const UngrokkingMeasurement& m) {
  const auto& rows = m.sizes.rows;
  const auto seeds = [&](const std::function<double(std::int64_t)>& value, double level = 0.95) {
    return mean_estimate(per_seed(m.sizes.seeds, value), level);
  };
  UngrokkingEffects e;
  e.fall = seeds([&](std::int64_t seed) {
    return full_fork_accuracy(m, seed, rows.back()) - full_fork_accuracy(m, seed, rows.front());
  });
  e.intact = seeds([&](std::int64_t seed) { return full_fork_accuracy(m, seed, rows.back()); });
  e.width = seeds([&](std::int64_t seed) { return full_transition(m, seed).width; });
  e.midpoint = exponential(seeds([&](std::int64_t seed) { return std::log(full_transition(m, seed).midpoint); }));
  e.train = seeds([&](std::int64_t seed) { return least_train_accuracy(m, seed); });
  e.forgetting = seeds([&](std::int64_t seed) { return removed_less_never_seen(m, seed); }, kEquivalenceLevel);
  for (const std::int64_t seed : m.sizes.seeds.all()) {
    const Transition t = full_transition(m, seed);
    e.n_censored += t.below || t.above ? 1 : 0;
  }
  return e;
}

}  // namespace

std::string complaint(const UngrokkingSizes& s) { return rows_complaint(s.rows, s.network.rows); }

UngrokkingSizes ungrokking_sizes(const Scale& scale) {
  const CommonSizes s = common_sizes(scale);
  const std::vector<std::int64_t> smoke = {90}, quick = {120, 160, 200}, standard = {300, 420, 600},
                                  full = {488, 610, 763};
  return {s.network,
          s.seeds,
          s.weight_decay,
          s.ungrok_rows,
          by_scale<std::int64_t>(scale, 230, 820, 1500, 9000),
          by_scale(scale, smoke, quick, standard, full),
          s.budgets};
}

UngrokkingRuns plan(SweepPlan& plan, const UngrokkingSizes& s) {
  UngrokkingRuns runs;
  for (const std::int64_t seed : s.seeds.all()) {
    for (const std::int64_t rows : s.rows) {
      const RunIndex run = ungrok_run(plan, s.budgets, s.network, seed, rows, s.weight_decay);
      runs.full.push_back({run, seed, rows, s.weight_decay});
    }
    for (const std::int64_t rows : s.partial_cuts) {
      const RunIndex run =
          fork_run(plan, s.budgets, s.network, seed, s.partial_rows, rows, s.weight_decay, s.budgets.ungrok);
      runs.partial.push_back({run, seed, rows, s.weight_decay});
    }
  }
  return runs;
}

UngrokkingMeasurement measure(const RunResults& results, const UngrokkingSizes& sizes, const UngrokkingRuns& runs) {
  UngrokkingMeasurement m{sizes, {}, {}, {}};
  for (const PlannedPoint& fork : runs.full) {
    if (!results.has(fork.run)) continue;
    const Record& last = results.last(fork.run);
    m.full.push_back({fork.seed, fork.rows, last.train.accuracy, last.test.accuracy});
    if (fork.seed != sizes.seeds.first) continue;
    m.curves.push_back({fmt::format("D' = {}", fork.rows), curve_of(results.records(fork.run))});
  }
  for (const PlannedPoint& fork : runs.partial) {
    if (!results.has(fork.run)) continue;
    const Record& last = results.last(fork.run);
    m.partial.push_back({fork.seed, fork.rows, last.removed.accuracy, last.never_seen.accuracy});
  }
  return m;
}

Judgement judge(const UngrokkingMeasurement& m) {
  Judgement result;
  const auto& rows = m.sizes.rows;
  const UngrokkingEffects e = ungrokking_effects(m);
  result.tests = {{fmt::format("final test accuracy at D' = {} less that at D' = {}", rows.back(), rows.front()),
                   "above 0.5: removing rows alone takes generalisation away", e.fall, must_be_above(kUngrokFall)},
                  {fmt::format("final test accuracy at D' = {}", rows.back()),
                   "above 0.9: above D_crit removing rows does no harm", e.intact, must_be_above(kIntact)},
                  {"width of the transition: D' of 90 % / D' of 10 % of the rise",
                   fmt::format("below {:.2f}: sharper than the paper's own range of sizes, 390 to 1494", kSharp),
                   e.width, must_be_below(kSharp)},
                  {"smallest final train accuracy over D'", "above 0.99: the kept rows stay fitted", e.train,
                   must_be_above(kStillFitted)},
                  {"accuracy on removed rows less that on rows never seen, mean over D'",
                   fmt::format("90 % interval within +-{}: no forgetting of particular rows", kSameAccuracy),
                   e.forgetting, must_lie_within(kSameAccuracy)}};
  result.n_seeds = e.fall.n;
  result.n_censored = e.n_censored;
  result.censoring = "seeds whose transition lies outside the sizes";
  result.ours =
      fmt::format("midpoint D' = {:.0f} ({:.0f} to {:.0f}), width a factor of {:.1f}; removed less never seen {:+.3f}",
                  e.midpoint.value, e.midpoint.low, e.midpoint.high, e.width.value, e.forgetting.value);
  result.data["midpoint"] = e.midpoint.value;
  result.data["midpoint_ci"] = {e.midpoint.low, e.midpoint.high};
  return result;
}

std::vector<report::Chart> figures(const UngrokkingMeasurement& m) {
  std::vector<XyPoint> points, kinds, curves;
  for (const FullFork& fork : m.full) {
    const auto x = static_cast<double>(fork.rows);
    points.push_back({"test rows", x, fork.test_accuracy, fmt::format("{}", fork.seed)});
    points.push_back({"kept rows", x, fork.train_accuracy, fmt::format("{}", fork.seed)});
  }
  for (const auto& [name, curve] : m.curves) {
    for (std::size_t i = 0; i < curve.step.size(); ++i) {
      curves.push_back({name, static_cast<double>(curve.step[i]), curve.test_accuracy[i]});
    }
  }
  for (const PartialFork& fork : m.partial) {
    kinds.push_back({fmt::format("D' = {}", fork.rows), fork.never_seen_accuracy, fork.removed_accuracy});
  }
  return {make_xy_chart(points, {.id = "ungrokking-transition",
                                 .title = "Ungrokking: final accuracy against D'",
                                 .caption = fmt::format("From a network trained on all {} rows, trained further on D' "
                                                        "of them; a line is a seed. Test accuracy falls away below the "
                                                        "transition, the kept rows stay fitted.",
                                                        m.sizes.network.rows),
                                 .x_title = "rows kept D'",
                                 .y_title = "final accuracy",
                                 .log_x = true,
                                 .fraction_y = true,
                                 .rules = {{ungrokking_effects(m).midpoint.value, "midpoint"}}}),
          make_xy_chart(curves, {.id = "ungrokking-curves",
                                 .title = "Ungrokking over training, one seed",
                                 .caption = "Test accuracy after the rows were removed at step 0.",
                                 .x_title = "step after the removal",
                                 .y_title = "test accuracy",
                                 .steps_x = true,
                                 .fraction_y = true,
                                 .points = false}),
          make_xy_chart(kinds, {.id = "ungrokking-removed",
                                .title = "Removed rows against rows never seen",
                                .caption = fmt::format(
                                    "From networks trained on {} of {} rows. If single rows were forgotten, removed "
                                    "rows would keep more accuracy and lie above the dashed line; if a circuit gives "
                                    "way to another, both kinds share its fate.",
                                    m.sizes.partial_rows, m.sizes.network.rows),
                                .x_title = "accuracy on rows never seen",
                                .y_title = "accuracy on removed rows",
                                .lines = false,
                                .diagonal = true})};
}

Claim claim_ungrokking() {
  return make_claim<UngrokkingSizes, UngrokkingRuns, UngrokkingMeasurement>(
      {.id = "ungrokking",
       .title = "Ungrokking",
       .statement = "A network that generalises, trained further on fewer rows than D_crit, goes back to memorising; "
                    "above D_crit it does not.",
       .paper = "Sharp transition within D' = 390 to 1494 (p = 113), train accuracy stays 1 (Fig. 4, 7)",
       .sizes = ungrokking_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures});
}

}  // namespace groklab::studies::varma2023
