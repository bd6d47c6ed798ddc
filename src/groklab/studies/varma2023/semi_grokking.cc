// See semi_grokking.h.
#include "groklab/studies/varma2023/semi_grokking.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/ending.h"

namespace groklab::studies::varma2023 {
namespace {

using report::make_xy_chart;
using report::XyPoint;

double end_accuracy(const std::vector<CurveOfRun>& runs, std::int64_t seed, std::int64_t rows) {
  for (const CurveOfRun& run : runs) {
    if (run.seed == seed && run.rows == rows && !run.curve.test_accuracy.empty()) {
      return run.curve.test_accuracy.back();
    }
  }
  return std::nan("");
}

/// ln of the size at which half of the test rows are right in training from scratch; NaN outside the sizes.
double log_scratch_midpoint(const SemiGrokkingMeasurement& m, const std::vector<CurveOfRun>& runs, std::int64_t seed) {
  return std::log(transition_over(m.sizes.network.classes, m.sizes.rows, [&](std::int64_t rows) {
                    return end_accuracy(runs, seed, rows);
                  }).midpoint);
}

/// ln D_crit of a seed: rho = 1 in forks at rest. NaN outside the sizes.
double log_dcrit(const SemiGrokkingMeasurement& m, std::int64_t seed) {
  return log_midpoint(0, m.resting, seed, 0, &RestingState::general_fraction).exact_or_nan();
}

/// Fraction of a seed's sizes that ended on a plateau, and the mean ln(D / D_crit) of those that did.
struct SeedPlateaus {
  double fraction = std::nan(""), log_distance = std::nan("");
};
SeedPlateaus seed_plateaus(const SemiGrokkingMeasurement& m, std::int64_t seed) {
  double n = 0, plateaus = 0, distance = 0;
  for (const CurveOfRun& run : m.scratch) {
    if (run.seed != seed) continue;
    ++n;
    if (classify_ending(run.curve) != Ending::kPlateau) continue;
    ++plateaus;
    distance += std::log(static_cast<double>(run.rows)) - log_dcrit(m, seed);
  }
  SeedPlateaus result;
  if (n > 0) result.fraction = plateaus / n;
  if (plateaus > 0) result.log_distance = distance / plateaus;
  return result;
}

struct SemiGrokkingEffects {
  Estimate plateaus, distance, path, minibatch;
};
SemiGrokkingEffects semi_grokking_effects(const SemiGrokkingMeasurement& m) {
  const auto seeds = [&](const std::function<double(std::int64_t)>& value) {
    return mean_estimate(per_seed(m.sizes.seeds, value));
  };
  return {seeds([&](std::int64_t seed) { return seed_plateaus(m, seed).fraction; }),
          seeds([&](std::int64_t seed) { return seed_plateaus(m, seed).log_distance; }),
          seeds([&](std::int64_t seed) { return log_scratch_midpoint(m, m.scratch, seed) - log_dcrit(m, seed); }),
          seeds([&](std::int64_t seed) {
            return log_scratch_midpoint(m, m.minibatch, seed) - log_scratch_midpoint(m, m.scratch, seed);
          })};
}

void add_train_and_test(std::vector<XyPoint>& points, const std::string& name, const TrainingCurve& curve) {
  for (std::size_t i = 0; i < curve.step.size(); ++i) {
    points.push_back({name, static_cast<double>(curve.step[i]), curve.test_accuracy[i], "test"});
    points.push_back({name, static_cast<double>(curve.step[i]), curve.train_accuracy[i], "train"});
  }
}

/// The paper's Fig. 1: one run of each kind that occurred, train and test accuracy.
std::vector<XyPoint> four_runs(const SemiGrokkingMeasurement& m) {
  std::vector<XyPoint> points;
  const std::pair<Ending, const char*> kinds[] = {
      {Ending::kGrokked, "grokking"}, {Ending::kPlateau, "semi-grokking"}, {Ending::kNone, "no grokking"}};
  for (const auto& [ending, name] : kinds) {
    for (const CurveOfRun& run : m.scratch) {
      if (classify_ending(run.curve) != ending) continue;
      add_train_and_test(points, name, run.curve);
      break;
    }
  }
  for (const CurveOfRun& run : m.forks) {
    if (run.rows != m.sizes.ungrok_rows.front()) continue;
    add_train_and_test(points, "ungrokking", run.curve);
    break;
  }
  return points;
}

report::Chart four_runs_chart(const std::vector<XyPoint>& points) {
  return make_xy_chart(points, {.id = "semi-four-runs",
                                .title = "Grokking, semi-grokking, no grokking, ungrokking",
                                .caption = "One run of each kind that occurred. The lines that reach 100 % first are "
                                           "training accuracy; the others are test accuracy. Ungrokking starts from a "
                                           "network that generalises and loses it on few rows.",
                                .x_title = "step",
                                .y_title = "accuracy",
                                .steps_x = true,
                                .fraction_y = true,
                                .points = false,
                                .line_title = "rows"});
}

}  // namespace

std::string complaint(const SemiGrokkingSizes& s) { return rows_complaint(s.ungrok_rows, s.network.rows); }

SemiGrokkingSizes semi_grokking_sizes(const Scale& scale) {
  const CommonSizes s = common_sizes(scale);
  std::vector<std::int64_t> full;
  for (std::int64_t i = 0; i < 20; ++i) full.push_back(1500 + i * 550 / 19);
  const std::vector<std::int64_t> smoke = {120, 180}, quick = {200, 240, 280, 320, 360},
                                  standard = {180, 205, 230, 255, 280, 305, 330, 360};
  const std::vector<std::int64_t> near = {70, 92, 120}, around = {92, 120, 155};
  const int index = scale_index(scale);
  SemiGrokkingSizes sizes;
  sizes.network = index == 1 || index == 2 ? modular_network(23, 32) : s.network;
  sizes.seeds = seeds_of(scale, by_scale<std::int64_t>(scale, 2, 5, 20, 10), kSecondStandardSeed);
  sizes.weight_decay = s.weight_decay;
  sizes.rows = by_scale(scale, smoke, quick, standard, full);
  sizes.steps = by_scale<std::int64_t>(scale, 1500, 16000, 60000, 2000000);  // the paper's longest run has 3.2e7
  sizes.ungrok_rows = by_scale(scale, s.ungrok_rows, near, around, s.ungrok_rows);
  sizes.parent_rows = std::llround(0.82 * static_cast<double>(sizes.network.rows));
  sizes.parent_steps = by_scale<std::int64_t>(scale, 1500, 5000, 5000, 20000);
  sizes.relaxation = index == 1 || index == 2 ? relaxation_around(scale, 95) : s.relaxation;
  if (index == 2) sizes.relaxation.steps = 60000;
  sizes.n_batches = by_scale<std::int64_t>(scale, 2, 0, 4, 4);
  return sizes;
}

SemiGrokkingRuns plan(SweepPlan& plan, const SemiGrokkingSizes& s) {
  SemiGrokkingRuns runs;
  for (const std::int64_t rows : s.rows) {
    for (const std::int64_t seed : s.seeds.all()) {
      runs.scratch.push_back(
          {scratch_run(plan, s.network, seed, rows, s.weight_decay, s.steps), seed, rows, s.weight_decay});
      if (s.n_batches == 0 || seed >= s.seeds.first + kMinibatchSeeds) continue;
      const Relaxation constant{1e-3, 1, s.steps, 0};
      const std::string batch = fmt::format("optim.batch_size={}", (rows + s.n_batches - 1) / s.n_batches);
      runs.minibatch.push_back({relaxed_run(plan, constant, s.network, seed, rows, {batch}), seed, rows, 1});
    }
  }
  for (const std::int64_t seed : s.seeds.all()) {
    const RunIndex parent = converged_run(plan, {.converged = s.parent_steps}, s.network, seed, s.parent_rows, 1);
    for (const std::int64_t rows : s.ungrok_rows) {
      runs.forks.push_back({relaxed_fork(plan, s.relaxation, parent, rows), seed, rows, s.weight_decay});
    }
  }
  return runs;
}

SemiGrokkingMeasurement measure(const RunResults& results, const SemiGrokkingSizes& sizes,
                                const SemiGrokkingRuns& runs) {
  const auto curves = [&](const std::vector<PlannedPoint>& of) {
    std::vector<CurveOfRun> measured;
    for (const PlannedPoint& p : of) {
      if (results.has(p.run)) measured.push_back({p.seed, p.rows, curve_of(results.records(p.run))});
    }
    return measured;
  };
  SemiGrokkingMeasurement m{sizes, curves(runs.scratch), curves(runs.minibatch), curves(runs.forks), {}};
  m.resting = resting_states(results, runs.forks);
  return m;
}

Judgement judge(const SemiGrokkingMeasurement& m) {
  Judgement result;
  std::map<Ending, std::int64_t> counts;
  Json outcomes = Json::array();
  for (const CurveOfRun& run : m.scratch) {
    const Ending ending = classify_ending(run.curve);
    ++counts[ending];
    outcomes.push_back({{"rows", run.rows},
                        {"seed", run.seed},
                        {"ending", ending_name(ending)},
                        {"test_accuracy", run.curve.test_accuracy.back()}});
  }
  const SemiGrokkingEffects e = semi_grokking_effects(m);
  result.tests = {
      {"fraction of a seed's sizes that end on a plateau of middling test accuracy, from scratch",
       fmt::format("above {}: more than a run that was classified wrongly could make", kRare), e.plateaus,
       must_be_above(kRare)},
      {"ln(D of plateaus / D_crit of the seed)", "below ln(4): near D_crit, as near as the paper's", e.distance,
       must_be_below(kNearDcrit, EffectScale::kLnRatio)},
      {"ln(D from scratch at half accuracy / D_crit), same seeds",
       "above 0: from scratch it takes more rows, the path matters (appendix A.2)", e.path,
       must_be_above(0, EffectScale::kLnRatio)},
      {"ln(D from scratch with minibatches / with full batches)", "below 0: noise closes the hysteresis; shown beside",
       e.minibatch, must_be_below(0, EffectScale::kLnRatio), false}};
  result.n_seeds = m.sizes.seeds.count;
  result.n_censored = counts[Ending::kUnfinished];
  result.censoring = "runs above 0.2 that were still moving at the end of the budget, or level between 0.9 and 0.95";
  result.ours = fmt::format(
      "of {} runs {} grokked, {} on a plateau, {} did not, {} unfinished; from scratch {:.1f} times as many rows as "
      "D_crit",
      m.scratch.size(), counts[Ending::kGrokked], counts[Ending::kPlateau], counts[Ending::kNone],
      counts[Ending::kUnfinished], std::exp(e.path.value));
  result.notes.push_back(
      "A plateau: test accuracy between 0.2 and 0.9 at the end; over the last third of the steps the training rows are "
      "fitted, and accuracy moves by no more than 0.05, the 95 % interval of its slope included. Plateaus can be "
      "transient: "
      "a longer budget may turn some into grokking.");
  result.data["outcomes"] = outcomes;
  return result;
}

std::vector<report::Chart> figures(const SemiGrokkingMeasurement& m) {
  std::vector<XyPoint> ends, curves;
  for (const CurveOfRun& run : m.scratch) {
    const Ending ending = classify_ending(run.curve);
    ends.push_back({ending_name(ending), static_cast<double>(run.rows), run.curve.test_accuracy.back()});
    if (ending != Ending::kPlateau && ending != Ending::kUnfinished) continue;
    for (std::size_t i = 0; i < run.curve.step.size(); ++i) {
      curves.push_back({fmt::format("D = {}, {}", run.rows, ending_name(ending)),
                        static_cast<double>(run.curve.step[i]), run.curve.test_accuracy[i],
                        fmt::format("{}", run.seed)});
    }
  }
  std::vector<report::Chart> charts;
  if (const std::vector<XyPoint> four = four_runs(m); !four.empty()) charts.push_back(four_runs_chart(four));
  charts.push_back(make_xy_chart(
      ends, {.id = "semi-endings",
             .title = "Training from scratch: final test accuracy against D",
             .caption = fmt::format(
                 "{}: a point is a run of {} steps. Near the transition some runs end at middling accuracy.",
                 m.sizes.network.name, m.sizes.steps),
             .x_title = "training rows D",
             .y_title = "final test accuracy",
             .log_x = true,
             .fraction_y = true,
             .lines = false,
             .series = {"grokked", "plateau", "unfinished", "none"},
             .rules = paper_marks(m.sizes.network, {1500, 2050})}));
  if (curves.empty()) return charts;
  charts.push_back(make_xy_chart(
      curves, {.id = "semi-curves",
               .title = "Runs of middling accuracy",
               .caption = "Test accuracy of the runs that ended between 0.2 and 0.95, level (plateau) or still moving "
                          "(unfinished).",
               .x_title = "step",
               .y_title = "test accuracy",
               .steps_x = true,
               .fraction_y = true,
               .points = false}));
  return charts;
}

Claim claim_semi_grokking() {
  return make_claim<SemiGrokkingSizes, SemiGrokkingRuns, SemiGrokkingMeasurement>(
      {.id = "semi-grokking",
       .title = "Semi-grokking",
       .statement = "Near D_crit, where both circuits are about equally efficient, training from scratch can end at "
                    "middling test accuracy.",
       .paper = "Plateaus at D = 1500 to 2050, often transient: 0.55 at D = 1532 from step 0.8e7 to 1.8e7 (Fig. 5, 6)",
       .sizes = semi_grokking_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures});
}

}  // namespace groklab::studies::varma2023
