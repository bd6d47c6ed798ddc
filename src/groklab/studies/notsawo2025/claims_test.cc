// The claims about penalties on made-up runs: confirmed, refuted and undecided.
#include "groklab/studies/notsawo2025/claims.h"

#include "groklab/studies/notsawo2025/published.h"
#include "groklab/studies/timed_made_up_for_test.h"

namespace groklab::studies::notsawo2025 {
namespace {

/// How many of five seeds generalise.
Judgement judge_fractions(std::size_t l1, std::size_t nuclear, std::size_t none) {
  const TimedMeasurement m = made_up_runs(each_norm_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
    const std::size_t n = run.series == kL1        ? l1
                          : run.series == kNuclear ? nuclear
                          : run.series == kNone    ? none
                          : run.series == kL2      ? 5
                                                   : 0;
    if (seed >= n) set_no_grok(run);
  });
  return judge_timed_text(judge_each_norm, m);
}

TEST(Notsawo, EachPenaltyMustGeneraliseWhereNoneDoesNot) {
  const Judgement all = judge_fractions(5, 5, 0);
  EXPECT_EQ(all.verdict(), Verdict::kConfirmed);
  EXPECT_EQ(all.tests[4].verdict, Verdict::kConfirmed) << "the control";
  EXPECT_EQ(judge_fractions(3, 5, 0).verdict(), Verdict::kInconclusive);
  EXPECT_EQ(judge_fractions(0, 5, 0).tests[0].verdict, Verdict::kRefuted);
  EXPECT_EQ(judge_fractions(5, 0, 0).tests[1].verdict, Verdict::kRefuted);
  EXPECT_EQ(judge_fractions(5, 5, 5).tests[2].verdict, Verdict::kRefuted) << "it generalises without";
}

Judgement judge_exponents(const std::vector<double>& l1, const std::vector<double>& l2) {
  const TimedMeasurement m = made_up_runs(inverse_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
    const double exponent = (run.series == kL1 ? l1 : l2)[seed];
    set_grok(run, 1 + 10 * std::pow(run.x / 1e-3, exponent));
    run.delay.budget = 10 * *run.delay.grok;
  });
  return judge_timed_text(judge_inverse, m);
}

TEST(Notsawo, InverseAsksForBothExponents) {
  const std::vector<double> inverse = varma2023::effects_about(-1, 0.01);
  const auto shift = [](std::vector<double> effects) {
    for (double& e : effects) e -= 1;
    return effects;
  };
  varma2023::expect_equivalent([&](const auto& effects) { return judge_exponents(shift(effects), inverse); }, 0,
                               kExponentMargin, 0.05);
  varma2023::expect_equivalent([&](const auto& effects) { return judge_exponents(inverse, shift(effects)); }, 1,
                               kExponentMargin, 0.05);
}

Judgement judge_norms(const std::vector<double>& l1, const std::vector<double>& nuclear) {
  const TimedMeasurement m = made_up_runs(no_proxy_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
    run.norm_at_fit = 20;
    run.norm_at_grok = 20 * std::exp(run.series == kL1 ? l1[seed] : run.series == kNuclear ? nuclear[seed] : -0.3);
  });
  return judge_timed_text(judge_no_proxy, m);
}

TEST(Notsawo, NoProxyAsksForNormsThatGrow) {
  const std::vector<double> grows = varma2023::effects_about(0.3, 0.02);
  varma2023::expect_above([&](const auto& effects) { return judge_norms(effects, grows); }, 0, 0, 0.05);
  varma2023::expect_above([&](const auto& effects) { return judge_norms(grows, effects); }, 1, 0, 0.05);
  EXPECT_EQ(judge_norms(grows, grows).tests[2].verdict, Verdict::kRefuted) << "L2 is shown beside them";
}

TEST(Notsawo, NothingIsDecidedWithoutRuns) {
  for (const Claim& claim : {claim_each_norm(), claim_inverse(), claim_no_proxy()}) expect_nothing_without_runs(claim);
}

// Catches: a weight that goes to another penalty, or decay beside it.
TEST(Notsawo, EachPenaltyIsAlone) {
  SweepPlan plan;
  const TimedRuns runs = plan_timed(plan, each_norm_sizes({"quick", 0}));
  const auto config = [&](std::size_t i) { return plan.runs[runs.runs[i].run].config; };
  EXPECT_EQ(number_setting(config(0), "penalty.l1.weight"), 1e-5);
  EXPECT_EQ(config(0).optim.weight_decay, 0);
  EXPECT_EQ(number_setting(config(1), "penalty.nuclear.weight"), 1e-4);
  EXPECT_EQ(number_setting(config(1), "penalty.l1.weight"), 0);
  EXPECT_EQ(config(2).optim.weight_decay, 1e-4);
  EXPECT_EQ(config(2).optim.kind, "adam");
  EXPECT_EQ(config(3).optim.weight_decay, 0);
}

}  // namespace
}  // namespace groklab::studies::notsawo2025
