// See unpressed_costs.h.
#include "groklab/studies/beyond-decay/unpressed_costs.h"

#include <fmt/format.h>

#include <cmath>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/beyond-decay/claims.h"
#include "groklab/studies/timed_conditions.h"
#include "groklab/studies/training_curve.h"
#include "groklab/studies/verdict_text.h"

namespace groklab::studies::beyond_decay {
namespace {

struct NamedNorm {
  const char* name;
  double CircuitCost::*norm;
};
constexpr NamedNorm kNorms[] = {{"the Euclidean norm", &CircuitCost::l2},
                                {"the L1 norm", &CircuitCost::l1},
                                {"the nuclear norm", &CircuitCost::nuclear},
                                {"the largest weight", &CircuitCost::largest}};

std::vector<double> cost_errors(const PressureMeasurement& m, std::size_t i, double CircuitCost::*norm) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    return least_distance(size_of_equal_cost(m, i, seed, norm), observed_size(m, i, seed));
  });
}

/// ln(size of equal Euclidean norms / smallest D'); of a size that is only known to lie above or below, the bound where
/// it decides the sign. [seeds]
std::vector<double> room_below(const PressureMeasurement& m, std::size_t i) {
  return per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    const CensoredValue size = size_of_equal_cost(m, i, seed, &CircuitCost::l2);
    const double smallest = std::log(static_cast<double>(m.sizes.pressures[i].rows.front()));
    if (size.low > smallest) return size.low - smallest;
    return size.high < smallest ? size.high - smallest : size.exact_or_nan() - smallest;
  });
}

std::vector<report::Chart> cost_figures(const PressureMeasurement& m) {
  std::vector<report::XyPoint> points;
  for (std::size_t i = 0; i < m.pressures.size(); ++i) {
    if (!m.sizes.pressures[i].counts) continue;
    for (const std::int64_t seed : m.sizes.seeds.all()) {
      const double observed = std::exp(observed_size(m, i, seed).exact_or_nan());
      for (const NamedNorm& n : kNorms) {
        points.push_back({fmt::format("by {}", n.name), observed,
                          std::exp(size_of_equal_cost(m, i, seed, n.norm).exact_or_nan()),
                          fmt::format("{}, seed {}", m.sizes.pressures[i].name, seed)});
      }
    }
  }
  return {report::make_xy_chart(
      points,
      {.id = "unpressed-norms",
       .title = "Which norm says where networks turn without a pressure on one?",
       .caption = "A mark is a seed under StableMax or dropout. Predicted: where a network of random labels and "
                  "one that generalises have one norm at equal margin. Observed: rho = 1. The band is a factor "
                  "of 1.5.",
       .x_title = "observed D_crit",
       .y_title = "predicted D_crit",
       .log_x = true,
       .log_y = true,
       .lines = false,
       .line_title = "training and seed",
       .diagonal = true,
       .band = kNear,
       .square = true})};
}

}  // namespace

PressureSizes unpressed_cost_sizes(const Scale& scale) {
  PressureSizes s = pressure_sizes(scale);
  s.generalised = kGeneralisedByDropout;
  if (scale.name == "quick") s.seeds = chosen_seeds(scale, {5400, 6});  // they are cheap
  std::erase_if(s.pressures, [](const Pressure& p) { return p.presses != kNoNorm || p.name == "wrong labels"; });
  for (Pressure& p : s.pressures) {
    p.costs = true;
    p.counts = p.name == "StableMax" || p.name == "dropout";
    if (p.name == "StableMax") p.margin = kStableMaxMargin;
    if (p.name == "orthogonal gradients") p.settings = orthogonal_settings(kFittingRate);
  }
  return s;
}

Judgement judge_unpressed_costs(const PressureMeasurement& m) {
  const Criterion near = must_be_below(std::log(kNear)), above = must_be_above(0), keeps = must_be_below(kFall);
  Judgement result;
  std::string others;
  for (const NamedNorm& n : kNorms) {
    const bool counts = n.norm == &CircuitCost::l2;
    for (std::size_t i = 0; i < m.sizes.pressures.size(); ++i) {
      const Pressure& p = m.sizes.pressures[i];
      if (!p.counts) continue;
      result.tests.push_back(
          {fmt::format("{}: |ln(predicted / observed D_crit)| by {} at a margin of {}", p.name, n.name, p.margin),
           fmt::format("below ln {}: it names the size at which networks turn", kNear),
           mean_estimate(cost_errors(m, i, n.norm), near.level()), near, counts});
      others += fmt::format("{}{} by {} {}", others.empty() ? "" : "; ", p.name, n.name,
                            estimate_text(result.tests.back().effect));
    }
  }
  for (std::size_t i = 0; i < m.sizes.pressures.size(); ++i) {
    const Pressure& p = m.sizes.pressures[i];
    if (p.counts) continue;
    result.tests.push_back(
        {fmt::format("{}: test accuracy at D' = {} less that at D' = {}", p.name, p.rows.back(), p.rows.front()),
         fmt::format("below {}: half of the test rows are kept", kFall),
         mean_estimate(per_seed(m.sizes.seeds, [&](std::int64_t seed) { return fall_of_accuracy(m, i, seed); }),
                       keeps.level()),
         keeps, false});
    result.tests.push_back({fmt::format("{}: ln(size of equal Euclidean norms / D' = {})", p.name, p.rows.front()),
                            "above 0: at the smallest size memorising would cost less, and yet nothing turns",
                            mean_estimate(room_below(m, i), above.level()), above, false});
  }
  result.ours = "error in ln D_crit: " + others;
  finish_pressures(m, result);
  result.notes.push_back(
      "Where a predicted size is only known to lie beyond the sizes that were run, the least error that it can have is "
      "taken.");
  return result;
}

Claim claim_unpressed_costs() {
  return make_claim<PressureSizes, PressureRuns, PressureMeasurement>(
      {.id = "costs",
       .title = "Without a pressure, too, equal cost says where networks turn",
       .statement = "Under StableMax and dropout, which press on no norm, networks turn where both circuits have one "
                    "Euclidean norm at equal margin.",
       .paper =
           "no number: a network without decay has no objective in which a norm counts (arXiv:2309.02390); Adam is "
           "said to seek the largest margin in the largest weight (arXiv:2406.10650, linear classifiers)",
       .sizes = unpressed_cost_sizes,
       .plan = plan_pressures,
       .measure = measure_pressures,
       .judge = judge_unpressed_costs,
       .figures = cost_figures});
}

}  // namespace groklab::studies::beyond_decay
