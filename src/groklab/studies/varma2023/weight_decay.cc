// See weight_decay.h.
#include "groklab/studies/varma2023/weight_decay.h"

#include <fmt/format.h>

#include <algorithm>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023 {
namespace {

using report::make_xy_chart;
using report::XyPoint;

double time_to_ungrok(const RunResults& results, RunIndex run) {
  if (!results.has(run)) return std::nan("");
  const std::vector<Record>& records = results.records(run);
  for (const Record& r : records) {
    if (r.test.accuracy < 0.5 * records.front().test.accuracy) return static_cast<double>(r.step);
  }
  return std::nan("");
}

/// A number of the fork of a seed; NaN if there is none.
double fork_value(const WeightDecayMeasurement& m, std::int64_t seed, double weight_decay, std::int64_t rows,
                  double WeightDecayFork::*value) {
  for (const WeightDecayFork& f : m.forks) {
    if (f.seed == seed && f.weight_decay == weight_decay && f.rows == rows) return f.*value;
  }
  return std::nan("");
}

Transition decay_transition(const WeightDecayMeasurement& m, std::int64_t seed, double weight_decay,
                            double WeightDecayFork::*accuracy) {
  return transition_over(m.sizes.network.classes, m.sizes.rows,
                         [&](std::int64_t rows) { return fork_value(m, seed, weight_decay, rows, accuracy); });
}

/// ln(midpoint at this weight decay / at the one that all are compared with).
Estimate midpoint_shift(const WeightDecayMeasurement& m, double weight_decay, double WeightDecayFork::*accuracy) {
  const auto log_midpoint = [&](std::int64_t seed, double at) {
    return std::log(decay_transition(m, seed, at, accuracy).midpoint);
  };
  return mean_estimate(per_seed(m.sizes.seeds,
                                [&](std::int64_t seed) {
                                  return log_midpoint(seed, weight_decay) - log_midpoint(seed, m.sizes.weight_decay);
                                }),
                       kEquivalenceLevel);
}

/// Exponent of time to ungrok against weight decay, at the smallest D'.
Estimate time_exponent(const WeightDecayMeasurement& m) {
  return mean_estimate(per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    std::vector<double> x, y;
    for (const double weight_decay : m.sizes.weight_decays) {
      const double time = fork_value(m, seed, weight_decay, m.sizes.rows.front(), &WeightDecayFork::time_to_ungrok);
      if (!std::isfinite(time)) continue;
      x.push_back(weight_decay);
      y.push_back(time);
    }
    return fit_power(x, y).slope;
  }));
}

Test shift_test(const WeightDecayMeasurement& m, double weight_decay, bool equal_decay) {
  const Estimate e = midpoint_shift(m, weight_decay,
                                    equal_decay ? &WeightDecayFork::at_equal_decay : &WeightDecayFork::at_equal_steps);
  return {fmt::format("ln(midpoint at weight decay {} / at {}), at equal {}", weight_decay, m.sizes.weight_decay,
                      equal_decay ? "lr * lambda * steps" : "steps"),
          fmt::format("90 % interval within +-ln(1.25) = {:.3f}: equivalent{}", kSameMidpoint,
                      equal_decay ? "" : "; shown only: smaller weight decay has had less effect by then"),
          e, judge_equivalent(e, kSameMidpoint), equal_decay};
}

}  // namespace

std::string complaint(const WeightDecaySizes& s) { return rows_complaint(s.rows, s.network.rows); }

WeightDecaySizes weight_decay_sizes(const Scale& scale) {
  const CommonSizes s = common_sizes(scale);
  return {s.network, s.seeds, s.weight_decay, s.weight_decays, s.ungrok_rows, s.budgets};
}

WeightDecayRuns plan(SweepPlan& plan, const WeightDecaySizes& s) {
  WeightDecayRuns runs;
  for (const std::int64_t seed : s.seeds.all()) {
    for (const double weight_decay : s.weight_decays) {
      for (const std::int64_t rows : s.rows) {
        runs.forks.push_back(
            {ungrok_run(plan, s.budgets, s.network, seed, rows, weight_decay), seed, rows, weight_decay});
      }
    }
  }
  return runs;
}

