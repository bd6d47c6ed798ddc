// See circuits.h.
#include "groklab/studies/varma2023/circuits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/varma2023/rho_points.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023 {
namespace {

using report::make_xy_chart;
using report::XyPoint;

double circuit_ratio(const CircuitsFork& fork) { return fork.general_logit / fork.memorised_logit; }

/// Ranks as the ratio does while both are positive, and goes on where no memorisation is left: there noise puts C_mem's
/// strength about zero, and the ratio leaps from +infinity to -infinity.
double circuit_angle(const CircuitsFork& fork) { return std::atan2(fork.general_logit, fork.memorised_logit); }

/// How a network's circuits changed from where C_mem was largest to the end.
struct TakeOver {
  double remains = 0;  ///< C_mem at the end / at its largest
  double growth = 0;   ///< of C_gen's fraction G / (G + M) of the correct logit
};

TakeOver take_over(const CircuitsRun& run) {
  if (run.checkpoints.empty()) return {std::nan(""), std::nan("")};
  const auto fraction = [](const CircuitsCheckpoint& c) {
    return c.general_logit / (c.general_logit + c.memorised_logit);
  };
  double peak = 0, at_peak = 0;
  for (const CircuitsCheckpoint& c : run.checkpoints) {
    if (!(c.memorised_logit > peak)) continue;
    peak = c.memorised_logit;
    at_peak = fraction(c);
  }
  const CircuitsCheckpoint& last = run.checkpoints.back();
  return {last.memorised_logit / peak, fraction(last) - at_peak};
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
      "G is the mean centred correct logit on rows that were not trained on, M how much larger it is on training rows. "
      "The "
      "paper's parts, the invariant component and the residual, are drawn below it: the former holds D / N of what a "
      "lookup "
      "table gives."};
  const auto none_left = std::count_if(m.forks.begin(), m.forks.end(), [](const CircuitsFork& fork) {
    return std::isfinite(circuit_angle(fork)) && !(fork.memorised_logit > 0);
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
  std::vector<XyPoint> logits, paper, norms, losses;
  std::vector<CircuitsAt> grokking, ungrokked;
};

CircuitsPoints circuits_points(const CircuitsMeasurement& m) {
  CircuitsPoints points;
  for (const CircuitsRun& run : m.scratch) {
    const std::string line = fmt::format("{}", run.seed);
    for (const CircuitsCheckpoint& c : run.checkpoints) {
      const auto x = static_cast<double>(c.step);
      points.grokking.push_back({run.seed, x, c.general_logit, c.memorised_logit});
      points.logits.push_back({"G", x, c.general_logit, line});
      points.logits.push_back({"M", x, c.memorised_logit, line});
      points.paper.push_back({"the paper's C_gen", x, c.invariant_logit, line});
      points.paper.push_back({"the paper's C_mem", x, c.memorised_strength, line});
      points.norms.push_back({"the paper's C_gen", x, c.invariant_fraction, line});
      points.norms.push_back({"the paper's C_mem", x, 1 - c.invariant_fraction, line});
      if (run.seed != m.sizes.seeds.first) continue;
      points.losses.push_back({"the paper's C_gen alone, test rows", x, c.general_test_loss});
      points.losses.push_back({"the paper's C_mem alone, training rows", x, c.residual_train_loss});
      points.losses.push_back({"the paper's C_mem alone, test rows", x, c.residual_test_loss});
    }
  }
  for (const CircuitsFork& fork : m.forks) {
    points.ungrokked.push_back({fork.seed, static_cast<double>(fork.rows), fork.general_logit, fork.memorised_logit});
  }
  return points;
}

}  // namespace

CircuitsSizes circuits_sizes(const Scale& scale) {
  const CommonSizes s = common_sizes(scale);
  CircuitsSizes sizes;
  sizes.network = s.network;
  sizes.seeds = s.seeds;
  sizes.weight_decay = s.weight_decay;
  sizes.rows = s.grokking_rows;
  sizes.steps = s.scratch_steps;
  sizes.parent_rows = s.parent_rows;
  sizes.parent_steps = s.parent_steps;
  sizes.ungrok_rows = s.ungrok_rows;
  sizes.relaxation = s.relaxation;
  return sizes;
}

CircuitsRuns plan(SweepPlan& plan, const CircuitsSizes& s) {
  CircuitsRuns runs;
  for (const std::int64_t seed : s.seeds.all()) {
    runs.scratch.push_back(scratch_run(plan, s.network, seed, s.rows, s.weight_decay, s.steps));
    const RunIndex parent =
        converged_run(plan, {.converged = s.parent_steps}, s.network, seed, s.parent_rows, s.weight_decay);
    for (const std::int64_t rows : s.ungrok_rows) {
      runs.forks.push_back({relaxed_fork(plan, s.relaxation, parent, rows), seed, rows, s.weight_decay});
    }
  }
  return runs;
}

CircuitsMeasurement measure(const RunResults& results, const CircuitsSizes& sizes, const CircuitsRuns& runs) {
  CircuitsMeasurement m{sizes, {}, {}};
  const auto general = [](const Record& r) { return r.test.correct_logit_centred; };
  const auto memorised = [&](const Record& r) { return r.train.correct_logit_centred - general(r); };
  for (std::size_t i = 0; i < runs.scratch.size(); ++i) {
    if (!results.has(runs.scratch[i])) continue;
    CircuitsRun& run = m.scratch.emplace_back();
    run.seed = sizes.seeds.first + static_cast<std::int64_t>(i);
    const std::vector<Record>& records = results.records(runs.scratch[i]);
    for (const auto& [step, c] : results.circuits_over_steps(runs.scratch[i])) {
      // The last record up to the checkpoint: they stand at most a tenth of the step apart.
      const auto after = std::upper_bound(records.begin(), records.end(), step,
                                          [](std::int64_t at, const Record& r) { return at < r.step; });
      const Record& record = after == records.begin() ? records.front() : *std::prev(after);
      run.checkpoints.push_back({step, general(record), memorised(record), c.invariant_test.correct_logit,
                                 c.memorised_strength, c.invariant_fraction, c.invariant_test.loss,
                                 c.residual_train.loss, c.residual_test.loss});
    }
  }
  for (const PlannedPoint& fork : runs.forks) {
    if (!results.has(fork.run) || !results.stationarity(fork.run).stationary) continue;
    const Record& last = results.last(fork.run);
    m.forks.push_back({fork.seed, fork.rows, general(last), memorised(last)});
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
  result.tests = {
      {"Spearman's correlation of rho = G / M at rest after ungrokking with D'",
       fmt::format("above {}: the ratio rises with D' up to an exchange of neighbours", kMonotone), monotone,
       must_be_above(kMonotone)},
      {"M at the end of grokking / at its largest", "below 0.5: C_mem gives way", remains, must_be_below(kGivesWay)},
      {"growth of G / (G + M) from where M is largest to the end", "above 0: C_gen takes over", growth,
       must_be_above(0)}};
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
  return {
      make_xy_chart(rho_points(points.ungrokked),
                    {.id = "circuits-ratio",
                     .title = "rho = G / M after ungrokking",
                     .caption = "Networks at rest, against the rows kept. Mean over seeds with its 95 % interval, and "
                                "every seed. At rho = 1 both circuits give the training rows as much.",
                     .x_title = "rows kept D'",
                     .y_title = "rho",
                     .log_x = true,
                     .log_y = true,
                     .series = {kMeanRho, kSeedRho}}),
      make_xy_chart(rho_points(points.grokking),
                    {.id = "circuits-rho",
                     .title = "rho = G / M while grokking",
                     .caption = fmt::format("From scratch on D = {} rows. Mean over seeds with its 95 % interval, and "
                                            "every seed, where both circuits give something.",
                                            m.sizes.rows),
                     .x_title = "step",
                     .y_title = "rho",
                     .log_y = true,
                     .steps_x = true,
                     .series = {kMeanRho, kSeedRho}}),
      make_xy_chart(points.logits, {.id = "circuits-logits",
                                    .title = "Correct logit of each circuit while grokking",
                                    .caption = fmt::format("From scratch on D = {} rows; a line is a seed. G: on rows "
                                                           "not trained on; M: how much larger on training rows.",
                                                           m.sizes.rows),
                                    .x_title = "step",
                                    .y_title = "correct logit",
                                    .steps_x = true,
                                    .points = false}),
      make_xy_chart(points.paper,
                    {.id = "circuits-paper",
                     .title = "The paper's projection: correct logit of its parts",
                     .caption = "As in the paper's Fig. 9: C_gen is the part of the logits in the subspace that the "
                                "task's symmetry leaves alone, on test rows; C_mem the rest, on training rows less on "
                                "test rows. A lookup table of D of N rows has D / N of its height in C_gen.",
                     .x_title = "step",
                     .y_title = "correct logit",
                     .steps_x = true,
                     .points = false}),
      make_xy_chart(points.norms, {.id = "circuits-share",
                                   .title = "The paper's projection: fraction of the logits' squared norm",
                                   .caption = "The invariant component (under the group) and the residual.",
                                   .x_title = "step",
                                   .y_title = "fraction",
                                   .steps_x = true,
                                   .fraction_y = true,
                                   .points = false}),
      make_xy_chart(points.losses, {.id = "circuits-loss",
                                    .title = "The paper's projection: loss of each part alone, one seed",
                                    .caption = "Cross-entropy if only that part of the logits were there.",
                                    .x_title = "step",
                                    .y_title = "cross-entropy",
                                    .log_y = true,
                                    .steps_x = true,
                                    .points = false})};
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
