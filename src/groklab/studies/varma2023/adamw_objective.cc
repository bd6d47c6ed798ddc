// See adamw_objective.h.
#include "groklab/studies/varma2023/adamw_objective.h"

#include <fmt/format.h>

#include <algorithm>

#include "groklab/report/xy_chart.h"

namespace groklab::studies::varma2023 {
namespace {

using report::make_xy_chart;
using report::XyPoint;

/// k of a network at rest; NaN if it is not.
double degree(const RestingLoss& r) { return r.stationary ? r.pull / (r.train_loss * r.margin) : std::nan(""); }
/// The same with alpha ||theta||^2 for the pull, which is its limit for small lambda |theta|.
double degree_by_norm(const AdamwObjectiveMeasurement& m, const RestingLoss& r) {
  const double strength = m.sizes.settings[static_cast<std::size_t>(r.setting)].strength;
  return r.stationary ? strength * r.norm * r.norm / (r.train_loss * r.margin) : std::nan("");
}

/// Exponent b of value ~ alpha^b of every seed, over its settings.
template <class Value>
Estimate exponent_of(const AdamwObjectiveMeasurement& m, double level, const Value& value) {
  return mean_estimate(per_seed(m.sizes.seeds,
                                [&](std::int64_t seed) {
                                  std::vector<double> x, y;
                                  for (const RestingLoss& r : m.runs) {
                                    if (r.seed != seed || !std::isfinite(value(r))) continue;
                                    x.push_back(m.sizes.settings[static_cast<std::size_t>(r.setting)].strength);
                                    y.push_back(value(r));
                                  }
                                  return fit_power(x, y).slope;
                                }),
                       level);
}

/// Geometric mean of k over a seed's settings.
Estimate mean_degree(const AdamwObjectiveMeasurement& m) {
  return exponential(mean_estimate(per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    std::vector<double> logs;
    for (const RestingLoss& r : m.runs) {
      if (r.seed == seed) logs.push_back(std::log(degree(r)));
    }
    return mean_estimate(logs).value;
  })));
}

std::vector<DecaySetting> objective_settings(const Scale& scale) {
  const std::string exact = "train.precision=float64";
  const auto adamw = [&](const char* epsilon, double strength) -> DecaySetting {
    return {fmt::format("AdamW, epsilon {}", epsilon), strength, 1, {exact, fmt::format("optim.epsilon={}", epsilon)}};
  };
  const auto l2 = [&](const char* lambda, double strength) -> DecaySetting {
    return {fmt::format("Adam with L2 {}", lambda),
            strength,
            1,
            {exact, "optim.kind=adam", fmt::format("optim.weight_decay={}", lambda)}};
  };
  if (scale_index(scale) == 0) return {adamw("1e-8", 1e-8), adamw("1e-4", 1e-4)};
  return {adamw("1e-10", 1e-10), adamw("1e-8", 1e-8), adamw("1e-6", 1e-6),
          adamw("1e-4", 1e-4),   l2("1e-6", 1e-6),    l2("1e-4", 1e-4)};
}

}  // namespace

std::string complaint(const AdamwObjectiveSizes& s) {
  if (s.settings.size() < 2) return "expected two settings at least";
  return rows_complaint({s.rows}, s.network.rows);
}

std::string complaint(const AdamwObjectiveMeasurement& m) {
  const auto n = static_cast<std::int64_t>(m.sizes.settings.size());
  for (const RestingLoss& r : m.runs) {
    if (r.setting < 0 || r.setting >= n)
      return fmt::format("expected settings from 0 to {}, found {}", n - 1, r.setting);
  }
  return "";
}

AdamwObjectiveSizes adamw_objective_sizes(const Scale& scale) {
  AdamwObjectiveSizes s;
  const int index = scale_index(scale);
  s.network = index == 0                 ? modular_network(17, 32)
              : index == 1 || index == 2 ? modular_network(23, 32)
                                         : modular_network(43, 48);
  s.seeds = seeds_of(scale, by_scale<std::int64_t>(scale, 2, 3, 5, 10));
  s.rows = by_scale<std::int64_t>(scale, 230, 430, 430, 1500);
  s.settings = objective_settings(scale);
  s.relaxation = relaxation_around(scale, 95);
  return s;
}

