// Rival accounts on made-up times whose law is known: the right one wins, out of sample.
#include "groklab/studies/rivals/claims.h"

#include "groklab/studies/timed_made_up_for_test.h"

namespace groklab::studies::rivals {
namespace {

/// ln T = base - a ln(eta lambda) + b norm + c logit / tau + noise, with norms and logits of each condition's own.
struct Law {
  double rate = 0, norm = 0, logit = 0, noise = 0.02;
};

TimedMeasurement made_up(const Law& law) {
  const TimedSizes sizes = rival_sizes({"quick", 0});
  const std::vector<RivalCondition> conditions = conditions_of({"quick", 0});
  return made_up_runs(sizes, [&](std::size_t seed, TimedRun& run) {
    std::size_t c = 0;
    while (conditions[c].name != run.series) ++c;
    const auto i = static_cast<double>(c);
    run.norm_at_fit = 30 + 5 * std::sin(2.3 * i);
    const double seen = 12 + 3 * std::sin(4.1 * i + 1);
    run.logit_between = seen * conditions[c].temperature;
    const double noise = law.noise * std::sin(7.7 * i + static_cast<double>(seed));
    set_grok(run, 10 * std::exp(-law.rate * std::log(1e3 * conditions[c].learning_rate * conditions[c].weight_decay) +
                                law.norm * (run.norm_at_fit - 30) + law.logit * (seen - 12) + noise));
    run.delay.budget = 10 * *run.delay.grok;
  });
}

TEST(Rivals, TheRightAccountIsConfirmedAndTheOthersAreNot) {
  const TimedMeasurement by_rate = made_up({.rate = 1}), by_norm = made_up({.norm = 0.15}),
                         by_logit = made_up({.logit = 0.3});
  EXPECT_EQ(judge_timed_text(judge_rate, by_rate).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(judge_timed_text(judge_norm, by_rate).verdict(), Verdict::kRefuted);
  EXPECT_EQ(judge_timed_text(judge_logit, by_rate).verdict(), Verdict::kRefuted);
  EXPECT_EQ(judge_timed_text(judge_norm, by_norm).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(judge_timed_text(judge_rate, by_norm).verdict(), Verdict::kRefuted);
  EXPECT_EQ(judge_timed_text(judge_logit, by_logit).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(judge_timed_text(judge_rate, by_logit).verdict(), Verdict::kRefuted);
}

// Catches: an error that is measured on the conditions a rival was fitted to, where more columns always win.
TEST(Rivals, NoiseIsNotExplainedOutOfSample) {
  const TimedMeasurement noise = made_up({.noise = 0.5});
  const double constant = mean_estimate(out_of_sample_errors(noise, Rival::kConstant)).value;
  const double both = mean_estimate(out_of_sample_errors(noise, Rival::kRateAndLogit)).value;
  EXPECT_GT(both, 0.95 * constant);
}

TEST(Rivals, UndecidedWhereSeedsDisagree) {
  TimedMeasurement m = made_up({.rate = 1});
  const TimedMeasurement noise = made_up({.noise = 0.5});
  for (std::size_t i = 0; i < m.runs.size(); ++i) {
    if (m.runs[i].seed % 2 == 0) m.runs[i] = noise.runs[i];
  }
  EXPECT_EQ(judge_timed_text(judge_rate, m).verdict(), Verdict::kInconclusive);
}

TEST(Rivals, ASeedThatDidNotGeneraliseHasNoError) {
  TimedMeasurement m = made_up({.rate = 1});
  set_no_grok(m.runs.front());
  EXPECT_EQ(judge_timed_text(judge_rate, m).tests[0].effect.n, 4);
}

TEST(Rivals, NothingIsDecidedWithoutRuns) {
  for (const Claim& claim : {claim_rate(), claim_norm(), claim_logit()}) expect_nothing_without_runs(claim);
}

TEST(Rivals, ConditionsAreManyAndDistinct) {
  SweepPlan plan;
  plan_timed(plan, rival_sizes({"quick", 0}));
  EXPECT_EQ(plan.runs.size(), 4u * 18);
  EXPECT_GE(conditions_of({"quick", 0}).size(), 12u);
}

}  // namespace
}  // namespace groklab::studies::rivals
