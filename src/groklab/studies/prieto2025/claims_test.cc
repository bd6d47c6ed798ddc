// The claims without weight decay on made-up runs: confirmed, refuted and undecided.
#include "groklab/studies/prieto2025/claims.h"

#include "groklab/studies/timed_made_up_for_test.h"

namespace groklab::studies::prieto2025 {
namespace {

/// How many of five seeds generalise.
Judgement judge_stable(std::size_t stable, std::size_t plain, double best = 0.1) {
  const TimedMeasurement m = made_up_runs(stable_max_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
    if (seed < (run.series == kStable ? stable : plain)) return;
    set_no_grok(run);
    if (run.series == kStable) run.best_test_accuracy = best + 0.01 * varma2023::kDeviations[seed];
  });
  return judge_timed_text(judge_stable_max, m);
}

TEST(Prieto, StableMaxMustGeneraliseWhereCrossEntropyDoesNot) {
  EXPECT_EQ(judge_stable(5, 0).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(judge_stable(3, 0).verdict(), Verdict::kInconclusive);
  EXPECT_EQ(judge_stable(0, 0).tests[0].verdict, Verdict::kRefuted);
  EXPECT_EQ(judge_stable(5, 5).tests[1].verdict, Verdict::kRefuted) << "cross-entropy generalises as well";
  EXPECT_EQ(judge_stable(5, 2).verdict(), Verdict::kInconclusive);
  const Judgement partly = judge_stable(0, 0, 0.5);
  EXPECT_EQ(partly.tests[2].verdict, Verdict::kConfirmed) << "it goes further, and does not generalise";
  EXPECT_NE(partly.verdict(), Verdict::kConfirmed);
}

Judgement judge_across(std::size_t across, const std::vector<double>& delays, const std::vector<double>& against,
                       std::size_t random = 0) {
  const TimedMeasurement m = made_up_runs(orthogonal_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
    if (run.series == kPlain) set_no_grok(run);
    if (run.series == kRandom && seed >= random) set_no_grok(run);
    if (run.series == kAcross) {
      set_grok(run, std::exp(delays[seed]));
      if (seed >= across) set_no_grok(run);
    }
    if (run.series == kDecay) set_grok(run, std::exp(delays[seed] + against[seed]));
  });
  return judge_timed_text(judge_orthogonal, m);
}

TEST(Prieto, OrthogonalGradientsMustGeneraliseAtOnce) {
  const std::vector<double> soon = varma2023::effects_about(0.3, 0.05), same = varma2023::effects_about(0, 0.05);
  varma2023::expect_below([&](const auto& effects) { return judge_across(5, effects, same); }, 1, std::log(kNoDelay),
                          0.05);
  EXPECT_EQ(judge_across(5, soon, same).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(judge_across(0, soon, same).tests[0].verdict, Verdict::kRefuted);
  varma2023::expect_below([&](const auto& effects) { return judge_across(5, soon, effects); }, 3, std::log(kAsFast),
                          0.05);
  EXPECT_FALSE(judge_across(5, soon, same).tests[3].counts);
  EXPECT_EQ(judge_across(5, soon, same, 5).tests[4].verdict, Verdict::kRefuted) << "the control";
}

TEST(Prieto, NothingIsDecidedWithoutRuns) {
  for (const Claim& claim : {claim_stable_max(), claim_orthogonal()}) expect_nothing_without_runs(claim);
}

// Catches: weight decay that is on, or a form of the loss that does not cancel.
TEST(Prieto, RunsAreThePublishedOnes) {
  SweepPlan plan;
  const TimedRuns stable = plan_timed(plan, stable_max_sizes({"quick", 0}));
  const TimedRuns across = plan_timed(plan, orthogonal_sizes({"quick", 0}));
  EXPECT_EQ(plan.runs.size(), 5u * 5) << "two claims share the runs with cross-entropy";
  const Config& plain = plan.runs[stable.runs[0].run].config;
  EXPECT_EQ(plain.optim.weight_decay, 0);
  EXPECT_EQ(plain.loss.form, LossForm::kFramework);
  EXPECT_EQ(plan.runs[stable.runs[1].run].config.loss.kind, "stable_max");
  EXPECT_EQ(plan.runs[across.runs[1].run].config.optim.kind, "orthogonal");
  EXPECT_EQ(plan.runs[across.runs[2].run].config.optim.weight_decay, 4);
}

}  // namespace
}  // namespace groklab::studies::prieto2025
