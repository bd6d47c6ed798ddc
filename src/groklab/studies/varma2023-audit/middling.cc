// See middling.h.
#include "groklab/studies/varma2023-audit/middling.h"

#include <fmt/format.h>

#include <functional>
#include <map>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/ending.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023_audit {
namespace {

using varma2023::CurveOfRun;
using varma2023::RestingState;

double log_dcrit_of(const MiddlingMeasurement& m, std::int64_t seed) {
  return varma2023::log_midpoint(0, m.forks, seed, 0, &RestingState::general_fraction).exact_or_nan();
}

/// ln D at which half of the test rows are right at the end of training from scratch.
double log_scratch_turn(const MiddlingMeasurement& m, std::int64_t seed) {
  return std::log(transition_over(m.sizes.network.classes, m.sizes.rows, [&](std::int64_t rows) {
                    for (const CurveOfRun& run : m.scratch) {
                      if (run.seed == seed && run.rows == rows) return run.curve.test_accuracy.back();
                    }
                    return std::nan("");
                  }).midpoint);
}

/// Fraction of a seed's sizes that end as `counts` says, and the mean of their ln D.
struct SeedEndings {
  double fraction = std::nan(""), log_rows = std::nan("");
};
SeedEndings seed_endings(const MiddlingMeasurement& m, std::int64_t seed, bool (*counts)(Ending)) {
  double n = 0, chosen = 0, sum = 0;
  for (const CurveOfRun& run : m.scratch) {
    if (run.seed != seed) continue;
    ++n;
    if (!counts(classify_ending(run.curve))) continue;
    ++chosen;
    sum += std::log(static_cast<double>(run.rows));
  }
  SeedEndings e;
  if (n > 0) e.fraction = chosen / n;
  if (chosen > 0) e.log_rows = sum / chosen;
  return e;
}

bool is_middling(Ending ending) { return ending == Ending::kPlateau || ending == Ending::kUnfinished; }
bool is_plateau(Ending ending) { return ending == Ending::kPlateau; }

struct MiddlingEffects {
  Estimate distance, fraction, from_turn, plateaus;
};
MiddlingEffects middling_effects(const MiddlingMeasurement& m) {
  const auto seeds = [&](const std::function<double(std::int64_t)>& value, double level = 0.95) {
    return mean_estimate(per_seed(m.sizes.seeds, value), level);
  };
  return {
      seeds([&](std::int64_t seed) { return seed_endings(m, seed, is_middling).log_rows - log_dcrit_of(m, seed); },
            kEquivalenceLevel),
      seeds([&](std::int64_t seed) { return seed_endings(m, seed, is_middling).fraction; }),
      seeds([&](std::int64_t seed) { return seed_endings(m, seed, is_middling).log_rows - log_scratch_turn(m, seed); },
            kEquivalenceLevel),
      seeds([&](std::int64_t seed) { return seed_endings(m, seed, is_plateau).fraction; })};
}

}  // namespace

std::string complaint(const MiddlingSizes& s) {
  const std::string fault = rows_complaint(s.rows, s.network.rows);
  return fault.empty() ? rows_complaint(s.fork_rows, s.network.rows) : fault;
}

MiddlingSizes middling_sizes(const Scale& scale) {
  using varma2023::by_scale;
  MiddlingSizes s;
  s.network = modular_network(23, 32);
  s.seeds = varma2023::seeds_of(scale, by_scale<std::int64_t>(scale, 2, 5, 10, 10), 8000);
  s.rows = {110, 150, 190, 215, 240, 265, 290, 320, 440};
  s.steps = by_scale<std::int64_t>(scale, 1500, 30000, 30000, 30000);
  s.parent_rows = 434;
  s.parent_steps = by_scale<std::int64_t>(scale, 1500, 5000, 5000, 5000);
  s.fork_rows = {70, 90, 115, 150};
  s.relaxation = varma2023::relaxation_around(scale, 105);
  if (scale.name != "smoke") s.relaxation.steps = 20000;
  if (scale.name == "smoke") {
    s.rows = {150, 240, 440};
    s.fork_rows = {70, 150};
  }
  return s;
}

