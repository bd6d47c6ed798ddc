// See semi_grokking.h.
#include "groklab/studies/varma2023/semi_grokking.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/ending.h"
#include "groklab/studies/varma2023/runs.h"

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

/// ln(transition from scratch / ungrokking transition), of the same seeds.
Estimate path_dependence(const SemiGrokkingMeasurement& m) {
  const auto midpoint = [&](const std::vector<CurveOfRun>& runs, const std::vector<std::int64_t>& sizes,
                            std::int64_t seed) {
    return transition_over(m.sizes.network.classes, sizes,
                           [&](std::int64_t rows) { return end_accuracy(runs, seed, rows); })
        .midpoint;
  };
  return mean_estimate(per_seed(m.sizes.seeds, [&](std::int64_t seed) {
    return std::log(midpoint(m.scratch, m.sizes.rows, seed) / midpoint(m.forks, m.sizes.ungrok_rows, seed));
  }));
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
  const std::vector<std::int64_t> smoke = {120, 180}, quick = {240, 280, 320, 360, 400}, standard = quick;
  SemiGrokkingSizes sizes;
  const int index = scale_index(scale);
  sizes.network = index == 1 || index == 2 ? modular_network(23, 32) : s.network;
  sizes.seeds = s.seeds;
  sizes.weight_decay = s.weight_decay;
  sizes.rows = by_scale(scale, smoke, quick, standard, full);
  sizes.steps = by_scale<std::int64_t>(scale, 1500, 16000, 50000, 2000000);  // the paper's longest run has 3.2e7
  sizes.ungrok_rows = s.ungrok_rows;
  sizes.budgets = s.budgets;
  return sizes;
}

SemiGrokkingRuns plan(SweepPlan& plan, const SemiGrokkingSizes& s) {
  SemiGrokkingRuns runs;
  for (const std::int64_t rows : s.rows) {
    for (const std::int64_t seed : s.seeds.all()) {
      runs.scratch.push_back(
          {scratch_run(plan, s.network, seed, rows, s.weight_decay, s.steps), seed, rows, s.weight_decay});
    }
  }
  for (const std::int64_t seed : s.seeds.all()) {
    for (const std::int64_t rows : s.ungrok_rows) {
      runs.forks.push_back(
          {ungrok_run(plan, s.budgets, s.network, seed, rows, s.weight_decay), seed, rows, s.weight_decay});
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
  return {sizes, curves(runs.scratch), curves(runs.forks)};
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
  const auto n = static_cast<std::int64_t>(m.scratch.size());
  const Estimate plateaus = wilson_estimate(counts[Ending::kPlateau], n), path = path_dependence(m);
  result.tests = {{"fraction of runs from scratch that end on a plateau of middling test accuracy (Wilson)",
                   fmt::format("above {}: more than a run that was classified wrongly could make", kRare), plateaus,
                   must_be_above(kRare)},
                  {"ln(transition from scratch / ungrokking transition), same seeds",
                   "above 0: from scratch it takes more rows, the path matters (appendix A.2)", path,
                   must_be_above(0, EffectScale::kLnRatio)}};
  result.n_seeds = m.sizes.seeds.count;
  result.n_censored = counts[Ending::kUnfinished];
  result.censoring = "runs between 0.2 and 0.95 that were still moving at the end of the budget";
  result.ours = fmt::format(
      "of {} runs {} grokked, {} on a plateau, {} did not, {} unfinished; from scratch {:.1f} times as many rows as by "
      "ungrokking",
      n, counts[Ending::kGrokked], counts[Ending::kPlateau], counts[Ending::kNone], counts[Ending::kUnfinished],
      std::exp(path.value));
  result.notes.push_back(
      "A plateau: test accuracy between 0.2 and 0.95 at the end, within 0.05 over the last third of the "
      "steps. Plateaus can be transient: a longer budget may turn some into grokking.");
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
             .series = {"grokked", "plateau", "unfinished", "none"}}));
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
