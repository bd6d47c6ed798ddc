// Made-up measurements of timed conditions: what each run did follows from its seed and condition.
#pragma once

#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "groklab/studies/timed_conditions.h"
#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies {

inline constexpr std::int64_t kMadeUpFit = 1000000;  ///< T_fit, so late that rounding to a step moves nothing

/// Five seeds under the conditions of `sizes`; `shape` changes a run that generalises at twice T_fit and holds all else
/// as a trained network would have it.
inline TimedMeasurement made_up_runs(TimedSizes sizes,
                                     const std::function<void(std::size_t seed, TimedRun& run)>& shape) {
  sizes.seeds = varma2023::kSeeds;
  TimedMeasurement m{sizes, {}};
  for (std::size_t i = 0; i < static_cast<std::size_t>(sizes.seeds.count); ++i) {
    for (const TimedCondition& condition : sizes.conditions) {
      TimedRun run;
      run.seed = sizes.seeds.first + static_cast<std::int64_t>(i);
      run.series = condition.series;
      run.x = condition.x;
      run.delay = {kMadeUpFit, 2 * kMadeUpFit, 1000 * kMadeUpFit};
      run.train_accuracy = run.test_accuracy = run.best_test_accuracy = 1;
      run.norm = run.norm_at_fit = run.norm_at_grok = run.logit_norm = run.logit_between = 20;
      shape(i, run);
      m.runs.push_back(run);
    }
  }
  return m;
}

/// T_grok = T_fit times `factor`.
inline void set_grok(TimedRun& run, double factor) {
  run.delay.grok = std::llround(static_cast<double>(kMadeUpFit) * factor);
}
/// The budget went by before it generalised.
inline void set_no_grok(TimedRun& run) {
  run.delay.grok.reset();
  run.test_accuracy = run.best_test_accuracy = 0.1;
  run.norm_at_grok = std::nan("");
}

/// Judged from the text that would be stored.
inline Judgement judge_timed_text(Judgement (*judge)(const TimedMeasurement&), const TimedMeasurement& m) {
  const Json json = Json::parse(plain_to_json(m).dump());
  return judge(plain_from_json<TimedMeasurement>(json, "stored"));
}

/// A claim without a run decides nothing, and draws what it can.
inline void expect_nothing_without_runs(const Claim& claim, const char* scale = "quick") {
  SweepPlan plan;
  const Claim::Measure measure = claim.plan(plan, claim.sizes({scale, 0}));
  const Json nothing = measure(RunResults(plan.runs.size()));
  varma2023::expect_undecided_without_runs(claim.judge(nothing));
  claim.figures(nothing);
}

}  // namespace groklab::studies
