// The claims about a held norm on made-up times: confirmed, refuted and undecided.
#include "groklab/studies/truong2026-clamp/claims.h"

#include "groklab/studies/timed_made_up_for_test.h"
#include "groklab/studies/truong2026-clamp/published.h"

namespace groklab::studies::truong2026_clamp {
namespace {

/// exp(alpha rho) with each seed's exponent, and `bend` of each seed between the two halves of the range.
Judgement judge_exponents(const std::vector<double>& exponents, const std::vector<double>& bends) {
  const TimedMeasurement m = made_up_runs(delay_law_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
    const double from = run.x - 0.95;  // the middle of the norms; a parabola keeps the slope over all of them
    set_grok(run, 10 * std::exp(exponents[seed] * from + 0.5 * bends[seed] / 0.1 * from * from));
  });
  return judge_timed_text(judge_delay_law, m);
}

TEST(TruongClamp, DelayLawAsksForThePublishedExponent) {
  const std::vector<double> straight(5, 0.0);
  varma2023::expect_equivalent(
      [&](std::vector<double> effects) {
        for (double& e : effects) e += kExponent.value;
        return judge_exponents(effects, straight);
      },
      0, kExponentMargin, 0.5);
}

TEST(TruongClamp, ABendIsShownAndDoesNotCount) {
  const std::vector<double> exponents(5, kExponent.value);
  varma2023::expect_equivalent([&](const std::vector<double>& effects) { return judge_exponents(exponents, effects); },
                               1, kBendMargin, 0.5);
}

TEST(TruongClamp, DelayLawShowsThePublishedTimes) {
  const Judgement result = judge_exponents(std::vector<double>(5, 7.5), std::vector<double>(5, 0.0));
  ASSERT_EQ(result.published.size(), 4u) << "the exponent and three norms";
  EXPECT_EQ(result.published[1].published.value, 1495);
  EXPECT_GT(result.published[3].here.value, result.published[1].here.value);
}

/// `at_59`, `floor`, `above`: how many of five seeds do not generalise.
Judgement judge_fractions(std::size_t at_59, std::size_t floor, std::size_t above, std::size_t random = 5) {
  const TimedMeasurement m = made_up_runs(any_norm_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
    const bool is_small = run.series == kSmall, is_random = run.series == kRandom;
    const std::size_t fails = is_random ? random : !is_small ? at_59 : run.x < 1 ? floor : above;
    if (seed < fails) set_no_grok(run);
  });
  return judge_timed_text(judge_any_norm, m);
}

TEST(TruongClamp, AnyNormNeedsAllRunsAndAFloor) {
  EXPECT_EQ(judge_fractions(0, 5, 0).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(judge_fractions(1, 5, 0).verdict(), Verdict::kInconclusive) << "four of five at each norm";
  EXPECT_EQ(judge_fractions(4, 5, 0).verdict(), Verdict::kRefuted) << "one of five at each norm";
  EXPECT_EQ(judge_fractions(0, 3, 0).verdict(), Verdict::kInconclusive);
  EXPECT_EQ(judge_fractions(0, 0, 0).tests[1].verdict, Verdict::kRefuted) << "there is no floor";
  EXPECT_EQ(judge_fractions(0, 5, 5).tests[2].verdict, Verdict::kRefuted) << "nothing generalises above it";
  const Judgement leaks = judge_fractions(0, 5, 0, 0);
  EXPECT_EQ(leaks.tests[3].verdict, Verdict::kRefuted) << "the control sees random labels predicted";
  EXPECT_FALSE(leaks.tests[3].counts);
}

TEST(TruongClamp, CriticalNormIsThePublishedOne) {
  varma2023::expect_equivalent(
      [](const std::vector<double>& effects) {
        return judge_timed_text(judge_critical_norm,
                                made_up_runs(critical_norm_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
                                  run.norm_at_grok = kCriticalNorm.value * std::exp(effects[seed]);
                                }));
      },
      0, std::log(kNormFactor), 0.02);
}

TEST(TruongClamp, NothingIsDecidedWithoutRuns) {
  for (const Claim& claim : {claim_delay_law(), claim_any_norm(), claim_critical_norm()}) {
    expect_nothing_without_runs(claim);
  }
}

// Catches: a norm held from another step, of other tensors, or with another budget than the publication's.
TEST(TruongClamp, RunsAreThePublishedOnes) {
  SweepPlan plan;
  const TimedSizes sizes = delay_law_sizes({"quick", 0});
  const TimedRuns runs = plan_timed(plan, sizes);
  ASSERT_EQ(runs.runs.size(), 12u);
  const Config& config = plan.runs[runs.runs[2].run].config;
  EXPECT_NEAR(number_setting(config, "constraint.norm.value"), 1.05 * 54.5133, 1e-3);
  EXPECT_EQ(integer_setting(config, "constraint.norm.start_step"), 500);
  EXPECT_EQ(text_setting(config, "constraint.norm.tensors"), "*W*");
  EXPECT_EQ(config.train.steps, 18000);
  EXPECT_EQ(config.optim.beta2, 0.999);
  EXPECT_EQ(config.split.train_size, 1392);
  EXPECT_EQ(delay_law_sizes({"standard", 0}).conditions.size(), 7u);
  EXPECT_THROW(base_sizes({"full", 0}), Error);
  plan_timed(plan, any_norm_sizes({"quick", 0}));
  EXPECT_EQ(plan.runs.size(), 12u + 4 * 3) << "both claims share the held runs";
}

}  // namespace
}  // namespace groklab::studies::truong2026_clamp