WeightDecayMeasurement measure(const RunResults& results, const WeightDecaySizes& sizes, const WeightDecayRuns& runs) {
  WeightDecayMeasurement m{sizes, {}};
  for (const PlannedPoint& fork : runs.forks) {
    m.forks.push_back({fork.seed, fork.rows, fork.weight_decay,
                       accuracy_at(results, fork.run, equal_decay_step(sizes.budgets, fork.weight_decay)),
                       accuracy_at(results, fork.run, sizes.budgets.ungrok), time_to_ungrok(results, fork.run)});
  }
  return m;
}

Judgement judge(const WeightDecayMeasurement& m) {
  Judgement result;
  const WeightDecaySizes& s = m.sizes;
  std::string ours;
  for (const bool equal_decay : {true, false}) {
    for (const double weight_decay : s.weight_decays) {
      if (weight_decay == s.weight_decay) continue;
      result.tests.push_back(shift_test(m, weight_decay, equal_decay));
      if (!equal_decay) continue;
      const Estimate& e = result.tests.back().effect;
      ours += fmt::format("{}{:.2f} at {}", ours.empty() ? "" : ", ", std::exp(e.value), weight_decay);
      result.n_seeds = std::max(result.n_seeds, e.n);
    }
  }
  const Estimate slope = time_exponent(m);
  result.tests.push_back({fmt::format("exponent of time to ungrok ~ lambda^b at D' = {}", s.rows.front()),
                          "below 0: smaller weight decay ungroks more slowly", slope, judge_below(slope, 0)});
  result.ours = fmt::format("midpoint relative to weight decay {}: {}; time to ungrok ~ lambda^{:.2f}", s.weight_decay,
                            ours, slope.value);
  for (const std::int64_t seed : s.seeds.all()) {
    for (const double weight_decay : s.weight_decays) {
      const Transition t = decay_transition(m, seed, weight_decay, &WeightDecayFork::at_equal_decay);
      result.n_censored += t.below || t.above ? 1 : 0;
    }
  }
  result.censoring = "seeds and weight decays whose transition lies outside the sizes";
  return result;
}

std::vector<report::Chart> figures(const WeightDecayMeasurement& m) {
  std::vector<XyPoint> points, times;
  for (const WeightDecayFork& f : m.forks) {
    if (!std::isfinite(f.at_equal_decay)) continue;
    const std::string line = fmt::format("{}", f.seed);
    points.push_back(
        {fmt::format("weight decay {}", f.weight_decay), static_cast<double>(f.rows), f.at_equal_decay, line});
    times.push_back({fmt::format("D' = {}", f.rows), f.weight_decay, f.time_to_ungrok, line});
  }
  return {make_xy_chart(points, {.id = "weight-decay-transition",
                                 .title = "The transition at several weight decays",
                                 .caption = "Final test accuracy against D' at equal lr * lambda * steps; a line is a "
                                            "seed. The lines of different weight decays almost coincide if D_crit does "
                                            "not depend on it.",
                                 .x_title = "rows kept D'",
                                 .y_title = "final test accuracy",
                                 .log_x = true,
                                 .fraction_y = true}),
          make_xy_chart(times, {.id = "weight-decay-time",
                                .title = "Time to ungrok",
                                .caption = "Steps until test accuracy has halved, for runs in which it has.",
                                .x_title = "weight decay",
                                .y_title = "steps",
                                .log_x = true,
                                .log_y = true})};
}

Claim claim_weight_decay() {
  return make_claim<WeightDecaySizes, WeightDecayRuns, WeightDecayMeasurement>(
      {.id = "weight-decay",
       .title = "The transition does not depend on weight decay",
       .statement = "Final test accuracy against D' is the same at every weight decay above 0, because D_crit depends "
                    "on relative efficiency only.",
       .paper = "The lines of different weight decays almost coincide (Fig. 4)",
       .sizes = weight_decay_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures});
}

}  // namespace groklab::studies::varma2023
