// Claim 7, weight-decay: the ungrokking transition does not depend on the strength of weight decay.
#include <fmt/format.h>

#include <cmath>

#include "groklab/paper/claim.h"
#include "groklab/paper/efficiency.h"
#include "groklab/report/xy_chart.h"

namespace groklab::paper {
namespace {

/// Midpoints within a factor of 1.25 for a factor of 2 in weight decay count as equal. If D_crit scaled with weight
/// decay at all (exponent 1 or 1/2), it would move by a factor of 2 or 1.41.
const double kSameMidpoint = std::log(1.25);

void plan_weight_decay(Study& study) {
  const Scale& s = study.scale();
  for (std::int64_t i = 0; i < s.seeds; ++i) {
    for (const double weight_decay : s.weight_decays) {
      for (const std::int64_t rows : s.ungrok_rows) ungrok_run(study, s.main, seed_at(study, i), rows, weight_decay);
    }
  }
}

/// First step at which test accuracy is below half of what it was at the fork; NaN if it never is.
double time_to_ungrok(const Study& study, RunIndex run) {
  if (!study.has(run)) return std::nan("");
  const std::vector<Record>& records = study.records(run);
  for (const Record& r : records) {
    if (r.test.accuracy < 0.5 * records.front().test.accuracy) return static_cast<double>(r.step);
  }
  return std::nan("");
}

ClaimResult judge_weight_decay(Study& study) {
  ClaimResult result;
  const Scale& s = study.scale();
  const auto log_midpoint = [&](std::int64_t seed, double weight_decay, bool equal_decay) {
    const std::int64_t step = equal_decay ? equal_decay_step(study, weight_decay) : s.ungrok_steps;
    return std::log(ungrok_transition(study, s.main, seed, s.ungrok_rows, weight_decay, step).midpoint);
  };
  const auto compare = [&](double weight_decay, bool equal_decay) {
    return mean_estimate(per_seed(study, s.seeds,
                                  [&](std::int64_t seed) {
                                    return log_midpoint(seed, weight_decay, equal_decay) -
                                           log_midpoint(seed, s.weight_decay, equal_decay);
                                  }),
                         kEquivalenceLevel);
  };
  std::string ours;
  for (const bool equal_decay : {true, false}) {
    for (const double weight_decay : s.weight_decays) {
      if (weight_decay == s.weight_decay) continue;
      const Estimate e = compare(weight_decay, equal_decay);
      result.tests.push_back(
          {fmt::format("ln(midpoint at weight decay {} / at {}), at equal {}", weight_decay, s.weight_decay,
                       equal_decay ? "lr * lambda * steps" : "steps"),
           fmt::format("90 % interval within +-ln(1.25) = {:.3f}: equivalent{}", kSameMidpoint,
                       equal_decay ? "" : "; shown only: smaller weight decay has had less effect by then"),
           e, judge_equivalent(e, kSameMidpoint), equal_decay});
      if (equal_decay) ours += fmt::format("{}{:.2f} at {}", ours.empty() ? "" : ", ", std::exp(e.value), weight_decay);
      if (equal_decay) result.n_seeds = std::max(result.n_seeds, e.n);
    }
  }
  // Time to ungrok against weight decay, at the smallest D'.
  const Estimate slope = mean_estimate(per_seed(study, s.seeds, [&](std::int64_t seed) {
    std::vector<double> x, y;
    for (const double weight_decay : s.weight_decays) {
      const double time = time_to_ungrok(study, ungrok_run(study, s.main, seed, s.ungrok_rows.front(), weight_decay));
      if (!std::isfinite(time)) continue;
      x.push_back(weight_decay);
      y.push_back(time);
    }
    return fit_power(x, y).slope;
  }));
  result.tests.push_back({fmt::format("exponent of time to ungrok ~ lambda^b at D' = {}", s.ungrok_rows.front()),
                          "below 0: smaller weight decay ungroks more slowly", slope, judge_below(slope, 0)});
  result.ours = fmt::format("midpoint relative to weight decay {}: {}; time to ungrok ~ lambda^{:.2f}", s.weight_decay,
                            ours, slope.value);
  std::vector<XyPoint> points, times;
  for (std::int64_t i = 0; i < s.seeds; ++i) {
    const std::int64_t seed = seed_at(study, i);
    for (const double weight_decay : s.weight_decays) {
      for (const std::int64_t rows : s.ungrok_rows) {
        const RunIndex run = ungrok_run(study, s.main, seed, rows, weight_decay);
        const double accuracy = accuracy_at(study, run, equal_decay_step(study, weight_decay));
        if (!std::isfinite(accuracy)) continue;
        points.push_back({fmt::format("weight decay {}", weight_decay), static_cast<double>(rows), accuracy,
                          fmt::format("{}", seed)});
        const double time = time_to_ungrok(study, run);
        times.push_back({fmt::format("D' = {}", rows), weight_decay, time, fmt::format("{}", seed)});
      }
      const Transition t =
          ungrok_transition(study, s.main, seed, s.ungrok_rows, weight_decay, equal_decay_step(study, weight_decay));
      result.n_censored += t.below || t.above ? 1 : 0;
    }
  }
  result.censoring = "seeds and weight decays whose transition lies outside the sizes";
  XyOptions options;
  options.id = "weight-decay-transition";
  options.title = "The transition at several weight decays";
  options.caption =
      "Final test accuracy against D' at equal lr * lambda * steps; a line is a seed. The lines of different "
      "weight decays almost coincide if D_crit does not depend on it.";
  options.x_title = "rows kept D'";
  options.y_title = "final test accuracy";
  options.log_x = options.fraction_y = true;
  result.figures.push_back(make_xy_chart(points, options));
  options.id = "weight-decay-time";
  options.title = "Time to ungrok";
  options.caption = "Steps until test accuracy has halved, for runs in which it has.";
  options.x_title = "weight decay";
  options.y_title = "steps";
  options.fraction_y = false;
  options.log_y = true;
  result.figures.push_back(make_xy_chart(times, options));
  return result;
}

}  // namespace

Claim claim_weight_decay() {
  return {
      "weight-decay",
      "The transition does not depend on weight decay",
      "Final test accuracy against D' is the same at every weight decay above 0, because D_crit depends on relative "
      "efficiency only.",
      "The lines of different weight decays almost coincide (Fig. 4)",
      plan_weight_decay,
      judge_weight_decay};
}

}  // namespace groklab::paper
