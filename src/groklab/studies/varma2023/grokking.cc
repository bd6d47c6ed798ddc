// See grokking.h.
#include "groklab/studies/varma2023/grokking.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/varma2023/rho_points.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023 {
namespace {

using report::make_xy_chart;
using report::XyPoint;

const GrokkingRun* grokking_of(const GrokkingMeasurement& m, std::int64_t seed) {
  const auto found = std::find_if(m.runs.begin(), m.runs.end(), [&](const auto& r) { return r.seed == seed; });
  return found == m.runs.end() ? nullptr : &*found;
}

/// ln(norm at the end / norm where it had fitted): two fixed points of time, so that a norm that grows gives a number
/// above 0. NaN for a run that did not generalise.
double norm_fall(const GrokkingRun& run) {
  if (!run.delay.fit || !run.delay.grok || run.curve.norm.empty()) return std::nan("");
  for (std::size_t i = 0; i < run.curve.step.size(); ++i) {
    if (run.curve.step[i] >= *run.delay.fit) return std::log(run.curve.norm.back() / run.curve.norm[i]);
  }
  return std::nan("");
}

std::vector<CircuitsAt> grokking_circuits(const GrokkingMeasurement& m) {
  std::vector<CircuitsAt> circuits;
  for (const GrokkingRun& run : m.runs) {
    for (std::size_t i = 0; i < run.general_logit.size(); ++i) {
      circuits.push_back(
          {run.seed, static_cast<double>(run.curve.step[i]), run.general_logit[i], run.memorised_logit[i]});
    }
  }
  return circuits;
}

}  // namespace

std::string complaint(const GrokkingRun& r) {
  const bool fit = r.general_logit.size() == r.memorised_logit.size() &&
                   (r.general_logit.empty() || r.general_logit.size() == r.curve.step.size());
  return fit ? "" : "expected both logits at each step of the curve, or none";
}

void upgrade_grokking(Json& measurement) {
  if (!measurement.is_object() || !measurement.contains("runs")) return;
  for (Json& run : measurement["runs"]) {
    for (const char* name : {"general_logit", "memorised_logit"}) {
      if (run.is_object() && !run.contains(name)) run[name] = Json::array();
    }
  }
}

GrokkingSizes grokking_sizes(const Scale& scale) {
  const CommonSizes s = common_sizes(scale);
  return {s.network, s.seeds, s.weight_decay, s.grokking_rows, s.scratch_steps};
}

GrokkingRuns plan(SweepPlan& plan, const GrokkingSizes& s) {
  GrokkingRuns runs;
  for (const std::int64_t seed : s.seeds.all()) {
    runs.runs.push_back(scratch_run(plan, s.network, seed, s.rows, s.weight_decay, s.steps));
  }
  return runs;
}

GrokkingMeasurement measure(const RunResults& results, const GrokkingSizes& sizes, const GrokkingRuns& runs) {
  GrokkingMeasurement m{sizes, {}, {}};
  for (std::size_t i = 0; i < runs.runs.size(); ++i) {
    const RunIndex run = runs.runs[i];
    if (!results.has(run)) continue;
    const std::vector<Record>& records = results.records(run);
    m.runs.push_back(
        {sizes.seeds.first + static_cast<std::int64_t>(i), delay_of(records, kHeld), curve_of(records), {}, {}});
    for (const Record& r : records) {
      m.runs.back().general_logit.push_back(r.test.correct_logit_centred);
      m.runs.back().memorised_logit.push_back(r.train.correct_logit_centred - r.test.correct_logit_centred);
    }
    if (i > 0) continue;
    for (const auto& [step, metrics] : results.circuits_over_steps(run)) {
      m.circuits.push_back({step, metrics.invariant_test.correct_logit, metrics.memorised_strength});
    }
  }
  return m;
}

