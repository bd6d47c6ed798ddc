// See weight_decay.h.
#include "groklab/studies/varma2023/weight_decay.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "groklab/report/xy_chart.h"

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

/// A number of the paper's fork of a seed; NaN if there is none.
double fork_value(const WeightDecayMeasurement& m, std::int64_t seed, double weight_decay, std::int64_t rows,
                  double WeightDecayFork::*value) {
  for (const WeightDecayFork& f : m.forks) {
    if (f.seed == seed && f.weight_decay == weight_decay && f.rows == rows) return f.*value;
  }
  return std::nan("");
}

/// ln D at which rho = 1 in networks at rest.
CensoredValue resting_midpoint(const WeightDecayMeasurement& m, std::size_t setting, std::int64_t seed) {
  return log_midpoint(static_cast<std::int64_t>(setting), m.settings[setting].states, seed, 0,
                      &RestingState::general_fraction);
}

/// ln(midpoint / the default's), of the same seeds.
Estimate resting_shift(const WeightDecayMeasurement& m, std::size_t setting) {
  return mean_estimate(per_seed(m.sizes.seeds,
                                [&](std::int64_t seed) {
                                  return resting_midpoint(m, setting, seed).exact_or_nan() -
                                         resting_midpoint(m, 0, seed).exact_or_nan();
                                }),
                       kEquivalenceLevel);
}

/// d ln midpoint / d ln alpha, a line through a seed's settings.
Estimate strength_exponent(const WeightDecayMeasurement& m) {
  return mean_estimate(per_seed(m.sizes.seeds,
                                [&](std::int64_t seed) {
                                  std::vector<double> x, y;
                                  for (std::size_t i = 0; i < m.settings.size(); ++i) {
                                    const double midpoint = resting_midpoint(m, i, seed).exact_or_nan();
                                    if (std::isnan(midpoint)) continue;
                                    x.push_back(std::log(m.sizes.settings[i].strength));
                                    y.push_back(midpoint);
                                  }
                                  return fit_line(x, y).slope;
                                }),
                       kEquivalenceLevel);
}

/// ln(midpoint of accuracy at this weight decay / at 1) after the same number of steps.
Estimate equal_steps_shift(const WeightDecayMeasurement& m, double weight_decay) {
  const auto midpoint = [&](std::int64_t seed, double at) {
    return std::log(transition_over(m.sizes.network.classes, m.sizes.rows, [&](std::int64_t rows) {
                      return fork_value(m, seed, at, rows, &WeightDecayFork::at_equal_steps);
                    }).midpoint);
  };
  return mean_estimate(
      per_seed(m.sizes.seeds, [&](std::int64_t seed) { return midpoint(seed, weight_decay) - midpoint(seed, 1); }),
      kEquivalenceLevel);
}

/// Exponent of time to ungrok against weight decay, at the smallest D'.
Estimate time_exponent(const WeightDecayMeasurement& m, double level) {
  return mean_estimate(per_seed(m.sizes.seeds,
                                [&](std::int64_t seed) {
                                  std::vector<double> x, y;
                                  for (const double weight_decay : m.sizes.weight_decays) {
                                    const double time = fork_value(m, seed, weight_decay, m.sizes.rows.front(),
                                                                   &WeightDecayFork::time_to_ungrok);
                                    if (!std::isfinite(time)) continue;
                                    x.push_back(weight_decay);
                                    y.push_back(time);
                                  }
                                  return fit_power(x, y).slope;
                                }),
                       level);
}

std::vector<Test> strength_tests(const WeightDecayMeasurement& m) {
  const Estimate slope = strength_exponent(m);
  std::vector<Test> tests = {
      {"exponent b of D_crit ~ alpha^b, networks at rest, over all settings",
       fmt::format("90 % interval within +-ln(1.25)/ln(1000) = {:.4f}: three decades move D_crit by less than 1.25",
                   kFlatInStrength),
       slope, must_lie_within(kFlatInStrength)}};
  for (std::size_t i = 1; i < m.settings.size(); ++i) {
    const Estimate shift = resting_shift(m, i);
    tests.push_back(
        {fmt::format("ln(D_crit with {} / with {}), at rest", m.sizes.settings[i].name, m.sizes.settings[0].name),
         fmt::format("90 % interval within +-ln(1.25) = {:.3f}; shown beside the exponent", kSameMidpoint), shift,
         must_lie_within(kSameMidpoint, EffectScale::kLnRatio), false});
  }
  return tests;
}

