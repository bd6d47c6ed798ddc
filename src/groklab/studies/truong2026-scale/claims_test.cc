// The claims about temperature on made-up times and logits: confirmed, refuted and undecided.
#include "groklab/studies/truong2026-scale/claims.h"

#include "groklab/studies/timed_made_up_for_test.h"
#include "groklab/studies/truong2026-scale/published.h"

namespace groklab::studies::truong2026_scale {
namespace {

/// Norm 1.15 takes four times as long. At tau = 1.5 the logit scale is that of norm 1, and the time is such that each
/// seed's fraction is recovered.
Judgement judge_fractions(const std::vector<double>& fractions, double fit_factor = 1) {
  const TimedMeasurement m = made_up_runs(mediation_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
    if (run.series == kBase) {
      set_grok(run, 10);
      run.logit_norm = 24;
      return;
    }
    set_grok(run, run.x == 1 ? 40 : run.x == 1.5 ? 40 - 30 * fractions[seed] : 38 - 30 * fractions[seed]);
    run.logit_norm = run.x * (run.x == 1 ? 34 : run.x == 1.5 ? 24 : 21);
    if (run.x == 1.7) run.delay.fit = std::llround(kMadeUpFit * fit_factor);
  });
  return judge_timed_text(judge_mediation, m);
}

TEST(TruongScale, MediationAsksForMoreThanHalf) {
  const Judgement most = judge_fractions(varma2023::effects_about(0.83, 0.02));
  EXPECT_EQ(most.verdict(), Verdict::kConfirmed);
  EXPECT_NEAR(most.tests[0].effect.value, 0.83, 1e-3) << "read off where the scale is that of norm 1";
  EXPECT_EQ(judge_fractions(varma2023::effects_about(0.5, 0.02)).tests[0].verdict, Verdict::kInconclusive);
  EXPECT_EQ(judge_fractions(varma2023::effects_about(0.2, 0.02)).verdict(), Verdict::kRefuted);
}

TEST(TruongScale, MediationAsksForThePublishedFraction) {
  varma2023::expect_equivalent(
      [](std::vector<double> effects) {
        for (double& e : effects) e += kRecovery.value;
        return judge_fractions(effects);
      },
      1, kRecoveryMargin, 0.03);
}

TEST(TruongScale, FittingIsTheControl) {
  const Judgement slow = judge_fractions(varma2023::effects_about(0.83, 0.02), 3);
  EXPECT_EQ(slow.tests[2].verdict, Verdict::kRefuted) << "temperature makes the fit itself slower";
  EXPECT_EQ(slow.verdict(), Verdict::kConfirmed) << "shown beside the claim";
}

/// ln of the norm's factor, the fraction that temperature takes back, ln of what it does to the logit scale.
Judgement judge_squares(const std::vector<double>& norm_up, const std::vector<double>& fractions,
                        const std::vector<double>& scales) {
  const TimedMeasurement m = made_up_runs(squared_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
    const double up = 10 * std::exp(norm_up[seed]);
    set_grok(run, run.series == kSquaredBase || run.x != 1.5 ? (run.series == kSquaredBase ? 10 : up)
                                                             : up - fractions[seed] * (up - 10));
    run.logit_norm = run.x * (run.x == 1.7 ? std::exp(scales[seed]) : 1);
  });
  return judge_timed_text(judge_squared, m);
}

TEST(TruongScale, SquaredErrorAsksForAllThree) {
  const std::vector<double> up = varma2023::effects_about(0.6, 0.02), little = varma2023::effects_about(0.1, 0.02),
                            pinned = varma2023::effects_about(-0.1, 0.01);
  varma2023::expect_above([&](const auto& effects) { return judge_squares(effects, little, pinned); }, 0,
                          std::log(kStillPresent), 0.05);
  varma2023::expect_below([&](const auto& effects) { return judge_squares(up, effects, pinned); }, 1, kHalf, 0.05);
  varma2023::expect_equivalent([&](const auto& effects) { return judge_squares(up, little, effects); }, 2,
                               std::log(kPinnedFactor), 0.05);
}

/// ln T = a L + b (rho - 1) with noise of `spread` that alternates over the cells.
Judgement judge_curve(double per_scale, double per_norm, double spread) {
  const TimedMeasurement m = made_up_runs(collapse_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
    const bool up = run.series == kUp;
    const double scale = up ? 34 - 18 * (run.x - 1) : 24 - 12 * (run.x - 1);
    run.logit_norm = run.x * scale;
    const double noise = spread *
                         (run.x == 1.5   ? 1
                          : run.x == 1.7 ? -0.5
                          : up           ? -1
                                         : 0.5) *
                         (1 + 0.1 * varma2023::kDeviations[seed]);
    set_grok(run, 0.5 * std::exp(per_scale * scale + per_norm * (up ? 1.15 : 1) + noise));
  });
  return judge_timed_text(judge_collapse, m);
}

TEST(TruongScale, CollapseAsksForOneCurve) {
  EXPECT_EQ(judge_curve(0.1, 0, 0.02).verdict(), Verdict::kConfirmed);
  const Judgement scattered = judge_curve(0.1, 0, 2);
  EXPECT_EQ(scattered.tests[0].verdict, Verdict::kRefuted);
  const Judgement by_norm = judge_curve(0.02, 8, 0.02);
  EXPECT_EQ(by_norm.tests[1].verdict, Verdict::kRefuted) << by_norm.ours;
}

TEST(TruongScale, NothingIsDecidedWithoutRuns) {
  for (const Claim& claim : {claim_mediation(), claim_squared(), claim_collapse()}) expect_nothing_without_runs(claim);
}

// Catches: a temperature that does not reach the run, or changes the norm that is held.
TEST(TruongScale, RunsAreThePublishedOnes) {
  SweepPlan plan;
  const TimedRuns runs = plan_timed(plan, mediation_sizes({"quick", 0}));
  ASSERT_EQ(runs.runs.size(), 16u);
  const Config& hot = plan.runs[runs.runs[3].run].config;
  EXPECT_EQ(hot.loss.temperature, 1.7);
  EXPECT_NEAR(number_setting(hot, "constraint.norm.value"), 1.15 * 54.489, 1e-2);
  EXPECT_EQ(plan.runs[runs.runs[0].run].config.loss.temperature, 1);
  plan_timed(plan, collapse_sizes({"quick", 0}));
  EXPECT_EQ(plan.runs.size(), 20u) << "one cell more";
}

}  // namespace
}  // namespace groklab::studies::truong2026_scale
