// See ungrokking.h.
#include "groklab/studies/varma2023/ungrokking.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023 {
namespace {

using report::make_xy_chart;
using report::XyPoint;

double full_fork_accuracy(const UngrokkingMeasurement& m, std::int64_t seed, std::int64_t rows) {
  return at_rest(m.full, seed, rows, &RestingState::test_accuracy);
}

Transition full_transition(const UngrokkingMeasurement& m, std::int64_t seed) {
  return transition_over(m.sizes.network.classes, m.sizes.rows,
                         [&](std::int64_t rows) { return full_fork_accuracy(m, seed, rows); });
}

/// Smallest train accuracy of a seed's forks; NaN if all failed.
double least_train_accuracy(const UngrokkingMeasurement& m, std::int64_t seed) {
  double least = std::nan("");
  for (const RestingState& fork : m.full) {
    if (fork.seed == seed && fork.stationary) least = std::fmin(least, fork.train_accuracy);
  }
  return least;
}

/// Accuracy on removed rows less that on rows never seen at the end; NaN if it failed, or still moves under decay.
double removed_less_never_seen(const UngrokkingMeasurement& m, std::int64_t seed, bool decays) {
  for (const StoredRowsFork& fork : m.stored) {
    if (fork.seed != seed || (fork.weight_decay > 0) != decays || fork.step.empty()) continue;
    if (decays && !fork.stationary) continue;
    return fork.removed_accuracy.back() - fork.never_seen_accuracy.back();
  }
  return std::nan("");
}

struct UngrokkingEffects {
  Estimate fall, intact, width, midpoint, train, forgetting, control;
  std::int64_t n_censored = 0;
};

UngrokkingEffects ungrokking_effects(const UngrokkingMeasurement& m) {
  const auto& rows = m.sizes.rows;
  const auto seeds = [&](const std::function<double(std::int64_t)>& value, double level = 0.95) {
    return mean_estimate(per_seed(m.sizes.seeds, value), level);
  };
  UngrokkingEffects e;
  e.fall = seeds([&](std::int64_t seed) {
    return full_fork_accuracy(m, seed, rows.back()) - full_fork_accuracy(m, seed, rows.front());
  });
  e.intact = seeds([&](std::int64_t seed) { return full_fork_accuracy(m, seed, rows.back()); });
  e.width = seeds([&](std::int64_t seed) { return full_transition(m, seed).width; });
  e.midpoint = exponential(seeds([&](std::int64_t seed) { return std::log(full_transition(m, seed).midpoint); }));
  e.train = seeds([&](std::int64_t seed) { return least_train_accuracy(m, seed); });
  e.forgetting = seeds([&](std::int64_t seed) { return removed_less_never_seen(m, seed, true); }, kEquivalenceLevel);
  e.control = seeds([&](std::int64_t seed) { return removed_less_never_seen(m, seed, false); });
  for (const std::int64_t seed : m.sizes.seeds.all()) {
    const Transition t = full_transition(m, seed);
    e.n_censored += t.below || t.above ? 1 : 0;
  }
  return e;
}

}  // namespace

std::string complaint(const UngrokkingSizes& s) { return rows_complaint(s.rows, s.network.rows); }

std::string complaint(const StoredRowsFork& f) {
  return f.removed_accuracy.size() == f.step.size() && f.never_seen_accuracy.size() == f.step.size()
             ? ""
             : "expected as many accuracies as steps";
}

UngrokkingSizes ungrokking_sizes(const Scale& scale) {
  const CommonSizes s = common_sizes(scale);
  UngrokkingSizes sizes;
  sizes.network = s.network;
  sizes.seeds = seeds_of(scale, by_scale<std::int64_t>(scale, 2, 5, 5, 10), kSecondStandardSeed);
  sizes.weight_decay = s.weight_decay;
  sizes.parent_rows = s.parent_rows;
  sizes.parent_steps = s.parent_steps;
  sizes.rows = s.ungrok_rows;
  sizes.stored_rows = by_scale<std::int64_t>(scale, 80, 170, 250, 900);
  sizes.kept_rows = by_scale<std::int64_t>(scale, 40, 85, 125, 450);
  sizes.stored_steps = by_scale<std::int64_t>(scale, 500, 4000, 4000, 4000);
  sizes.relaxation = s.relaxation;
  if (scale_index(scale) == 2) sizes.relaxation.steps = 60000;
  return sizes;
}

