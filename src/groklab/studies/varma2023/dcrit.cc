// See dcrit.h.
#include "groklab/studies/varma2023/dcrit.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "groklab/report/xy_chart.h"

namespace groklab::studies::varma2023 {
namespace {

using report::make_xy_chart;
using report::XyPoint;

/// One condition: D_crit as predicted and as observed, with intervals over seeds.
struct DcritSummary {
  std::string name;
  Estimate predicted;     ///< from equal norms at equal margin
  Estimate by_objective;  ///< from equal objectives
  Estimate observed;      ///< midpoint of the ungrokking transition
  std::int64_t n_censored = 0;
};

DcritSummary summarise(const DcritSizes& sizes, const DcritCondition& condition, const DcritConditionMeasurement& c) {
  const auto predicted = [&](double EfficiencyPoint::*value) {
    return exponential(mean_estimate(log_crossings(c.points, condition.seeds, condition.weight_decay, value)));
  };
  DcritSummary summary;
  summary.name = fmt::format("{}, weight decay {}", condition.network.name, condition.weight_decay);
  summary.predicted = predicted(&EfficiencyPoint::norm_at_margin);
  summary.by_objective = predicted(&EfficiencyPoint::objective);
  const auto rows = rows_within(sizes.rows, condition.network);
  summary.observed = exponential(mean_estimate(per_seed(condition.seeds, [&](std::int64_t seed) {
    const Transition t = transition_over(condition.network.classes, rows, [&](std::int64_t size) {
      const auto found = std::find_if(c.forks.begin(), c.forks.end(),
                                      [&](const auto& fork) { return fork.seed == seed && fork.rows == size; });
      return found == c.forks.end() ? std::nan("") : found->test_accuracy;
    });
    summary.n_censored += t.below || t.above ? 1 : 0;
    return std::log(t.midpoint);
  })));
  return summary;
}

std::vector<DcritSummary> summarise(const DcritMeasurement& m) {
  std::vector<DcritSummary> all;
  for (std::size_t i = 0; i < m.conditions.size(); ++i) {
    all.push_back(summarise(m.sizes, m.sizes.conditions[i], m.conditions[i]));
  }
  return all;
}

Json pair_of(const Estimate& e) { return {e.low, e.high}; }

Json condition_json(const DcritSummary& c, const DcritCondition& condition) {
  return {{"condition", c.name},
          {"n_seeds", condition.seeds.count},
          {"predicted", c.predicted.value},
          {"predicted_ci", pair_of(c.predicted)},
          {"predicted_by_objective", c.by_objective.value},
          {"predicted_by_objective_ci", pair_of(c.by_objective)},
          {"observed", c.observed.value},
          {"observed_ci", pair_of(c.observed)},
          {"n_censored", c.n_censored}};
}

std::vector<Test> dcrit_tests(const Estimate& ratio, const Estimate& by_objective, const Estimate& rank) {
  const std::string rule = fmt::format(
      "90 % interval within +-ln(1.5) = {:.3f}: right within a factor of 1.5, over conditions", kRightWithin);
  return {
      {"ln(predicted / observed D_crit), by equal margin, mean over conditions", rule, ratio,
       judge_equivalent(ratio, kRightWithin)},
      {"ln(predicted / observed D_crit), by equal objective CE + lambda/2 |theta|^2", rule, by_objective,
       judge_equivalent(by_objective, kRightWithin), false},
      {"Spearman's correlation of prediction and observation over conditions (bootstrap)",
       "above 0; shown only, as some conditions are expected to have equal D_crit", rank, judge_above(rank, 0), false}};
}

Estimate rank_correlation(const std::vector<double>& predicted, const std::vector<double>& observed) {
  return bootstrap(static_cast<std::int64_t>(predicted.size()), [&](std::span<const std::size_t> at) {
    std::vector<double> x, y;
    for (const std::size_t i : at) {
      x.push_back(predicted[i]);
      y.push_back(observed[i]);
    }
    return spearman(x, y);
  });
}

}  // namespace

std::string complaint(const DcritSizes& s) {
  if (s.main < 0 || s.main >= static_cast<std::int64_t>(s.conditions.size())) return "expected main to be a condition";
  for (const DcritCondition& c : s.conditions) {
    if (const std::string text = rows_complaint(s.rows, c.network.rows); !text.empty()) return text;
  }
  return "";
}

std::string complaint(const DcritMeasurement& m) {
  if (m.conditions.size() == m.sizes.conditions.size()) return "";
  return "expected as many conditions as sizes";
}

DcritSizes dcrit_sizes(const Scale& scale) {
  const CommonSizes s = common_sizes(scale);
  const SeedRange seeds = seeds_of(scale, by_scale<std::int64_t>(scale, 2, 3, 5, 5));
  std::vector<TaskNetwork> others;  // other moduli and widths
  switch (scale_index(scale)) {
    case 0:
      others = {modular_network(17, 16)};
      break;
    case 1:
      others = {modular_network(31, 32), modular_network(37, 48)};
      break;
    case 2:
      others = {modular_network(23, 32), modular_network(59, 64)};
      break;
    default:
      others = {modular_network(59, 64), modular_network(83, 96), modular_network(113, 64), modular_network(113, 256)};
  }
  DcritSizes sizes;
  for (const double weight_decay : s.weight_decays) {
    if (weight_decay == s.weight_decay) sizes.main = static_cast<std::int64_t>(sizes.conditions.size());
    sizes.conditions.push_back({s.network, weight_decay, s.seeds});
  }
  for (const TaskNetwork& network : others) sizes.conditions.push_back({network, s.weight_decay, seeds});
  sizes.rows = s.ungrok_rows;
  sizes.memorised_rows = s.memorised_rows;
  sizes.budgets = s.budgets;
  return sizes;
}

DcritRuns plan(SweepPlan& plan, const DcritSizes& s) {
  DcritRuns runs;
  for (const DcritCondition& c : s.conditions) {
    const auto rows = rows_within(s.rows, c.network);
    DcritRuns::Condition& condition = runs.conditions.emplace_back();
    condition.circuits =
        circuit_runs(plan, s.budgets, c.network, c.seeds, s.memorised_rows, rows.back(), c.weight_decay);
    for (const std::int64_t seed : c.seeds.all()) {
      for (const std::int64_t size : rows) {
        condition.forks.push_back(
            {ungrok_run(plan, s.budgets, c.network, seed, size, c.weight_decay), seed, size, c.weight_decay});
      }
    }
  }
  return runs;
}

DcritMeasurement measure(const RunResults& results, const DcritSizes& sizes, const DcritRuns& runs) {
  DcritMeasurement m{sizes, {}};
  for (const DcritRuns::Condition& condition : runs.conditions) {
    DcritConditionMeasurement& c = m.conditions.emplace_back();
    c.points = measure_circuit_points(results, condition.circuits);
    for (const PlannedPoint& fork : condition.forks) {
      const std::int64_t step = equal_decay_step(sizes.budgets, fork.weight_decay);
      c.forks.push_back({fork.seed, fork.rows, accuracy_at(results, fork.run, step)});
    }
  }
  return m;
}

Judgement judge(const DcritMeasurement& m) {
  Judgement result;
  std::vector<double> log_ratio, log_ratio_objective, predicted, observed;
  Json list = Json::array();
  const std::vector<DcritSummary> all = summarise(m);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const DcritSummary& c = all[i];
    result.n_censored += c.n_censored;
    log_ratio.push_back(std::log(c.predicted.value / c.observed.value));
    log_ratio_objective.push_back(std::log(c.by_objective.value / c.observed.value));
    predicted.push_back(c.predicted.value);
    observed.push_back(c.observed.value);
    list.push_back(condition_json(c, m.sizes.conditions[i]));
  }
  const Estimate ratio = mean_estimate(log_ratio, kEquivalenceLevel);
  result.tests =
      dcrit_tests(ratio, mean_estimate(log_ratio_objective, kEquivalenceLevel), rank_correlation(predicted, observed));
  result.n_seeds = m.sizes.conditions.front().seeds.count;
  result.censoring = "seeds whose transition lies outside the sizes";
  const DcritSummary& main = all.at(static_cast<std::size_t>(m.sizes.main));
  result.ours = fmt::format(
      "{}: predicted {:.0f} ({:.0f} to {:.0f}), observed {:.0f} ({:.0f} to {:.0f}); over {} conditions "
      "predicted / observed {:.2f}",
      m.sizes.conditions[static_cast<std::size_t>(m.sizes.main)].network.name, main.predicted.value, main.predicted.low,
      main.predicted.high, main.observed.value, main.observed.low, main.observed.high, all.size(),
      std::exp(ratio.value));
  result.data["conditions"] = list;
  result.data["predicted"] = main.predicted.value;
  result.data["predicted_ci"] = pair_of(main.predicted);
  result.data["observed"] = main.observed.value;
  result.data["observed_ci"] = pair_of(main.observed);
  result.data["log_log_slope"] = fit_power(predicted, observed).slope;
  result.data["median_ratio"] = std::exp(median_of(log_ratio));
  result.notes.push_back(
      "To our knowledge nobody has measured both efficiencies, predicted D_crit from them and compared. The interval "
      "of the mean is over conditions; those of one network share their prediction's seeds.");
  return result;
}