std::vector<Test> time_tests(const WeightDecayMeasurement& m) {
  std::vector<Test> tests;
  for (const double weight_decay : m.sizes.weight_decays) {
    if (weight_decay == 1) continue;
    const Estimate e = equal_steps_shift(m, weight_decay);
    tests.push_back(
        {fmt::format("ln(midpoint at weight decay {} / at 1) after {} steps each, the paper's protocol", weight_decay,
                     m.sizes.budgets.ungrok),
         fmt::format("90 % interval within +-ln(1.25) = {:.3f}; shown: at equal steps a smaller weight decay "
                     "has had less effect",
                     kSameMidpoint),
         e, must_lie_within(kSameMidpoint, EffectScale::kLnRatio), false});
  }
  const Estimate slope = time_exponent(m, 0.95);
  tests.push_back({fmt::format("exponent of time to ungrok ~ lambda^b at D' = {}", m.sizes.rows.front()),
                   "below 0: smaller weight decay ungroks more slowly", slope, must_be_below(0)});
  return tests;
}

/// Decades of alpha: by lambda a factor of 16 (with as much lr lambda steps), by epsilon four decades, by Adam with L2
/// what AdamW's default has and a hundred times that.
std::vector<DecaySetting> decay_settings(const Scale& scale) {
  const DecaySetting reference = {"AdamW, lambda 1", 1e-8, 1, {}};
  const DecaySetting large_epsilon = {"AdamW, epsilon 1e-6", 1e-6, 1, {"optim.epsilon=1e-6"}};
  const DecaySetting small_epsilon = {"AdamW, epsilon 1e-10", 1e-10, 1, {"optim.epsilon=1e-10"}};
  if (scale_index(scale) == 0) return {reference, large_epsilon};
  if (scale_index(scale) == 1) return {reference, large_epsilon, small_epsilon};
  return {reference,
          {"AdamW, lambda 1/4", 2.5e-9, 0.25, {"optim.weight_decay=0.25"}},
          {"AdamW, lambda 4", 4e-8, 2, {"optim.weight_decay=4"}},
          small_epsilon,
          large_epsilon,
          {"Adam with L2 1e-8", 1e-8, 1, {"optim.kind=adam", "optim.weight_decay=1e-8"}},
          {"Adam with L2 1e-6", 1e-6, 1, {"optim.kind=adam", "optim.weight_decay=1e-6"}}};
}

WeightDecayFork measure_fork(const RunResults& results, const WeightDecaySizes& sizes, const PlannedPoint& fork) {
  return {fork.seed, fork.rows, fork.weight_decay, accuracy_at(results, fork.run, sizes.budgets.ungrok),
          time_to_ungrok(results, fork.run)};
}

}  // namespace

std::string complaint(const WeightDecaySizes& s) {
  if (s.settings.empty()) return "expected a setting at least";
  return rows_complaint(s.rows, s.network.rows);
}

std::string complaint(const WeightDecayMeasurement& m) {
  return m.settings.size() == m.sizes.settings.size() ? "" : "expected as many settings as sizes";
}

WeightDecaySizes weight_decay_sizes(const Scale& scale) {
  const CommonSizes c = common_sizes(scale);
  const std::vector<std::int64_t> smoke = {50, 90, 160}, quick = {70, 92, 120}, standard = {70, 85, 105, 130};
  WeightDecaySizes s;
  const int index = scale_index(scale);
  s.network = index == 1 || index == 2 ? modular_network(23, 32) : c.network;
  s.seeds = seeds_of(scale, by_scale<std::int64_t>(scale, 2, 3, 5, 5));
  s.parent_rows = std::llround(0.82 * static_cast<double>(s.network.rows));
  s.parent_steps = by_scale<std::int64_t>(scale, 1500, 5000, 5000, 20000);
  s.rows = by_scale(scale, smoke, quick, standard, c.ungrok_rows);
  s.settings = decay_settings(scale);
  s.relaxation = index == 1 || index == 2 ? relaxation_around(scale, 95) : c.relaxation;
  s.weight_decays = c.weight_decays;
  s.budgets = c.budgets;
  return s;
}

