// Claim 9, circuits: both circuits inside one network over training, and their balance after ungrokking.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/paper/claim.h"
#include "groklab/paper/efficiency.h"
#include "groklab/report/xy_chart.h"

namespace groklab::paper {
namespace {

/// A rank correlation of 0.8 over 6 or 7 sizes is monotone up to one exchange of neighbours or two.
constexpr double kMonotone = 0.8;
constexpr double kGivesWay = 0.5;

void plan_circuits(Study& study) {
  const Scale& s = study.scale();
  for (std::int64_t i = 0; i < s.seeds; ++i) {
    grokking_run(study, seed_at(study, i));
    for (const std::int64_t rows : s.ungrok_rows) ungrok_run(study, s.main, seed_at(study, i), rows, s.weight_decay);
  }
}

/// Correct logits of C_gen (on test rows) and of C_mem (its strength on training rows).
struct Balance {
  double general = std::nan(""), memorised = std::nan("");
  double ratio() const { return general / memorised; }
  /// Ranks as the ratio does while both are positive, and goes on where no memorisation is left: there noise puts
  /// C_mem's strength about zero, and the ratio leaps from +infinity to -infinity.
  double angle() const { return std::atan2(general, memorised); }
};

Balance balance_of(const Study& study, RunIndex run) {
  if (!study.has(run)) return {};
  const CircuitMetrics m = study.circuits(run);
  return {m.invariant_test.correct_logit, m.memorised_strength};
}

ClaimResult judge_circuits(Study& study) {
  ClaimResult result;
  const Scale& s = study.scale();
  std::vector<XyPoint> logits, norms, losses, ratios;
  std::vector<double> fall, rise;
  std::int64_t none_left = 0;
  for (std::int64_t i = 0; i < s.seeds; ++i) {
    const std::int64_t seed = seed_at(study, i);
    const RunIndex run = grokking_run(study, seed);
    if (!study.has(run)) continue;
    double peak = 0, last_memorised = 0, at_peak = 0, last_general = 0;
    const std::string line = fmt::format("{}", seed);
    for (const auto& [step, m] : study.circuits_over_steps(run)) {
      const auto x = static_cast<double>(step);
      if (m.memorised_strength > peak) {
        peak = m.memorised_strength;
        at_peak = m.invariant_fraction;
      }
      last_memorised = m.memorised_strength;
      last_general = m.invariant_fraction;
      logits.push_back({"C_gen", x, m.invariant_test.correct_logit, line});
      logits.push_back({"C_mem", x, m.memorised_strength, line});
      norms.push_back({"C_gen", x, m.invariant_fraction, line});
      norms.push_back({"C_mem", x, 1 - m.invariant_fraction, line});
      if (i > 0) continue;
      losses.push_back({"C_gen alone, test rows", x, m.invariant_test.loss});
      losses.push_back({"C_mem alone, training rows", x, m.residual_train.loss});
      losses.push_back({"C_mem alone, test rows", x, m.residual_test.loss});
    }
    fall.push_back(last_memorised / peak);
    rise.push_back(last_general - at_peak);
  }
  const Estimate monotone = mean_estimate(per_seed(study, s.seeds, [&](std::int64_t seed) {
    std::vector<double> x, y;
    for (const std::int64_t rows : s.ungrok_rows) {
      const Balance balance = balance_of(study, ungrok_run(study, s.main, seed, rows, s.weight_decay));
      if (!std::isfinite(balance.angle())) continue;
      x.push_back(static_cast<double>(rows));
      y.push_back(balance.angle());
      none_left += balance.memorised > 0 ? 0 : 1;
      ratios.push_back({"C_gen / C_mem", static_cast<double>(rows), balance.ratio(), fmt::format("{}", seed)});
    }
    return spearman(x, y);
  }));
  // A clean sweep of seeds has no spread: the interval is then a point.
  const Estimate remains = mean_estimate(fall), growth = mean_estimate(rise);
  result.tests = {{"Spearman's correlation of C_gen / C_mem after ungrokking with D'",
                   fmt::format("above {}: the ratio rises with D' up to an exchange of neighbours", kMonotone),
                   monotone, judge_above(monotone, kMonotone)},
                  {"C_mem's logit at the end of grokking / at its largest", "below 0.5: C_mem gives way", remains,
                   judge_below(remains, kGivesWay)},
                  {"growth of C_gen's fraction of the logits' squared norm from where C_mem is largest to the end",
                   "above 0: C_gen takes over", growth, judge_above(growth, 0)}};
  result.n_seeds = monotone.n;
  double low = std::nan(""), high = std::nan("");
  for (const XyPoint& p : ratios) {
    if (!(p.y > 0)) continue;
    low = std::isnan(low) ? p.y : std::min(low, p.y);
    high = std::isnan(high) ? p.y : std::max(high, p.y);
  }
  result.ours =
      fmt::format("ratio from {:.3g} to {:.3g} over D' (rank correlation {:.2f}); C_mem falls to {:.2f} of its peak",
                  low, high, monotone.value, remains.value);
  result.notes.push_back(
      "C_mem is measured by how much more the residual adds to the correct logit on training rows than on "
      "test rows, which removes the bias that the paper states (its residual is non-generalising by "
      "definition).");
  if (none_left > 0) {
    result.notes.push_back(
        fmt::format("In {} networks no memorisation is left (C_mem's strength is zero within noise, or below): they "
                    "rank above those "
                    "with some, by the angle of the two logits, and the chart of ratios leaves them out.",
                    none_left));
  }
  XyOptions options;
  options.id = "circuits-logits";
  options.title = "Correct logit of each circuit while grokking";
  options.caption = fmt::format(
      "From scratch on D = {} rows; a line is a seed. C_mem rises first and gives way to C_gen.", s.grokking_rows);
  options.x_title = "step";
  options.y_title = "correct logit";
  options.steps_x = true;
  options.points = false;
  result.figures.push_back(make_xy_chart(logits, options));
  options.id = "circuits-share";
  options.title = "Fraction of the logits' squared norm";
  options.caption = "The general part (invariant under the group) and the residual.";
  options.y_title = "share";
  options.fraction_y = true;
  result.figures.push_back(make_xy_chart(norms, options));
  options.id = "circuits-loss";
  options.title = "Loss of each circuit alone, one seed";
  options.caption = "Cross-entropy if only that part of the logits were there.";
  options.y_title = "cross-entropy";
  options.fraction_y = false;
  options.log_y = true;
  result.figures.push_back(make_xy_chart(losses, options));
  options.id = "circuits-ratio";
  options.title = "C_gen / C_mem after ungrokking";
  options.caption = "Ratio of the circuits' correct logits against the rows kept; a line is a seed.";
  options.x_title = "rows kept D'";
  options.y_title = "C_gen / C_mem";
  options.steps_x = false;
  options.log_x = options.points = true;
  result.figures.push_back(make_xy_chart(ratios, options));
  return result;
}

}  // namespace

Claim claim_circuits() {
  return {"circuits",
          "Two circuits in one network",
          "While a network groks, C_gen's logit takes over from C_mem's; after ungrokking their ratio rises with D'.",
          "The ratio rises monotonically with D over six orders of magnitude (Fig. 10); C_mem falls to zero (Fig. 9)",
          plan_circuits,
          judge_circuits};
}

}  // namespace groklab::paper
