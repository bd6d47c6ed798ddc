// Claim weight-decay on made-up measurements.
#include "groklab/studies/varma2023/weight_decay.h"

#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::varma2023 {
namespace {

const std::vector<std::int64_t> kDecayRows = {20, 40, 80, 160, 320, 640, 1280};

/// One seed: the exponent of D_crit against alpha, ln of midpoints of the paper's protocol against weight decay 1, and
/// the exponent of time to ungrok.
struct MadeUpDecay {
  double exponent = 0;
  double shift_at_equal_steps = 0;
  double time_exponent = -1;
};

WeightDecayMeasurement made_up_decay(const std::vector<MadeUpDecay>& seeds) {
  WeightDecayMeasurement m;
  m.sizes.network = made_up_network();
  m.sizes.seeds = kSeeds;
  m.sizes.rows = kDecayRows;
  m.sizes.settings = {{"first", 1e-8, 1, {}}, {"weak", 1e-10, 1, {}}, {"strong", 1e-6, 1, {}}};
  m.sizes.weight_decays = {0.5, 1, 2};
  m.settings.resize(3);
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    const std::int64_t seed = kSeeds.first + static_cast<std::int64_t>(i);
    const double own = 150 * std::exp(0.15 * kDeviations[i]);
    for (std::size_t j = 0; j < m.settings.size(); ++j) {
      const double midpoint = own * std::pow(m.sizes.settings[j].strength / 1e-8, seeds[i].exponent);
      for (const std::int64_t rows : kDecayRows) {
        const double share = accuracy_across(rows, midpoint, 6, 1000000000);
        m.settings[j].states.push_back({seed, rows, 1, share, 1e-6, share, true});
      }
    }
    for (const double weight_decay : m.sizes.weight_decays) {
      const double shift = weight_decay == 1 ? 0 : seeds[i].shift_at_equal_steps;
      for (const std::int64_t rows : kDecayRows) {
        const double accuracy = accuracy_across(rows, own * std::exp(shift), 6, m.sizes.network.classes);
        const double time = rows < 300 ? 500 * std::pow(weight_decay, seeds[i].time_exponent) : std::nan("");
        m.forks.push_back({seed, rows, weight_decay, accuracy, time});
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
      MadeUpDecay s{0.001 * kDeviations[i], 0.03 * kDeviations[i], -1 + 0.1 * kDeviations[i]};
      set(s, effects[i]);
      seeds.push_back(s);
    }
    return judge_stored(made_up_decay(seeds));
  };
}

TEST(ClaimWeightDecay, DcritMustBeFlatInTheStrength) {
  expect_equivalent(decay_with([](MadeUpDecay& s, double effect) { s.exponent = effect; }), 0, kFlatInStrength, 0.01);
}

TEST(ClaimWeightDecay, EverySettingIsShownBeside) {
  const Judgement result =
      decay_with([](MadeUpDecay& s, double effect) { s.exponent = effect; })(effects_about(0.1, 0.005));
  EXPECT_NEAR(result.tests[1].effect.value, -0.1 * std::log(100), 0.01);
  EXPECT_NEAR(result.tests[2].effect.value, 0.1 * std::log(100), 0.01);
  for (const std::size_t test : {1, 2}) {
    EXPECT_EQ(result.tests[test].verdict, Verdict::kRefuted);
    EXPECT_FALSE(result.tests[test].counts);
  }
}

TEST(ClaimWeightDecay, EqualStepsAreShownBeside) {
  const Judgement result =
      decay_with([](MadeUpDecay& s, double effect) { s.shift_at_equal_steps = effect; })(effects_about(0.7, 0.05));
  for (const std::size_t test : {3, 4}) {
    EXPECT_EQ(result.tests[test].verdict, Verdict::kRefuted);
    EXPECT_NEAR(result.tests[test].effect.value, 0.7, 0.01);
    EXPECT_FALSE(result.tests[test].counts);
  }
  EXPECT_EQ(result.verdict(), Verdict::kConfirmed);
}

TEST(ClaimWeightDecay, SmallerWeightDecayMustUngrokMoreSlowly) {
  expect_below(decay_with([](MadeUpDecay& s, double effect) { s.time_exponent = effect; }), 5, 0, 0.2);
}

TEST(ClaimWeightDecay, RestlessForksAndSeedsOutsideTheSizesAreCensored) {
  WeightDecayMeasurement m = made_up_decay(std::vector<MadeUpDecay>(5));
  for (RestingState& s : m.settings[1].states) {
    if (s.seed == kSeeds.first) s.general_fraction = 1;
    if (s.seed == kSeeds.first + 1) s.stationary = false;
  }
  const Judgement result = judge_stored(m);
  EXPECT_EQ(result.n_censored, 2);
  EXPECT_EQ(result.tests[1].effect.n, 3);
  EXPECT_NE(result.notes.front().find("7 forks"), std::string::npos);
}

TEST(ClaimWeightDecay, WithoutRunsNothingIsDecided) {
  WeightDecayMeasurement none = made_up_decay({});
  expect_undecided_without_runs(judge_stored(none));
  EXPECT_EQ(figures(none).size(), 2u);
}

}  // namespace
}  // namespace groklab::studies::varma2023
