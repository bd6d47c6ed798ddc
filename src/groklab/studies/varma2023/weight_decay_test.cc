// Claim weight-decay on made-up measurements.
#include "groklab/studies/varma2023/weight_decay.h"

#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::varma2023 {
namespace {

const std::vector<std::int64_t> kDecayRows = {20, 40, 80, 160, 320, 640, 1280};

/// One seed: ln of midpoints against weight decay 1, and the exponent of time to ungrok.
struct MadeUpDecay {
  double shift_at_half = 0, shift_at_two = 0;  ///< at equal lr * lambda * steps
  double shift_at_equal_steps = 0;             ///< of both
  double time_exponent = -1;
};

WeightDecayMeasurement made_up_decay(const std::vector<MadeUpDecay>& seeds) {
  WeightDecayMeasurement m;
  m.sizes = {made_up_network(), kSeeds, 1, {0.5, 1, 2}, kDecayRows, {}};
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    for (const double weight_decay : m.sizes.weight_decays) {
      for (const std::int64_t rows : kDecayRows) {
        const double own = 150 * std::exp(0.15 * kDeviations[i]);
        const double shift = weight_decay == 0.5 ? seeds[i].shift_at_half
                             : weight_decay == 2 ? seeds[i].shift_at_two
                                                 : 0;
        const double steps_shift = weight_decay == 1 ? 0 : seeds[i].shift_at_equal_steps;
        const auto accuracy = [&](double by) {
          return accuracy_across(rows, own * std::exp(by), 6, m.sizes.network.classes);
        };
        const double time = rows < 300 ? 500 * std::pow(weight_decay, seeds[i].time_exponent) : std::nan("");
        m.forks.push_back({kSeeds.first + static_cast<std::int64_t>(i), rows, weight_decay, accuracy(shift),
                           accuracy(steps_shift), time});
      }
    }
  }
  return m;
}

template <class Set>
JudgeEffects decay_with(Set set) {
  return [set](const std::vector<double>& effects) {
    std::vector<MadeUpDecay> seeds;
    for (std::size_t i = 0; i < effects.size(); ++i) {
      MadeUpDecay s{0.02 * kDeviations[i], -0.02 * kDeviations[i], 0.03 * kDeviations[i], -1 + 0.1 * kDeviations[i]};
      set(s, effects[i]);
      seeds.push_back(s);
    }
    return judge_stored(made_up_decay(seeds));
  };
}

TEST(ClaimWeightDecay, MidpointsMustBeEquivalentAtEveryWeightDecay) {
  expect_equivalent(decay_with([](MadeUpDecay& s, double effect) { s.shift_at_half = effect; }), 0, kSameMidpoint, 0.1);
  expect_equivalent(decay_with([](MadeUpDecay& s, double effect) { s.shift_at_two = effect; }), 1, kSameMidpoint, 0.1);
}

TEST(ClaimWeightDecay, EqualStepsAreShownBeside) {
  const Judgement result =
      decay_with([](MadeUpDecay& s, double effect) { s.shift_at_equal_steps = effect; })(effects_about(0.7, 0.05));
  for (const std::size_t test : {2, 3}) {
    EXPECT_EQ(result.tests[test].verdict, Verdict::kRefuted);
    EXPECT_NEAR(result.tests[test].effect.value, 0.7, 0.01);
    EXPECT_FALSE(result.tests[test].counts);
  }
  EXPECT_EQ(result.verdict(), Verdict::kConfirmed);
}

TEST(ClaimWeightDecay, SmallerWeightDecayMustUngrokMoreSlowly) {
  expect_below(decay_with([](MadeUpDecay& s, double effect) { s.time_exponent = effect; }), 4, 0, 0.2);
}

TEST(ClaimWeightDecay, SeedsOutsideTheSizesAreCensored) {
  WeightDecayMeasurement m = made_up_decay(std::vector<MadeUpDecay>(5));
  for (WeightDecayFork& fork : m.forks) {
    if (fork.seed == kSeeds.first && fork.weight_decay == 2) fork.at_equal_decay = 1;
    if (fork.seed == kSeeds.first + 1) fork.at_equal_steps = 1;  // not what the claim is about
  }
  const Judgement result = judge_stored(m);
  EXPECT_EQ(result.n_censored, 1);
  EXPECT_EQ(result.tests[1].effect.n, 4);
}

TEST(ClaimWeightDecay, WithoutRunsNothingIsDecided) {
  WeightDecayMeasurement none = made_up_decay({});
  expect_undecided_without_runs(judge_stored(none));
  EXPECT_EQ(figures(none).size(), 2u);
}

}  // namespace
}  // namespace groklab::studies::varma2023