MiddlingRuns plan(SweepPlan& plan, const MiddlingSizes& s) {
  MiddlingRuns runs;
  for (const std::int64_t seed : s.seeds.all()) {
    for (const std::int64_t rows : s.rows) {
      runs.scratch.push_back(
          {varma2023::converged_run(plan, {.converged = s.steps}, s.network, seed, rows, 1), seed, rows, 1});
    }
    const RunIndex parent =
        varma2023::converged_run(plan, {.converged = s.parent_steps}, s.network, seed, s.parent_rows, 1);
    for (const std::int64_t rows : s.fork_rows) {
      runs.forks.push_back({varma2023::relaxed_fork(plan, s.relaxation, parent, rows), seed, rows, 1});
    }
  }
  return runs;
}

MiddlingMeasurement measure(const RunResults& results, const MiddlingSizes& sizes, const MiddlingRuns& runs) {
  MiddlingMeasurement m{sizes, {}, {}};
  for (const PlannedPoint& point : runs.scratch) {
    if (results.has(point.run)) m.scratch.push_back({point.seed, point.rows, curve_of(results.records(point.run))});
  }
  m.forks = varma2023::resting_states(results, runs.forks);
  return m;
}

Judgement judge(const MiddlingMeasurement& m) {
  const MiddlingEffects e = middling_effects(m);
  Judgement result;
  result.tests = {
      {"ln(D of middling endings / D_crit), mean of a seed's",
       fmt::format("90 % interval within +-ln(2.48) = {:.3f}: no farther than the paper's plateaus from its D_crit",
                   kPlateausWithin),
       e.distance, must_lie_within(kPlateausWithin, EffectScale::kLnRatio)},
      {"fraction of a seed's sizes from scratch that end middling, level or not",
       fmt::format("above {}: as many as one wrongly classified run in forty would not make", varma2023::kRare),
       e.fraction, must_be_above(varma2023::kRare)},
      {"ln(D of middling endings / D at which training from scratch turns)",
       "90 % interval within +-ln(1.25) = 0.223; shown beside: nearer to that size than to D_crit?", e.from_turn,
       must_lie_within(std::log(1.25), EffectScale::kLnRatio), false},
      {"fraction of a seed's sizes that end on a level plateau",
       fmt::format("above {}; shown beside", varma2023::kRare), e.plateaus, must_be_above(varma2023::kRare), false}};
  result.n_seeds = m.sizes.seeds.count;
  std::map<Ending, int> endings;
  for (const CurveOfRun& run : m.scratch) ++endings[classify_ending(run.curve)];
  result.n_censored = endings[Ending::kUnfinished];
  result.censoring = "runs from scratch that still moved";
  result.ours = fmt::format(
      "{} runs grokked, {} on a plateau, {} unfinished, {} none; middling ones at {:.2f} times D_crit, {:.2f} times "
      "the "
      "size at which training from scratch turns",
      endings[Ending::kGrokked], endings[Ending::kPlateau], endings[Ending::kUnfinished], endings[Ending::kNone],
      std::exp(e.distance.value), std::exp(e.from_turn.value));
  return result;
}

std::vector<report::Chart> figures(const MiddlingMeasurement& m) {
  std::vector<report::XyPoint> points;
  for (const CurveOfRun& run : m.scratch) {
    const double log_dcrit = log_dcrit_of(m, run.seed);
    if (!std::isfinite(log_dcrit)) continue;
    points.push_back({ending_name(classify_ending(run.curve)), static_cast<double>(run.rows) / std::exp(log_dcrit),
                      run.curve.test_accuracy.back(), fmt::format("{}", run.seed)});
  }
  return {report::make_xy_chart(points, {.id = "audit-middling",
                                         .title = "Where training from scratch ends in between",
                                         .caption = fmt::format("Test accuracy after {} steps against D in units of "
                                                                "the same seed's D_crit (rho = 1 in forks at rest).",
                                                                m.sizes.steps),
                                         .x_title = "D / D_crit",
                                         .y_title = "final test accuracy",
                                         .log_x = true,
                                         .fraction_y = true,
                                         .lines = false,
                                         .series = {"grokked", "plateau", "unfinished", "none"},
                                         .rules = {{1, "D_crit"}}})};
}

Claim claim_middling() {
  return make_claim<MiddlingSizes, MiddlingRuns, MiddlingMeasurement>(
      {.id = "middling-endings",
       .title = "Middling endings stand near D_crit",
       .statement = "Training from scratch ends at middling test accuracy where both circuits are about equally "
                    "efficient, and not elsewhere.",
       .paper = "Plateaus at D = 1500 to 2050 (Fig. 5, 6), D_crit 500 to 1000 (Fig. 3)",
       .sizes = middling_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures});
}

}  // namespace groklab::studies::varma2023_audit