WeightDecayRuns plan(SweepPlan& plan, const WeightDecaySizes& s) {
  WeightDecayRuns runs;
  runs.resting.resize(s.settings.size());
  for (const std::int64_t seed : s.seeds.all()) {
    const RunIndex parent = converged_run(plan, {.converged = s.parent_steps}, s.network, seed, s.parent_rows, 1);
    for (std::size_t i = 0; i < s.settings.size(); ++i) {
      Relaxation relaxation = s.relaxation;
      relaxation.steps = std::llround(static_cast<double>(relaxation.steps) / s.settings[i].pace);
      for (const std::int64_t rows : s.rows) {
        runs.resting[i].push_back({relaxed_fork(plan, relaxation, parent, rows, s.settings[i].changes), seed, rows, 1});
      }
    }
    for (const double weight_decay : s.weight_decays) {
      for (const std::int64_t rows : s.rows) {
        runs.forks.push_back(
            {fork_of(plan, s.budgets, parent, rows, weight_decay, s.budgets.ungrok), seed, rows, weight_decay});
      }
    }
  }
  return runs;
}

WeightDecayMeasurement measure(const RunResults& results, const WeightDecaySizes& sizes, const WeightDecayRuns& runs) {
  WeightDecayMeasurement m{sizes, {}, {}};
  for (const std::vector<PlannedPoint>& setting : runs.resting) {
    SettingMeasurement& s = m.settings.emplace_back();
    s.states = resting_states(results, setting);
  }
  for (const PlannedPoint& fork : runs.forks) m.forks.push_back(measure_fork(results, sizes, fork));
  return m;
}

Judgement judge(const WeightDecayMeasurement& m) {
  Judgement result;
  result.tests = strength_tests(m);
  std::vector<double> strengths;
  for (const DecaySetting& s : m.sizes.settings) strengths.push_back(s.strength);
  const auto [least, most] = std::minmax_element(strengths.begin(), strengths.end());
  const std::vector<Test> times = time_tests(m);
  result.tests.insert(result.tests.end(), times.begin(), times.end());
  result.n_seeds = m.sizes.seeds.count;
  result.ours = fmt::format("over {:.1f} decades of alpha D_crit ~ alpha^{:.3f}; time to ungrok ~ lambda^{:.2f}",
                            std::log10(*most / *least), result.tests.front().effect.value, times.back().effect.value);
  std::int64_t restless = 0;
  for (std::size_t i = 0; i < m.settings.size(); ++i) {
    for (const RestingState& s : m.settings[i].states) restless += s.stationary ? 0 : 1;
    for (const std::int64_t seed : m.sizes.seeds.all()) {
      result.n_censored += resting_midpoint(m, i, seed).is_exact() ? 0 : 1;
    }
  }
  result.censoring = "seeds and settings whose transition lies outside the sizes";
  if (restless > 0) result.notes.push_back(fmt::format("{} forks did not come to rest and are left out.", restless));
  return result;
}

std::vector<report::Chart> figures(const WeightDecayMeasurement& m) {
  std::vector<XyPoint> midpoints, times;
  for (const std::int64_t seed : m.sizes.seeds.all()) {
    for (std::size_t i = 0; i < m.settings.size(); ++i) {
      const double midpoint = resting_midpoint(m, i, seed).exact_or_nan();
      if (std::isnan(midpoint)) continue;
      midpoints.push_back(
          {m.sizes.settings[i].name, m.sizes.settings[i].strength, std::exp(midpoint), fmt::format("{}", seed)});
    }
  }
  for (const WeightDecayFork& f : m.forks) {
    times.push_back({fmt::format("D' = {}", f.rows), f.weight_decay, f.time_to_ungrok, fmt::format("{}", f.seed)});
  }
  const Estimate slope = strength_exponent(m);
  return {
      make_xy_chart(midpoints, {.id = "weight-decay-strength",
                                .title = "D_crit against the strength of weight decay",
                                .caption = fmt::format(
                                    "Where both circuits give equal logits in networks at rest, against alpha (epsilon "
                                    "lambda under AdamW, lambda with L2); a mark is a seed. D_crit goes as "
                                    "alpha^{:.3f} ({:.3f} to {:.3f}).",
                                    slope.value, slope.low, slope.high),
                                .x_title = "strength alpha",
                                .y_title = "D_crit",
                                .log_x = true,
                                .log_y = true,
                                .lines = false}),
      make_xy_chart(times, {.id = "weight-decay-time",
                            .title = "Time to ungrok",
                            .caption = "Steps until test accuracy has halved, at a constant learning rate, for runs "
                                       "in which it has.",
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
