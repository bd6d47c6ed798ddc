// See circuits.h.
#include "groklab/studies/varma2023/circuits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023 {
namespace {

using report::make_xy_chart;
using report::XyPoint;

double circuit_ratio(const CircuitsFork& fork) { return fork.invariant_logit / fork.memorised_strength; }

/// Ranks as the ratio does while both are positive, and goes on where no memorisation is left: there noise puts C_mem's
/// strength about zero, and the ratio leaps from +infinity to -infinity.
double circuit_angle(const CircuitsFork& fork) { return std::atan2(fork.invariant_logit, fork.memorised_strength); }

/// How a network's circuits changed from where C_mem was largest to the end.
struct TakeOver {
  double remains = 0;  ///< C_mem at the end / at its largest
  double growth = 0;   ///< of C_gen's fraction of the logits' squared norm
};

TakeOver take_over(const CircuitsRun& run) {
  if (run.checkpoints.empty()) return {std::nan(""), std::nan("")};
  double peak = 0, at_peak = 0;
  for (const CircuitsCheckpoint& c : run.checkpoints) {
    if (!(c.memorised_strength > peak)) continue;
    peak = c.memorised_strength;
    at_peak = c.invariant_fraction;
  }
  const CircuitsCheckpoint& last = run.checkpoints.back();
  return {last.memorised_strength / peak, last.invariant_fraction - at_peak};
}

Estimate balance_over_rows(const CircuitsMeasurement& m) {
  return mean_estimate(per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    std::vector<double> x, y;
    for (const CircuitsFork& fork : m.forks) {
      if (fork.seed != seed || !std::isfinite(circuit_angle(fork))) continue;
      x.push_back(static_cast<double>(fork.rows));
      y.push_back(circuit_angle(fork));
    }
    return spearman(x, y);
  }));
}

/// Over forks with some of both circuits: smallest and largest C_gen / C_mem; NaN if there is none.
std::pair<double, double> ratio_range(const CircuitsMeasurement& m) {
  double low = std::nan(""), high = std::nan("");
  for (const CircuitsFork& fork : m.forks) {
    if (!(circuit_ratio(fork) > 0)) continue;
    low = std::fmin(low, circuit_ratio(fork));
    high = std::fmax(high, circuit_ratio(fork));
  }
  return {low, high};
}

std::vector<std::string> circuits_notes(const CircuitsMeasurement& m) {
  std::vector<std::string> notes = {
      "C_mem is measured by how much more the residual adds to the correct logit on training rows than on "
      "test rows, which removes the bias that the paper states (its residual is non-generalising by "
      "definition)."};
  const auto none_left = std::count_if(m.forks.begin(), m.forks.end(), [](const CircuitsFork& fork) {
    return std::isfinite(circuit_angle(fork)) && !(fork.memorised_strength > 0);
  });
  if (none_left > 0) {
    notes.push_back(fmt::format(
        "In {} networks no memorisation is left (C_mem's strength is zero within noise, or below): they rank above "
        "those with some, by the angle of the two logits, and the chart of ratios leaves them out.",
        none_left));
  }
  return notes;
}

struct CircuitsPoints {
  std::vector<XyPoint> logits, norms, losses, ratios;
};

CircuitsPoints circuits_points(const CircuitsMeasurement& m) {
  CircuitsPoints points;
  for (const CircuitsRun& run : m.scratch) {
    const std::string line = fmt::format("{}", run.seed);
    for (const CircuitsCheckpoint& c : run.checkpoints) {
      const auto x = static_cast<double>(c.step);
      points.logits.push_back({"C_gen", x, c.invariant_logit, line});
      points.logits.push_back({"C_mem", x, c.memorised_strength, line});
      points.norms.push_back({"C_gen", x, c.invariant_fraction, line});
      points.norms.push_back({"C_mem", x, 1 - c.invariant_fraction, line});
      if (run.seed != m.sizes.seeds.first) continue;
      points.losses.push_back({"C_gen alone, test rows", x, c.general_test_loss});
      points.losses.push_back({"C_mem alone, training rows", x, c.residual_train_loss});
      points.losses.push_back({"C_mem alone, test rows", x, c.residual_test_loss});
    }
  }
  for (const CircuitsFork& fork : m.forks) {
    if (!std::isfinite(circuit_angle(fork))) continue;
    points.ratios.push_back(
        {"C_gen / C_mem", static_cast<double>(fork.rows), circuit_ratio(fork), fmt::format("{}", fork.seed)});
  }
  return points;
}

}  // namespace

CircuitsSizes circuits_sizes(const Scale& scale) {
  const CommonSizes s = common_sizes(scale);
  return {s.network, s.seeds, s.weight_decay, s.grokking_rows, s.scratch_steps, s.ungrok_rows, s.budgets};
}

