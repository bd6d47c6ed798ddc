// The claim about initial scale on made-up times: confirmed, refuted and undecided.
#include "groklab/studies/lyu2023/claims.h"

#include "groklab/studies/lyu2023/published.h"
#include "groklab/studies/timed_made_up_for_test.h"

namespace groklab::studies::lyu2023 {
namespace {

/// T = (5 + slope ln alpha) / (eta lambda), with each seed's slopes; of five seeds `free` generalise without decay.
TimedMeasurement made_up(const std::vector<double>& one, const std::vector<double>& half, std::size_t free = 0) {
  return made_up_runs(log_scale_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
    if (run.series == kNoDecay) {
      if (seed >= free) set_no_grok(run);
      return;
    }
    const bool is_one = run.series == kDecay1;
    const double time = (5 + (is_one ? one : half)[seed] * std::log(run.x)) / (1e-3 * (is_one ? 1 : 0.5));
    run.delay = {100, std::llround(time), 100000};
  });
}

Judgement judge(const TimedMeasurement& m) { return judge_timed_text(judge_log_scale, m); }

std::vector<double> plus_one(std::vector<double> effects) {
  for (double& e : effects) e += 1;
  return effects;
}

TEST(Lyu, LogScaleAsksForTheSlopeAtBothDecays) {
  const std::vector<double> exact = varma2023::effects_about(1, 0.01);
  varma2023::expect_equivalent([&](const auto& effects) { return judge(made_up(plus_one(effects), exact)); }, 0,
                               kSlopeMargin, 0.1);
  varma2023::expect_equivalent([&](const auto& effects) { return judge(made_up(exact, plus_one(effects))); }, 1,
                               kSlopeMargin, 0.1);
}

TEST(Lyu, WithoutDecayNothingMayGeneralise) {
  const std::vector<double> exact = varma2023::effects_about(1, 0.01);
  EXPECT_EQ(judge(made_up(exact, exact, 0)).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(judge(made_up(exact, exact, 2)).verdict(), Verdict::kInconclusive);
  EXPECT_EQ(judge(made_up(exact, exact, 5)).tests[2].verdict, Verdict::kRefuted);
}

TEST(Lyu, ASeedWithAnUnknownTimeHasNoSlope) {
  const std::vector<double> exact = varma2023::effects_about(1, 0.01);
  TimedMeasurement m = made_up(exact, exact);
  for (TimedRun& run : m.runs) {
    if (run.seed == m.sizes.seeds.first && run.x == 64) set_no_grok(run);
  }
  EXPECT_EQ(judge(m).tests[0].effect.n, 4);
}

TEST(Lyu, NothingIsDecidedWithoutRuns) { expect_nothing_without_runs(claim_log_scale()); }

}  // namespace
}  // namespace groklab::studies::lyu2023
