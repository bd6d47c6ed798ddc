// Claim 8, semi-grokking: from scratch near D_crit some runs end, or stay for long, at middling test accuracy.
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "groklab/paper/claim.h"
#include "groklab/paper/efficiency.h"
#include "groklab/paper/plateau.h"
#include "groklab/report/xy_chart.h"

namespace groklab::paper {
namespace {

/// A fraction of plateaus whose interval excludes 2 %: a single run of 40 that the classification took wrongly would
/// already give an estimate above that.
constexpr double kRare = 0.02;

RunIndex semi_run(Study& study, std::int64_t seed, std::int64_t rows) {
  const Scale& s = study.scale();
  return study.scratch(s.semi_network, seed, rows, s.weight_decay, s.semi_steps);
}

void plan_semi(Study& study) {
  const Scale& s = study.scale();
  for (std::int64_t i = 0; i < s.semi_seeds; ++i) {
    for (const std::int64_t rows : s.semi_rows) semi_run(study, seed_at(study, i), rows);
    for (const std::int64_t rows : s.ungrok_rows)
      ungrok_run(study, s.semi_network, seed_at(study, i), rows, s.weight_decay);
  }
}

/// The paper's Fig. 1: one run of each kind, train and test accuracy.
void add_four_runs(Study& study, const std::map<Ending, RunIndex>& example, ClaimResult& result) {
  const Scale& s = study.scale();
  std::vector<XyPoint> points;
  const auto add = [&](RunIndex run, const std::string& name) {
    for (const Record& r : study.records(run)) {
      points.push_back({name, static_cast<double>(r.step), r.test.accuracy, "test"});
      points.push_back({name, static_cast<double>(r.step), r.train.accuracy, "train"});
    }
  };
  const std::pair<Ending, const char*> kinds[] = {
      {Ending::kGrokked, "grokking"}, {Ending::kPlateau, "semi-grokking"}, {Ending::kNone, "no grokking"}};
  for (const auto& [ending, name] : kinds) {
    if (const auto found = example.find(ending); found != example.end()) add(found->second, name);
  }
  for (std::int64_t i = 0; i < s.semi_seeds; ++i) {
    const RunIndex fork = ungrok_run(study, s.semi_network, seed_at(study, i), s.ungrok_rows.front(), s.weight_decay);
    if (!study.has(fork)) continue;
    add(fork, "ungrokking");
    break;
  }
  if (points.empty()) return;
  XyOptions options;
  options.id = "semi-four-runs";
  options.title = "Grokking, semi-grokking, no grokking, ungrokking";
  options.caption =
      "One run of each kind that occurred. The lines that reach 100 % first are training accuracy; the others are test "
      "accuracy. Ungrokking starts from a network that generalises and loses it on few rows.";
  options.x_title = "step";
  options.y_title = "accuracy";
  options.steps_x = options.fraction_y = true;
  options.points = false;
  options.line_title = "rows";
  result.figures.push_back(make_xy_chart(points, options));
}

ClaimResult judge_semi(Study& study) {
  ClaimResult result;
  const Scale& s = study.scale();
  std::map<Ending, std::int64_t> counts;
  std::map<Ending, RunIndex> example;
  std::int64_t n = 0;
  std::vector<XyPoint> ends, curves;
  nlohmann::ordered_json outcomes = nlohmann::ordered_json::array();
  for (const std::int64_t rows : s.semi_rows) {
    for (std::int64_t i = 0; i < s.semi_seeds; ++i) {
      const std::int64_t seed = seed_at(study, i);
      const RunIndex run = semi_run(study, seed, rows);
      if (!study.has(run)) continue;
      const Ending ending = classify_ending(study.records(run));
      ++counts[ending];
      example.try_emplace(ending, run);
      ++n;
      outcomes.push_back({{"rows", rows},
                          {"seed", seed},
                          {"ending", ending_name(ending)},
                          {"test_accuracy", study.last(run).test.accuracy}});
      ends.push_back({ending_name(ending), static_cast<double>(rows), study.last(run).test.accuracy});
      if (ending != Ending::kPlateau && ending != Ending::kUnfinished) continue;
      for (const Record& r : study.records(run)) {
        curves.push_back({fmt::format("D = {}, {}", rows, ending_name(ending)), static_cast<double>(r.step),
                          r.test.accuracy, fmt::format("{}", seed)});
      }
    }
  }
  const Estimate plateaus = wilson_estimate(counts[Ending::kPlateau], n);
  const Estimate path = mean_estimate(per_seed(study, s.semi_seeds, [&](std::int64_t seed) {
    const Transition scratch = transition_over(s.semi_network, s.semi_rows, [&](std::int64_t rows) {
      return accuracy_at(study, semi_run(study, seed, rows));
    });
    const double ungrok = ungrok_transition(study, s.semi_network, seed, s.ungrok_rows, s.weight_decay, -1).midpoint;
    return std::log(scratch.midpoint / ungrok);
  }));
  result.tests = {
      {"fraction of runs from scratch that end on a plateau of middling test accuracy (Wilson)",
       fmt::format("above {}: more than a run that was classified wrongly could make", kRare), plateaus,
       judge_above(plateaus, kRare)},
      {"ln(transition from scratch / ungrokking transition), same seeds",
       "above 0: from scratch it takes more rows, the path matters (appendix A.2)", path, judge_above(path, 0)}};
  result.n_seeds = s.semi_seeds;
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
  add_four_runs(study, example, result);
  XyOptions options;
  options.id = "semi-endings";
  options.title = "Training from scratch: final test accuracy against D";
  options.caption =
      fmt::format("{}: a point is a run of {} steps. Near the transition some runs end at middling accuracy.",
                  s.semi_network.name, s.semi_steps);
  options.x_title = "training rows D";
  options.y_title = "final test accuracy";
  options.log_x = options.fraction_y = true;
  options.lines = false;
  options.series = {"grokked", "plateau", "unfinished", "none"};
  result.figures.push_back(make_xy_chart(ends, options));
  if (!curves.empty()) {
    options.id = "semi-curves";
    options.title = "Runs of middling accuracy";
    options.caption =
        "Test accuracy of the runs that ended between 0.2 and 0.95, level (plateau) or still moving (unfinished).";
    options.x_title = "step";
    options.y_title = "test accuracy";
    options.log_x = options.points = false;
    options.steps_x = options.lines = true;
    options.series.clear();
    result.figures.push_back(make_xy_chart(curves, options));
  }
  return result;
}

}  // namespace

Claim claim_semi_grokking() {
  return {
      "semi-grokking",
      "Semi-grokking",
      "Near D_crit, where both circuits are about equally efficient, training from scratch can end at middling test "
      "accuracy.",
      "Plateaus at D = 1500 to 2050, often transient: 0.55 at D = 1532 from step 0.8e7 to 1.8e7 (Fig. 5, 6)",
      plan_semi,
      judge_semi};
}

}  // namespace groklab::paper