std::vector<report::Chart> figures(const DcritMeasurement& m) {
  const std::vector<DcritSummary> all = summarise(m);
  std::vector<XyPoint> points, curves;
  for (const DcritSummary& c : all) {
    points.push_back({c.name, c.observed.value, c.predicted.value, "", c.predicted.low, c.predicted.high});
  }
  // How the prediction is made, for the main condition.
  const auto main = static_cast<std::size_t>(m.sizes.main);
  const auto add = [&](const char* name, const std::vector<EfficiencyPoint>& of) {
    for (const EfficiencyPoint& p : of) {
      curves.push_back({name, static_cast<double>(p.rows), p.norm_at_margin, fmt::format("{}", p.seed)});
    }
  };
  add("C_mem needs", fitted(m.conditions.at(main).points.memorised));
  add("C_gen needs", passing(generalising(m.conditions.at(main).points.general)));
  return {make_xy_chart(
              points,
              {.id = "dcrit-prediction",
               .title = "Critical data-set size: predicted against observed",
               .caption = "Predicted: where C_mem comes to need C_gen's norm at equal margin, with its 95 % interval "
                          "over seeds. Observed: midpoint of the ungrokking transition. On the dashed line the theory "
                          "is exact.",
               .x_title = "observed D_crit",
               .y_title = "predicted D_crit",
               .log_x = true,
               .log_y = true,
               .lines = false,
               .diagonal = true}),
          make_xy_chart(curves, {.id = "dcrit-crossing",
                                 .title = "How D_crit is predicted",
                                 .caption = "The norm each circuit needs for a mean margin of 10. They cross at the "
                                            "predicted D_crit; the observed one is the ungrokking midpoint.",
                                 .x_title = "training rows D",
                                 .y_title = "norm at margin 10",
                                 .log_x = true,
                                 .log_y = true,
                                 .rules = {{all.at(main).predicted.value, "predicted"},
                                           {all.at(main).observed.value, "observed"}}})};
}

Claim claim_dcrit() {
  return make_claim<DcritSizes, DcritRuns, DcritMeasurement>(
      {.id = "dcrit",
       .title = "The crossing predicts the critical data-set size",
       .statement = "There is a data-set size at which both circuits are equally efficient; below it networks ungrok.",
       .paper = "D_crit about 500 to 1000 from norms, 800 to 1000 from ungrokking (p = 113); no prediction with an "
                "interval",
       .sizes = dcrit_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures});
}

}  // namespace groklab::studies::varma2023