Judgement judge(const GrokkingMeasurement& m) {
  Judgement result;
  std::vector<double> fit_times, grok_times;
  for (const GrokkingRun& run : m.runs) {
    if (run.delay.fit) fit_times.push_back(static_cast<double>(*run.delay.fit));
    if (run.delay.grok) grok_times.push_back(static_cast<double>(*run.delay.grok));
    result.n_censored += is_censored(run.delay) ? 1 : 0;
  }
  const auto over_seeds = [&](double (*value)(const GrokkingRun&)) {
    return mean_estimate(per_seed(m.sizes.seeds, [&](std::int64_t seed) {
      const GrokkingRun* run = grokking_of(m, seed);
      return run != nullptr ? value(*run) : std::nan("");
    }));
  };
  const Estimate delay = over_seeds([](const GrokkingRun& run) { return log_delay(run.delay); });
  const Estimate fall = over_seeds(norm_fall);
  result.tests = {
      {"log10(T_grok / T_fit), both at accuracy 0.9",
       fmt::format("above log10(2) = {:.3f}: generalising takes at least as long again as fitting", kDelayBound), delay,
       must_be_above(kDelayBound, EffectScale::kLog10Ratio)},
      {"ln(norm at the end / norm at T_fit), runs that generalised",
       "below 0: the network that generalises needs less norm than the one that had memorised", fall,
       must_be_below(0, EffectScale::kLnRatio)}};
  result.n_seeds = delay.n;
  result.censoring = "runs that did not generalise within the budget count with the budget as T_grok";
  result.ours = fmt::format("D = {}: T_fit {:.0f}, T_grok {:.0f} (medians), a factor of {:.1f}", m.sizes.rows,
                            median_of(fit_times), median_of(grok_times), std::pow(10.0, delay.value));
  result.data["t_fit"] = fit_times;
  result.data["t_grok"] = grok_times;
  return result;
}

std::vector<report::Chart> figures(const GrokkingMeasurement& m) {
  std::vector<XyPoint> accuracy, norms, parts;
  for (const GrokkingRun& run : m.runs) {
    const std::string line = fmt::format("{}", run.seed);
    for (std::size_t i = 0; i < run.curve.step.size(); ++i) {
      const auto step = static_cast<double>(run.curve.step[i]);
      accuracy.push_back({"test accuracy", step, run.curve.test_accuracy[i], line});
      accuracy.push_back({"train accuracy", step, run.curve.train_accuracy[i], line});
      norms.push_back({"parameter norm", step, run.curve.norm[i], line});
    }
  }
  for (const CircuitLogits& c : m.circuits) {
    parts.push_back({"the paper's C_gen", static_cast<double>(c.step), c.general});
    parts.push_back({"the paper's C_mem", static_cast<double>(c.step), c.memorised});
  }
  std::vector<report::Chart> charts = {
      make_xy_chart(accuracy, {.id = "grokking-accuracy",
                               .title = "Grokking: accuracy over training",
                               .caption = fmt::format("Each line is one of {} seeds, D = {} of {} rows. Training rows "
                                                      "are fitted first; test rows follow much later.",
                                                      m.sizes.seeds.count, m.sizes.rows, m.sizes.network.rows),
                               .x_title = "step",
                               .y_title = "accuracy",
                               .steps_x = true,
                               .fraction_y = true,
                               .points = false}),
      make_xy_chart(norms, {.id = "grokking-norm",
                            .title = "The parameter norm through both phases",
                            .caption = "The norm rises while the rows are memorised and falls while the network comes "
                                       "to generalise.",
                            .x_title = "step",
                            .y_title = "norm of all parameters",
                            .steps_x = true,
                            .points = false})};
  if (const std::vector<CircuitsAt> circuits = grokking_circuits(m); !circuits.empty()) {
    charts.push_back(make_xy_chart(
        rho_points(circuits),
        {.id = "grokking-rho",
         .title = "Which circuit makes the logits: rho = G / M",
         .caption = "Mean over seeds with its 95 % interval, and every seed, where both circuits give something. G: "
                    "mean centred correct logit on rows not trained on; M: how much larger on training rows.",
         .x_title = "step",
         .y_title = "rho",
         .log_y = true,
         .steps_x = true,
         .series = {kMeanRho, kSeedRho}}));
  }
  if (parts.empty()) return charts;
  charts.push_back(make_xy_chart(
      parts, {.id = "grokking-circuits",
              .title = "The paper's projection: correct logit of its parts, one seed",
              .caption = "As in the paper's Fig. 9. C_gen: correct logit of the part that respects the group, on test "
                         "rows. C_mem: how much more the rest adds to the correct logit on training rows than on test "
                         "rows. A lookup table of D of N rows has D / N of its height in C_gen.",
              .x_title = "step",
              .y_title = "correct logit",
              .steps_x = true}));
  return charts;
}

Claim claim_grokking() {
  return make_claim<GrokkingSizes, GrokkingRuns, GrokkingMeasurement>(
      {.id = "grokking",
       .title = "Grokking",
       .statement = "A network fits its training rows early and generalises much later, while its norm falls.",
       .paper = "Train accuracy 1 within some hundred steps, test accuracy 1 after thousands (Fig. 1)",
       .sizes = grokking_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures,
       .upgrade = upgrade_grokking});
}

}  // namespace groklab::studies::varma2023