CircuitsRuns plan(SweepPlan& plan, const CircuitsSizes& s) {
  CircuitsRuns runs;
  for (const std::int64_t seed : s.seeds.all()) {
    runs.scratch.push_back(scratch_run(plan, s.network, seed, s.rows, s.weight_decay, s.steps));
    for (const std::int64_t rows : s.ungrok_rows) {
      runs.forks.push_back(
          {ungrok_run(plan, s.budgets, s.network, seed, rows, s.weight_decay), seed, rows, s.weight_decay});
    }
  }
  return runs;
}

CircuitsMeasurement measure(const RunResults& results, const CircuitsSizes& sizes, const CircuitsRuns& runs) {
  CircuitsMeasurement m{sizes, {}, {}};
  for (std::size_t i = 0; i < runs.scratch.size(); ++i) {
    if (!results.has(runs.scratch[i])) continue;
    CircuitsRun& run = m.scratch.emplace_back();
    run.seed = sizes.seeds.first + static_cast<std::int64_t>(i);
    for (const auto& [step, c] : results.circuits_over_steps(runs.scratch[i])) {
      run.checkpoints.push_back({step, c.invariant_test.correct_logit, c.memorised_strength, c.invariant_fraction,
                                 c.invariant_test.loss, c.residual_train.loss, c.residual_test.loss});
    }
  }
  for (const PlannedPoint& fork : runs.forks) {
    const std::optional<CircuitMetrics> c = results.has(fork.run) ? results.circuits(fork.run) : std::nullopt;
    if (c) m.forks.push_back({fork.seed, fork.rows, c->invariant_test.correct_logit, c->memorised_strength});
  }
  return m;
}

Judgement judge(const CircuitsMeasurement& m) {
  Judgement result;
  std::vector<double> fall, rise;
  for (const CircuitsRun& run : m.scratch) {
    fall.push_back(take_over(run).remains);
    rise.push_back(take_over(run).growth);
  }
  // A clean sweep of seeds has no spread: the interval is then a point.
  const Estimate monotone = balance_over_rows(m), remains = mean_estimate(fall), growth = mean_estimate(rise);
  result.tests = {{"Spearman's correlation of C_gen / C_mem after ungrokking with D'",
                   fmt::format("above {}: the ratio rises with D' up to an exchange of neighbours", kMonotone),
                   monotone, must_be_above(kMonotone)},
                  {"C_mem's logit at the end of grokking / at its largest", "below 0.5: C_mem gives way", remains,
                   must_be_below(kGivesWay)},
                  {"growth of C_gen's fraction of the logits' squared norm from where C_mem is largest to the end",
                   "above 0: C_gen takes over", growth, must_be_above(0)}};
  result.n_seeds = monotone.n;
  const auto [low, high] = ratio_range(m);
  result.ours =
      fmt::format("ratio from {:.3g} to {:.3g} over D' (rank correlation {:.2f}); C_mem falls to {:.2f} of its peak",
                  low, high, monotone.value, remains.value);
  result.notes = circuits_notes(m);
  return result;
}

std::vector<report::Chart> figures(const CircuitsMeasurement& m) {
  const CircuitsPoints points = circuits_points(m);
  return {make_xy_chart(points.logits,
                        {.id = "circuits-logits",
                         .title = "Correct logit of each circuit while grokking",
                         .caption = fmt::format(
                             "From scratch on D = {} rows; a line is a seed. C_mem rises first and gives way to C_gen.",
                             m.sizes.rows),
                         .x_title = "step",
                         .y_title = "correct logit",
                         .steps_x = true,
                         .points = false}),
          make_xy_chart(points.norms, {.id = "circuits-share",
                                       .title = "Fraction of the logits' squared norm",
                                       .caption = "The invariant component (under the group) and the residual.",
                                       .x_title = "step",
                                       .y_title = "fraction",
                                       .steps_x = true,
                                       .fraction_y = true,
                                       .points = false}),
          make_xy_chart(points.losses, {.id = "circuits-loss",
                                        .title = "Loss of each circuit alone, one seed",
                                        .caption = "Cross-entropy if only that part of the logits were there.",
                                        .x_title = "step",
                                        .y_title = "cross-entropy",
                                        .log_y = true,
                                        .steps_x = true,
                                        .points = false}),
          make_xy_chart(points.ratios,
                        {.id = "circuits-ratio",
                         .title = "C_gen / C_mem after ungrokking",
                         .caption = "Ratio of the circuits' correct logits against the rows kept; a line is a seed.",
                         .x_title = "rows kept D'",
                         .y_title = "C_gen / C_mem",
                         .log_x = true,
                         .log_y = true})};
}

Claim claim_circuits() {
  return make_claim<CircuitsSizes, CircuitsRuns, CircuitsMeasurement>(
      {.id = "circuits",
       .title = "Two circuits in one network",
       .statement = "While a network groks, C_gen's logit takes over from C_mem's; after ungrokking their ratio rises "
                    "with D'.",
       .paper = "The ratio rises monotonically with D over six orders of magnitude (Fig. 10); C_mem falls to zero "
                "(Fig. 9)",
       .sizes = circuits_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures});
}

}  // namespace groklab::studies::varma2023
