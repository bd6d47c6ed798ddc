// The claims about optimisers on made-up times: confirmed, refuted and undecided; how a learning rate is chosen.
#include "groklab/studies/optimisers/claims.h"

#include <map>

#include "groklab/studies/timed_made_up_for_test.h"

namespace groklab::studies::optimisers {
namespace {

/// Ten times T_fit at the second rate, for AdamW; the other optimiser's best is ln `effects` away. Other rates are
/// worse.
TimedMeasurement made_up(const TimedSizes& sizes, const char* other, const std::vector<double>& effects) {
  return made_up_runs(sizes, [&](std::size_t seed, TimedRun& run) {
    const std::vector<double> rates = values_of_series(sizes, run.series);
    const double from_best = std::abs(std::log(run.x / rates[1]));
    set_grok(run, 10 * std::exp(from_best + (run.series == other ? effects[seed] : 0)));
  });
}

TEST(Optimisers, MuonMustBeFasterAtItsBest) {
  const TimedSizes sizes = muon_sizes({"quick", 0});
  varma2023::expect_below(
      [&](const auto& effects) { return judge_timed_text(judge_muon, made_up(sizes, kMuon, effects)); }, 0, 0, 0.05);
  const Judgement result = judge_timed_text(judge_muon, made_up(sizes, kMuon, varma2023::effects_about(-0.4, 0.01)));
  EXPECT_EQ(result.verdict(), Verdict::kConfirmed);
  EXPECT_NEAR(result.published[0].here.value, std::exp(-0.4), 0.01);
  EXPECT_FALSE(result.tests[1].counts || result.tests[2].counts);
}

TEST(Optimisers, GrokfastMustBeTwiceAsFast) {
  const TimedSizes sizes = grokfast_sizes({"quick", 0});
  varma2023::expect_below(
      [&](const auto& effects) { return judge_timed_text(judge_grokfast, made_up(sizes, kGrokfast, effects)); }, 0,
      std::log(kTwice), 0.05);
}

// Catches: a rate that is chosen on the seed it is judged on, which the lucky outlier of a seed would then decide.
TEST(Optimisers, TheRateOfASeedIsTheOthersBest) {
  const TimedSizes sizes = grokfast_sizes({"quick", 0});
  TimedMeasurement m = made_up(sizes, kGrokfast, varma2023::effects_about(0, 0));
  for (TimedRun& run : m.runs) {
    if (run.series == kAdamW && run.seed == m.sizes.seeds.first && run.x == 0.3) set_grok(run, 1.01);
  }
  const std::vector<double> times = best_log_times(m, kAdamW);
  EXPECT_NEAR(times[0], std::log(10.0 * kMadeUpFit), 1e-3) << "not its own lucky run at 0.3";
}

TEST(Optimisers, NothingIsDecidedWithoutRuns) {
  for (const Claim& claim : {claim_muon(), claim_grokfast()}) expect_nothing_without_runs(claim);
}

TEST(Optimisers, AllHaveAsManyRatesAndTheSameDecay) {
  SweepPlan plan;
  plan_timed(plan, muon_sizes({"quick", 0}));
  plan_timed(plan, grokfast_sizes({"quick", 0}));
  EXPECT_EQ(plan.runs.size(), 5u * 5 * 4) << "AdamW is shared";
  std::map<std::string, int> runs;
  for (const PlannedRun& run : plan.runs) {
    EXPECT_EQ(run.config.optim.weight_decay, 1);
    ++runs[run.config.optim.kind];
  }
  for (const auto& [kind, count] : runs) EXPECT_EQ(count, 25) << kind;
}

}  // namespace
}  // namespace groklab::studies::optimisers
