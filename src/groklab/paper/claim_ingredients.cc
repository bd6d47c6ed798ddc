// Claim 2, ingredients: grokking needs a generalising circuit that exists, is more efficient, and is slower to learn.
#include <fmt/format.h>

#include <cmath>

#include "groklab/paper/claim.h"
#include "groklab/paper/efficiency.h"
#include "groklab/report/xy_chart.h"
#include "groklab/theory/minimal_simulation.h"

namespace groklab::paper {
namespace {

/// Half of the test rows: "generalises" and "does not" are far from it on either side (1 and about 1 / p).
constexpr double kHalfOfRows = 0.5;

struct Panel {
  const char* name;
  MinimalSimulationConfig config;
};

/// Panel (a) as specified; (b) and (c), whose constants the paper does not give, change one ingredient each.
std::vector<Panel> panels() {
  MinimalSimulationConfig equal, fast;
  equal.generalising.inverse_efficiency = 2;  // P_G = P_M: no more efficient
  fast.generalising.w2 = 1;                   // as fast as the memorising circuit
  return {{"all three", {}}, {"not more efficient", equal}, {"not slower", fast}};
}

/// Largest test loss - test loss at the start: how far memorisation takes test loss up before it falls.
double simulated_rise(const std::vector<MinimalSimulationPoint>& points) {
  double largest = points.front().test_loss;
  for (const MinimalSimulationPoint& point : points) largest = std::max(largest, point.test_loss);
  return largest - points.front().test_loss;
}

Estimate exact(double value) { return {value, value, value, 1}; }

RunIndex fast_run(Study& study, std::int64_t seed) {
  const Scale& s = study.scale();
  return study.scratch(s.fast_network, seed, s.fast_rows, s.weight_decay, s.fast_steps);
}
RunIndex random_labels(Study& study, std::int64_t seed) {
  return study.memorised(study.scale().main, seed, study.scale().memorised_rows.back(), study.scale().weight_decay);
}
RunIndex without_circuit(Study& study, std::int64_t seed) {
  const Scale& s = study.scale();
  return study.scratch(s.control_task, seed, s.grokking_rows, s.weight_decay, s.scratch_steps);
}

void plan_ingredients(Study& study) {
  for (std::int64_t i = 0; i < study.scale().seeds; ++i) {
    const std::int64_t seed = seed_at(study, i);
    grokking_run(study, seed);
    scratch_run(study, seed, study.scale().too_few_rows);
    fast_run(study, seed);
    random_labels(study, seed);
    without_circuit(study, seed);
  }
}

ClaimResult judge_ingredients(Study& study) {
  ClaimResult result;
  const Scale& s = study.scale();
  const auto accuracy = [&](auto run_of) {
    return mean_estimate(per_seed(study, study.scale().seeds,
                                  [&](std::int64_t seed) { return accuracy_at(study, run_of(study, seed)); }));
  };
  const auto too_few = [](Study& st, std::int64_t seed) { return scratch_run(st, seed, st.scale().too_few_rows); };
  const Estimate all = mean_estimate(per_seed(study, study.scale().seeds, [&](std::int64_t seed) {
    return log_delay(study, grokking_run(study, seed), &result.n_censored);
  }));
  const Estimate fast = mean_estimate(
      per_seed(study, study.scale().seeds, [&](std::int64_t seed) { return log_delay(study, fast_run(study, seed)); }));
  const Estimate random = accuracy(random_labels), control = accuracy(without_circuit), few = accuracy(too_few);
  result.tests = {
      {fmt::format("all three (D = {}): log10(T_grok / T_fit)", s.grokking_rows),
       fmt::format("above log10(2) = {:.3f}: delayed, as in claim grokking", kDelayBound), all,
       judge_above(all, kDelayBound)},
      {"no generalising circuit, random labels: final test accuracy", "below 0.5: no generalisation", random,
       judge_below(random, kHalfOfRows)},
      {fmt::format("no generalising circuit, {}: final test accuracy",
                   s.control_task.task.operation == Operation::kCubicPlusY ? "x^3 + x y^2 + y" : "control operation"),
       "below 0.5: no generalisation within the budget", control, judge_below(control, kHalfOfRows)},
      {fmt::format("not more efficient (D = {} < D_crit): final test accuracy", s.too_few_rows),
       "below 0.5: no generalisation within the budget", few, judge_below(few, kHalfOfRows)},
      {fmt::format("not slower ({}, D = {} of {}): log10(T_grok / T_fit)", s.fast_network.name, s.fast_rows,
                   s.fast_network.rows),
       "below log10(2): generalisation without delay", fast, judge_below(fast, kDelayBound)}};
  std::vector<XyPoint> losses, weights;
  for (const Panel& panel : panels()) {
    const auto points = run_minimal_simulation(panel.config);
    const std::string name = panel.name;
    const Estimate rise = exact(simulated_rise(points)), end = exact(points.back().test_loss);
    if (name == "all three") {
      result.tests.push_back({"simulation, all three: rise of test loss before it falls",
                              "above 1 nat: memorisation comes first (deterministic)", rise, judge_above(rise, 1)});
      result.tests.push_back(
          {"simulation, all three: final test loss", "below 1: it falls in the end", end, judge_below(end, 1)});
    } else if (name == "not more efficient") {
      result.tests.push_back({"simulation, not more efficient: final test loss",
                              "above 1: it never generalises (deterministic)", end, judge_above(end, 1)});
    } else {
      result.tests.push_back({"simulation, not slower: rise of test loss", "below 0.01 nats: test loss falls at once",
                              rise, judge_below(rise, 0.01)});
    }
    double next = 1;
    for (const MinimalSimulationPoint& point : points) {
      if (point.step > 0 && static_cast<double>(point.step) < next) continue;
      next = std::max(next * 1.03, static_cast<double>(point.step) + 1);
      const auto step = static_cast<double>(point.step);
      losses.push_back({name + ", test", step, point.test_loss});
      losses.push_back({name + ", train", step, point.train_loss});
      if (name == "all three") {
        weights.push_back({"C_gen", step, point.w_gen});
        weights.push_back({"C_mem", step, point.w_mem});
      }
    }
  }
  result.n_seeds = s.seeds;
  result.censoring = "with all three, runs that did not generalise within the budget count with the budget";
  result.ours = fmt::format(
      "delay with all three a factor of {:.1f}; test accuracy {:.3f} with random labels, {:.3f} without a circuit, "
      "{:.3f} with too few rows; delay {:.2f} with many rows",
      std::pow(10.0, all.value), random.value, control.value, few.value, std::pow(10.0, fast.value));

  XyOptions options;
  options.id = "ingredients-simulation";
  options.title = "Minimal simulation: losses with each ingredient";
  options.caption =
      "Two abstract circuits under gradient descent. With all three ingredients test loss falls late; with equal "
      "efficiency never; with equal speed at once.";
  options.x_title = "step";
  options.y_title = "cross-entropy";
  options.steps_x = true;
  options.points = false;
  result.figures.push_back(make_xy_chart(losses, options));
  options.id = "ingredients-weights";
  options.title = "Minimal simulation: the circuits' weights, all three ingredients";
  options.caption = fmt::format(
      "The memorising circuit comes first and gives way: the weights end in the ratio {:.0f} : 1 that the theory "
      "predicts.",
      optimal_weight_ratio(1, 2, 1.2));
  options.y_title = "weight of the circuit";
  result.figures.push_back(make_xy_chart(weights, options));
  std::vector<XyPoint> curves;
  const auto add_curve = [&](const char* name, RunIndex run) {
    if (!study.has(run)) return;
    for (const Record& r : study.records(run)) {
      curves.push_back({name, static_cast<double>(r.step), r.test.accuracy});
    }
  };
  add_curve("all three", grokking_run(study, seed_at(study, 0)));
  add_curve("random labels", random_labels(study, seed_at(study, 0)));
  add_curve("no such circuit", without_circuit(study, seed_at(study, 0)));
  add_curve("too few rows", scratch_run(study, seed_at(study, 0), s.too_few_rows));
  add_curve("many rows", fast_run(study, seed_at(study, 0)));
  options.id = "ingredients-networks";
  options.title = "Networks with one ingredient removed, one seed";
  options.caption = "Test accuracy. Only the network that has all three ingredients groks.";
  options.y_title = "test accuracy";
  options.fraction_y = true;
  result.figures.push_back(make_xy_chart(curves, options));
  return result;
}

}  // namespace

Claim claim_ingredients() {
  return {"ingredients",
          "The three ingredients",
          "Grokking appears only if a generalising circuit exists, is more efficient than the memorising one, and is "
          "slower to learn.",
          "Minimal simulation: test loss falls late with all three; never, or at once, without one (Fig. 2)",
          plan_ingredients,
          judge_ingredients};
}

}  // namespace groklab::paper
