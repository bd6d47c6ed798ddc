// Claim 6, ungrokking: a network that generalises loses test accuracy when it trains on below D_crit rows.
#include <fmt/format.h>

#include <cmath>

#include "groklab/paper/claim.h"
#include "groklab/paper/efficiency.h"
#include "groklab/report/xy_chart.h"

namespace groklab::paper {
namespace {

constexpr double kUngrokFall = 0.5;      // half of all test rows
constexpr double kSharp = 1494.0 / 390;  // the whole range of sizes within which the paper shows the transition
constexpr double kStillFitted = 0.99;
constexpr double kIntact = 0.9;
/// Catastrophic forgetting predicts that removed rows, which were fitted once, keep far more accuracy than rows never
/// seen; efficiency predicts equality. Ten points are a tenth of what forgetting could show.
constexpr double kSameAccuracy = 0.1;

RunIndex cut_run(Study& study, std::int64_t seed, std::int64_t rows) {
  return ungrok_run(study, study.scale().main, seed, rows, study.scale().weight_decay);
}

RunIndex partial_run(Study& study, std::int64_t seed, std::int64_t rows) {
  const Scale& s = study.scale();
  return study.ungrokked(s.main, seed, s.partial_rows, rows, s.weight_decay, s.ungrok_steps);
}

void plan_ungrokking(Study& study) {
  for (std::int64_t i = 0; i < study.scale().seeds; ++i) {
    for (const std::int64_t rows : study.scale().ungrok_rows) cut_run(study, seed_at(study, i), rows);
    for (const std::int64_t rows : study.scale().partial_ungrok_rows) partial_run(study, seed_at(study, i), rows);
  }
}

ClaimResult judge_ungrokking(Study& study) {
  ClaimResult result;
  const Scale& s = study.scale();
  const auto seeds = [&](const std::function<double(std::int64_t)>& value, double level = 0.95) {
    return mean_estimate(per_seed(study, s.seeds, value), level);
  };
  const auto final_accuracy = [&](std::int64_t seed, std::int64_t rows) {
    return accuracy_at(study, cut_run(study, seed, rows));
  };
  const Estimate fall = seeds([&](std::int64_t seed) {
    return final_accuracy(seed, s.ungrok_rows.back()) - final_accuracy(seed, s.ungrok_rows.front());
  });
  const Estimate intact = seeds([&](std::int64_t seed) { return final_accuracy(seed, s.ungrok_rows.back()); });
  const auto transition = [&](std::int64_t seed) {
    return ungrok_transition(study, s.main, seed, s.ungrok_rows, s.weight_decay, -1);
  };
  const Estimate width = seeds([&](std::int64_t seed) { return transition(seed).width; });
  const Estimate midpoint = exponential(seeds([&](std::int64_t seed) { return std::log(transition(seed).midpoint); }));
  const Estimate train = seeds([&](std::int64_t seed) {
    double least = 1;
    for (const std::int64_t rows : s.ungrok_rows) {
      const RunIndex run = cut_run(study, seed, rows);
      if (study.has(run)) least = std::min(least, study.last(run).train.accuracy);
    }
    return least;
  });
  const Estimate forgetting = seeds(
      [&](std::int64_t seed) {
        double sum = 0;
        std::int64_t n = 0;
        for (const std::int64_t rows : s.partial_ungrok_rows) {
          const RunIndex run = partial_run(study, seed, rows);
          if (!study.has(run)) continue;
          sum += study.last(run).removed.accuracy - study.last(run).never_seen.accuracy;
          ++n;
        }
        return n > 0 ? sum / static_cast<double>(n) : std::nan("");
      },
      0.9);
  result.tests = {
      {fmt::format("final test accuracy at D' = {} less that at D' = {}", s.ungrok_rows.back(), s.ungrok_rows.front()),
       "above 0.5: removing rows alone takes generalisation away", fall, judge_above(fall, kUngrokFall)},
      {fmt::format("final test accuracy at D' = {}", s.ungrok_rows.back()),
       "above 0.9: above D_crit removing rows does no harm", intact, judge_above(intact, kIntact)},
      {"width of the transition: D' of 90 % / D' of 10 % of the rise",
       fmt::format("below {:.2f}: sharper than the paper's own range of sizes, 390 to 1494", kSharp), width,
       judge_below(width, kSharp)},
      {"smallest final train accuracy over D'", "above 0.99: the kept rows stay fitted", train,
       judge_above(train, kStillFitted)},
      {"accuracy on removed rows less that on rows never seen, mean over D'",
       fmt::format("90 % interval within +-{}: no forgetting of particular rows", kSameAccuracy), forgetting,
       judge_equivalent(forgetting, kSameAccuracy)}};
  result.n_seeds = fall.n;
  for (std::int64_t i = 0; i < s.seeds; ++i) {
    const Transition t = transition(seed_at(study, i));
    result.n_censored += t.below || t.above ? 1 : 0;
  }
  result.censoring = "seeds whose transition lies outside the sizes";
  result.ours =
      fmt::format("midpoint D' = {:.0f} ({:.0f} to {:.0f}), width a factor of {:.1f}; removed less never seen {:+.3f}",
                  midpoint.value, midpoint.low, midpoint.high, width.value, forgetting.value);
  result.data["midpoint"] = midpoint.value;
  result.data["midpoint_ci"] = {midpoint.low, midpoint.high};

  std::vector<XyPoint> points, kinds, curves;
  for (std::int64_t i = 0; i < s.seeds; ++i) {
    const std::int64_t seed = seed_at(study, i);
    const std::string line = fmt::format("{}", seed);
    for (const std::int64_t rows : s.ungrok_rows) {
      const RunIndex run = cut_run(study, seed, rows);
      if (!study.has(run)) continue;
      const auto x = static_cast<double>(rows);
      points.push_back({"test rows", x, study.last(run).test.accuracy, line});
      points.push_back({"kept rows", x, study.last(run).train.accuracy, line});
      if (i > 0) continue;
      for (const Record& r : study.records(run)) {
        curves.push_back({fmt::format("D' = {}", rows), static_cast<double>(r.step), r.test.accuracy});
      }
    }
    for (const std::int64_t rows : s.partial_ungrok_rows) {
      const RunIndex run = partial_run(study, seed, rows);
      if (!study.has(run)) continue;
      kinds.push_back(
          {fmt::format("D' = {}", rows), study.last(run).never_seen.accuracy, study.last(run).removed.accuracy});
    }
  }
  XyOptions options;
  options.id = "ungrokking-transition";
  options.title = "Ungrokking: final accuracy against D'";
  options.caption = fmt::format(
      "From a network trained on all {} rows, trained further on D' of them; a line is a seed. Test accuracy falls "
      "away "
      "below the transition, the kept rows stay fitted.",
      s.main.rows);
  options.x_title = "rows kept D'";
  options.y_title = "final accuracy";
  options.log_x = options.fraction_y = true;
  options.rules = {{midpoint.value, "midpoint"}};
  result.figures.push_back(make_xy_chart(points, options));
  options.rules.clear();
  options.id = "ungrokking-curves";
  options.title = "Ungrokking over training, one seed";
  options.caption = "Test accuracy after the rows were removed at step 0.";
  options.x_title = "step after the removal";
  options.y_title = "test accuracy";
  options.log_x = options.points = false;
  options.steps_x = true;
  result.figures.push_back(make_xy_chart(curves, options));
  options.id = "ungrokking-removed";
  options.title = "Removed rows against rows never seen";
  options.caption = fmt::format(
      "From networks trained on {} of {} rows. If single rows were forgotten, removed rows would keep more accuracy "
      "and "
      "lie above the dashed line; if a circuit gives way to another, both kinds share its fate.",
      s.partial_rows, s.main.rows);
  options.x_title = "accuracy on rows never seen";
  options.y_title = "accuracy on removed rows";
  options.steps_x = options.lines = options.fraction_y = false;
  options.points = options.diagonal = true;
  result.figures.push_back(make_xy_chart(kinds, options));
  return result;
}

}  // namespace

Claim claim_ungrokking() {
  return {
      "ungrokking",
      "Ungrokking",
      "A network that generalises, trained further on fewer rows than D_crit, goes back to memorising; above D_crit it "
      "does not.",
      "Sharp transition within D' = 390 to 1494 (p = 113), train accuracy stays 1 (Fig. 4, 7)",
      plan_ungrokking,
      judge_ungrokking};
}

}  // namespace groklab::paper
