// Claim grokking on made-up measurements.
#include "groklab/studies/varma2023/grokking.h"

#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::varma2023 {
namespace {

constexpr std::int64_t kFit = 100000;  // so late that rounding T_grok to a step moves no logarithm

/// log10(T_grok / T_fit) and ln(norm at the end / norm at T_fit) as given.
GrokkingRun grokking_run(std::int64_t seed, double log_delay, double norm_fall) {
  GrokkingRun run;
  run.seed = seed;
  const std::int64_t grok = std::llround(kFit * std::pow(10.0, log_delay));
  run.delay = {kFit, grok, 10 * grok};
  // Other norms before T_fit and in between must not matter.
  run.curve = {{0, kFit / 2, kFit, kFit + 1, grok, 10 * grok},
               {0, 0.5, 1, 1, 1, 1},
               {0, 0, 0, 0, 1, 1},
               {5, 90, 20, 30, 80, 20 * std::exp(norm_fall)}};
  return run;
}

GrokkingMeasurement grokking(const std::vector<double>& log_delays, const std::vector<double>& norm_falls) {
  GrokkingMeasurement m;
  m.sizes = {made_up_network(), kSeeds, 1, 300, 10000000};
  for (std::size_t i = 0; i < log_delays.size(); ++i) {
    m.runs.push_back(grokking_run(kSeeds.first + static_cast<std::int64_t>(i), log_delays[i], norm_falls[i]));
  }
  return m;
}

TEST(ClaimGrokking, AsksForALongerDelayThanFitting) {
  expect_above([](const auto& effects) { return judge_stored(grokking(effects, effects_about(-0.5, 0.1))); }, 0,
               kDelayBound, 0.1);
}

// Catches: a norm that is compared with the largest of a window it lies in, which nothing can refute.
TEST(ClaimGrokking, AsksForAFallingNorm) {
  expect_below([](const auto& effects) { return judge_stored(grokking(effects_about(1, 0.2), effects)); }, 1, 0, 0.1);
}

TEST(ClaimGrokking, TheBudgetStandsForTheTimeOfRunsThatDidNotGeneralise) {
  GrokkingMeasurement m = grokking(effects_about(1, 0.2), effects_about(-0.5, 0.1));
  m.runs[0].delay.grok.reset();
  m.runs[0].delay.budget = 100 * kFit;
  const Judgement result = judge_stored(m);
  EXPECT_EQ(result.n_censored, 1);
  EXPECT_EQ(result.tests[0].effect.n, 5);
  EXPECT_NEAR(result.tests[0].effect.value, (5 + 0.2 * 0.9 - 1 + 2) / 5, 1e-4);  // seed 0 had 1 - 0.18, now has 2
  EXPECT_EQ(result.tests[1].effect.n, 4);                                        // its norm is not known
  EXPECT_EQ(result.data["t_grok"].size(), 4u);
}

TEST(ClaimGrokking, RunsThatFailedOrDidNotFitAreLeftOut) {
  GrokkingMeasurement m = grokking(effects_about(1, 0.2), effects_about(-0.5, 0.1));
  m.runs[1].delay.fit.reset();
  m.runs.erase(m.runs.begin());
  const Judgement result = judge_stored(m);
  EXPECT_EQ(result.n_seeds, 3);
  EXPECT_EQ(result.n_censored, 0);
  m.runs.resize(2);  // one seed that fitted: no interval
  EXPECT_EQ(judge_stored(m).verdict(), Verdict::kInconclusive);
  m.runs.clear();
  expect_undecided_without_runs(judge_stored(m));
  EXPECT_EQ(figures(m).size(), 2u);
}

TEST(ClaimGrokking, FiguresShowEverySeedAndTheCircuitsIfThereAreSome) {
  GrokkingMeasurement m = grokking(effects_about(1, 0.2), effects_about(-0.5, 0.1));
  m.circuits = {{0, 0.1, 0.2}, {100, 5, 1}};
  for (GrokkingRun& run : m.runs) {
    run.general_logit = {0.1, 1, 2, 2, 20, 20};
    run.memorised_logit = {0.1, 9, 20, 20, 3, 1 + 0.1 * static_cast<double>(run.seed)};
  }
  const auto charts = figures(m);
  ASSERT_EQ(charts.size(), 4u);
  EXPECT_EQ(charts[0].id, "grokking-accuracy");
  EXPECT_EQ(charts[2].id, "grokking-rho") << "before the paper's projection";
  EXPECT_EQ(charts[3].id, "grokking-circuits");
  const std::string paper = charts[3].spec["data"]["values"];
  EXPECT_NE(paper.find("the paper's C_gen"), std::string::npos);
  EXPECT_EQ(charts[3].title.find("The paper's projection"), 0u);
  judge_stored(m);
}

// Catches: measurements of an earlier program refused for a field that no verdict reads.
TEST(ClaimGrokking, MeasurementsWithoutLogitsAreStillRead) {
  const Claim claim = claim_grokking();
  Json stored = plain_to_json(grokking(effects_about(1, 0.2), effects_about(-0.5, 0.1)));
  const Judgement judgement = claim.judge(stored);
  for (Json& run : stored["runs"]) {
    run.erase("general_logit");
    run.erase("memorised_logit");
  }
  EXPECT_EQ(claim.judge(stored).tests[0].effect.value, judgement.tests[0].effect.value);
  EXPECT_EQ(claim.figures(stored).size(), 2u);
  stored["runs"][0]["general_logit"] = {1.0};
  EXPECT_THROW(claim.judge(stored), Error) << "one of six steps";
}

}  // namespace
}  // namespace groklab::studies::varma2023