UngrokkingRuns plan(SweepPlan& plan, const UngrokkingSizes& s) {
  UngrokkingRuns runs;
  for (const std::int64_t seed : s.seeds.all()) {
    const RunIndex general =
        converged_run(plan, {.converged = s.parent_steps}, s.network, seed, s.parent_rows, s.weight_decay);
    for (const std::int64_t rows : s.rows) {
      runs.full.push_back({relaxed_fork(plan, s.relaxation, general, rows), seed, rows, s.weight_decay});
    }
    const RunIndex parent =
        converged_run(plan, {.converged = s.stored_steps}, s.network, seed, s.stored_rows, s.weight_decay);
    runs.decaying.push_back({relaxed_fork(plan, s.relaxation, parent, s.kept_rows), seed, s.kept_rows, 1});
    runs.control.push_back(
        {relaxed_fork(plan, s.relaxation, parent, s.kept_rows, {"optim.weight_decay=0"}), seed, s.kept_rows, 0});
  }
  return runs;
}

UngrokkingMeasurement measure(const RunResults& results, const UngrokkingSizes& sizes, const UngrokkingRuns& runs) {
  UngrokkingMeasurement m{sizes, {}, {}, {}};
  for (const PlannedPoint& fork : runs.full) {
    m.full.push_back(resting_state(results, fork));
    if (fork.seed != sizes.seeds.first || !results.has(fork.run)) continue;
    m.curves.push_back({fmt::format("D' = {}", fork.rows), curve_of(results.records(fork.run))});
  }
  for (const auto* forks : {&runs.decaying, &runs.control}) {
    for (const PlannedPoint& fork : *forks) {
      if (!results.has(fork.run)) continue;
      StoredRowsFork& f = m.stored.emplace_back();
      f.seed = fork.seed;
      f.weight_decay = fork.weight_decay;
      f.stationary = results.stationarity(fork.run).stationary;
      for (const Record& record : results.records(fork.run)) {
        f.step.push_back(record.step);
        f.removed_accuracy.push_back(record.removed.accuracy);
        f.never_seen_accuracy.push_back(record.never_seen.accuracy);
      }
    }
  }
  return m;
}

Judgement judge(const UngrokkingMeasurement& m) {
  Judgement result;
  const auto& rows = m.sizes.rows;
  const UngrokkingEffects e = ungrokking_effects(m);
  result.tests = {
      {fmt::format("test accuracy at rest at D' = {} less that at D' = {}", rows.back(), rows.front()),
       "above 0.5: removing rows alone takes generalisation away", e.fall, must_be_above(kUngrokFall)},
      {fmt::format("test accuracy at rest at D' = {}", rows.back()),
       "above 0.9: above D_crit removing rows does no harm", e.intact, must_be_above(kIntact)},
      {"width of the transition: D' of 90 % / D' of 10 % of the rise",
       fmt::format("below {:.2f}: sharper than the paper's own range of sizes, 390 to 1494", kSharp), e.width,
       must_be_below(kSharp)},
      {"smallest train accuracy at rest over D'", "above 0.99: the kept rows stay fitted", e.train,
       must_be_above(kStillFitted)},
      {"memorising network put on half of its rows, at rest: accuracy on removed rows less that on rows never seen",
       fmt::format("90 % interval within +-{}: with decay nothing is kept of rows that are not asked for",
                   kSameAccuracy),
       e.forgetting, must_lie_within(kSameAccuracy)},
      {"positive control: the same without weight decay", "above 0.5: stored rows are seen where they are kept",
       e.control, must_be_above(kStoredRows)}};
  result.n_seeds = e.fall.n;
  result.n_censored = e.n_censored;
  result.censoring = "seeds whose transition lies outside the sizes";
  if (const std::int64_t restless = count_restless(m.full); restless > 0) {
    result.notes.push_back(fmt::format("{} forks did not come to rest and are left out.", restless));
  }
  result.ours = fmt::format(
      "midpoint D' = {:.0f} ({:.0f} to {:.0f}), width a factor of {:.1f}; removed less never seen {:+.3f}, "
      "without decay {:+.3f}",
      e.midpoint.value, e.midpoint.low, e.midpoint.high, e.width.value, e.forgetting.value, e.control.value);
  result.data["midpoint"] = e.midpoint.value;
  result.data["midpoint_ci"] = {e.midpoint.low, e.midpoint.high};
  return result;
}

