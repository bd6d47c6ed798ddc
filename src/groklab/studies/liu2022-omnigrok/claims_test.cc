// The claims about initial and held norms on made-up times: confirmed, refuted and undecided.
#include "groklab/studies/liu2022-omnigrok/claims.h"

#include "groklab/studies/timed_made_up_for_test.h"

namespace groklab::studies::liu2022_omnigrok {
namespace {

Judgement judge_powers(const std::vector<double>& exponents) {
  return judge_timed_text(judge_initial,
                          made_up_runs(initial_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
                            set_grok(run, 10 * std::pow(run.x, exponents[seed]));
                          }));
}

TEST(Omnigrok, InitialAsksForLongerTimes) {
  varma2023::expect_above(judge_powers, 0, std::log(kDoubling) / std::log(2.0), 0.02);
  EXPECT_FALSE(judge_powers(varma2023::effects_about(0.3, 0.01)).tests[1].counts);
}

/// Delays of each seed at norm 35; at all others twice as long, or no generalising at 25.
TimedMeasurement delays_at_35(const std::vector<double>& log_delays) {
  return made_up_runs(held_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
    set_grok(run, std::exp(log_delays[seed]) * (run.x == 35 ? 1 : 2));
    if (run.x == 25) set_no_grok(run);
  });
}

TEST(Omnigrok, HeldAsksForADelayThatIsGone) {
  varma2023::expect_below([](const auto& effects) { return judge_timed_text(judge_held, delays_at_35(effects)); }, 0,
                          std::log(kNoDelay), 0.05);
}

// Catches: a norm that is chosen on the seed it is judged on.
TEST(Omnigrok, TheNormOfASeedIsTheOthersBest) {
  TimedMeasurement m = delays_at_35(std::vector<double>(5, 1.0));
  for (TimedRun& run : m.runs) {
    if (run.seed == m.sizes.seeds.first && run.x == 50) set_grok(run, 1.01);
  }
  EXPECT_NEAR(judge_timed_text(judge_held, m).tests[0].effect.value, 1.0, 1e-3);
}

/// T_grok / T_fit of each seed at 1 and at 8 times the initial weights, a power in between.
TimedMeasurement digits(const std::vector<double>& log_small, const std::vector<double>& log_large) {
  return made_up_runs(image_sizes({"quick", 0}), [&](std::size_t seed, TimedRun& run) {
    const double at = std::log(run.x) / std::log(8.0);
    set_grok(run, std::exp((1 - at) * log_small[seed] + at * log_large[seed]));
  });
}

TEST(Omnigrok, ImagesAskForADelayAtLargeWeightsAlone) {
  const std::vector<double> none(5, 0.1), long_delay(5, 3.0);
  varma2023::expect_above([&](const auto& effects) { return judge_timed_text(judge_images, digits(none, effects)); }, 0,
                          std::log(kNoDelay), 0.05);
  varma2023::expect_below(
      [&](const auto& effects) { return judge_timed_text(judge_images, digits(effects, long_delay)); }, 1,
      std::log(kNoDelay), 0.05);
  // Late everywhere: no effect of the initial weights.
  const Judgement flat = judge_timed_text(judge_images, digits(long_delay, long_delay));
  EXPECT_EQ(flat.tests[1].verdict, Verdict::kRefuted);
  EXPECT_EQ(flat.tests[2].verdict, Verdict::kRefuted);
}

TEST(Omnigrok, NothingIsDecidedWithoutRuns) {
  for (const Claim& claim : {claim_initial(), claim_held(), claim_images()}) expect_nothing_without_runs(claim);
}

}  // namespace
}  // namespace groklab::studies::liu2022_omnigrok