AdamwObjectiveRuns plan(SweepPlan& plan, const AdamwObjectiveSizes& s) {
  AdamwObjectiveRuns runs;
  for (const std::int64_t seed : s.seeds.all()) {
    for (const DecaySetting& setting : s.settings) {
      runs.runs.push_back(
          {relaxed_run(plan, s.relaxation, s.network, seed, s.rows, setting.changes), seed, s.rows, setting.strength});
    }
  }
  return runs;
}

AdamwObjectiveMeasurement measure(const RunResults& results, const AdamwObjectiveSizes& sizes,
                                  const AdamwObjectiveRuns& runs) {
  AdamwObjectiveMeasurement m{sizes, {}};
  for (std::size_t i = 0; i < runs.runs.size(); ++i) {
    const PlannedPoint& p = runs.runs[i];
    const auto setting = static_cast<std::int64_t>(i % sizes.settings.size());
    if (!results.has(p.run)) {
      const double none = std::nan("");
      m.runs.push_back({p.seed, setting, none, none, none, none, false});
      continue;
    }
    const Record& last = results.last(p.run);
    m.runs.push_back({p.seed, setting, last.train.loss, last.train.margin, last.norm, results.decay_term(p.run).pull,
                      results.stationarity(p.run).stationary});
  }
  return m;
}

Judgement judge(const AdamwObjectiveMeasurement& m) {
  Judgement result;
  const Estimate flat = exponent_of(m, kEquivalenceLevel, degree);
  const Estimate by_norm =
      exponent_of(m, kEquivalenceLevel, [&](const RestingLoss& r) { return degree_by_norm(m, r); });
  const Estimate loss =
      exponent_of(m, 0.95, [](const RestingLoss& r) { return r.stationary ? r.train_loss : std::nan(""); });
  const std::string rule = fmt::format(
      "90 % interval within +-ln(1.25)/ln(1e6) = {:.4f}: six decades move k by less than 1.25", kFlatDegree);
  result.tests = {{"exponent b of k = pull / (loss margin) ~ alpha^b at rest, over AdamW's epsilons and Adam with L2",
                   rule, flat, must_lie_within(kFlatDegree)},
                  {"exponent b of training loss ~ alpha^b at rest", "above 0.5: the loss is set by decay, not by steps",
                   loss, must_be_above(0.5)},
                  {"the same k with alpha |theta|^2 for the pull", rule + "; shown: large weights are pulled more",
                   by_norm, must_lie_within(kFlatDegree), false}};
  const Estimate k = mean_degree(m);
  const auto restless = std::count_if(m.runs.begin(), m.runs.end(), [](const auto& r) { return !r.stationary; });
  result.n_seeds = m.sizes.seeds.count;
  result.n_censored = restless;
  result.censoring = "runs that did not come to rest; they are left out";
  result.ours = fmt::format(
      "one k = {:.2f} ({:.2f} to {:.2f}) over strengths of decay; k ~ alpha^{:.4f}, loss ~ "
      "alpha^{:.2f}",
      k.value, k.low, k.high, flat.value, loss.value);
  return result;
}

std::vector<report::Chart> figures(const AdamwObjectiveMeasurement& m) {
  std::vector<XyPoint> points;
  for (const RestingLoss& r : m.runs) {
    if (!r.stationary) continue;
    const DecaySetting& setting = m.sizes.settings[static_cast<std::size_t>(r.setting)];
    points.push_back({setting.name, r.pull / r.margin, r.train_loss, fmt::format("{}", r.seed)});
  }
  const Estimate k = mean_degree(m);
  return {make_xy_chart(points, {.id = "adamw-objective-law",
                                 .title = "Where decay and loss balance",
                                 .caption = fmt::format(
                                     "Training loss at rest against pull / margin; a mark is a network. Theory: a line "
                                     "of slope 1. Here loss = pull / (k margin) with k = {:.2f}.",
                                     k.value),
                                 .x_title = "pull / margin",
                                 .y_title = "training loss",
                                 .log_x = true,
                                 .log_y = true,
                                 .lines = false})};
}

Claim claim_adamw_objective() {
  return make_claim<AdamwObjectiveSizes, AdamwObjectiveRuns, AdamwObjectiveMeasurement>(
      {.id = "adamw-objective",
       .title = "What AdamW minimises",
       .statement =
           "Weight decay and cross-entropy balance: with all rows fitted, larger logits lower the loss and decay "
           "pushes back. Under AdamW the strength of decay is epsilon lambda.",
       .paper = "The objective is cross-entropy plus alpha/2 |theta|^2; AdamW's own is not discussed",
       .sizes = adamw_objective_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures});
}

}  // namespace groklab::studies::varma2023