/// Where half of the test accuracy is left, and the range of sizes of the paper's Fig. 7.
std::vector<report::XyRule> transition_marks(const UngrokkingMeasurement& m) {
  std::vector<report::XyRule> marks = paper_marks(m.sizes.network, {390, 1494});
  marks.push_back({ungrokking_effects(m).midpoint.value, "midpoint"});
  return marks;
}

std::vector<report::Chart> figures(const UngrokkingMeasurement& m) {
  std::vector<XyPoint> points, kinds, curves;
  for (const RestingState& fork : m.full) {
    const auto x = static_cast<double>(fork.rows);
    points.push_back({"test rows", x, fork.test_accuracy, fmt::format("{}", fork.seed)});
    points.push_back({"kept rows", x, fork.train_accuracy, fmt::format("{}", fork.seed)});
  }
  for (const auto& [name, curve] : m.curves) {
    for (std::size_t i = 0; i < curve.step.size(); ++i) {
      curves.push_back({name, static_cast<double>(curve.step[i]), curve.test_accuracy[i]});
    }
  }
  for (const StoredRowsFork& fork : m.stored) {
    const char* name = fork.weight_decay > 0 ? "weight decay 1" : "without decay";
    for (std::size_t i = 0; i < fork.step.size(); ++i) {
      const auto step = static_cast<double>(fork.step[i]);
      kinds.push_back(
          {fmt::format("removed rows, {}", name), step, fork.removed_accuracy[i], fmt::format("{}", fork.seed)});
      kinds.push_back({"rows never seen", step, fork.never_seen_accuracy[i], fmt::format("{} {}", fork.seed, name)});
    }
  }
  return {
      make_xy_chart(points, {.id = "ungrokking-transition",
                             .title = "Ungrokking: accuracy at rest against D'",
                             .caption = fmt::format("From a network trained on all {} rows, trained further on D' "
                                                    "of them; a line is a seed. Test accuracy falls away below the "
                                                    "transition, the kept rows stay fitted.",
                                                    m.sizes.network.rows),
                             .x_title = "rows kept D'",
                             .y_title = "accuracy",
                             .log_x = true,
                             .fraction_y = true,
                             .rules = transition_marks(m)}),
      make_xy_chart(curves, {.id = "ungrokking-curves",
                             .title = "Ungrokking over training, one seed",
                             .caption = "Test accuracy after the rows were removed at step 0.",
                             .x_title = "step after the removal",
                             .y_title = "test accuracy",
                             .steps_x = true,
                             .fraction_y = true,
                             .points = false}),
      make_xy_chart(kinds, {.id = "ungrokking-removed",
                            .title = "What becomes of rows that are taken away",
                            .caption = fmt::format(
                                "A network that memorised {} rows, put on {} of them. Under weight decay the rest is "
                                "lost within some hundred steps; without it, it is kept.",
                                m.sizes.stored_rows, m.sizes.kept_rows),
                            .x_title = "step after the removal",
                            .y_title = "accuracy",
                            .steps_x = true,
                            .fraction_y = true,
                            .points = false})};
}

Claim claim_ungrokking() {
  return make_claim<UngrokkingSizes, UngrokkingRuns, UngrokkingMeasurement>(
      {.id = "ungrokking",
       .title = "Ungrokking",
       .statement = "A network that generalises, trained further on fewer rows than D_crit, goes back to memorising; "
                    "above D_crit it does not.",
       .paper = "Sharp transition within D' = 390 to 1494 (p = 113), train accuracy stays 1 (Fig. 4, 7)",
       .sizes = ungrokking_sizes,
       .plan = plan,
       .measure = measure,
       .judge = judge,
       .figures = figures});
}

}  // namespace groklab::studies::varma2023
