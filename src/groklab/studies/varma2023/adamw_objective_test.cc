// Claim adamw-objective on made-up networks at rest.
#include "groklab/studies/varma2023/adamw_objective.h"

#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::varma2023 {
namespace {

/// Of one seed: exponents of k, and of the loss beside that.
struct MadeUpLaw {
  double degree_exponent = 0, loss_exponent = 0.95;
};

AdamwObjectiveMeasurement made_up_law(const std::vector<MadeUpLaw>& seeds) {
  AdamwObjectiveMeasurement m;
  m.sizes.network = made_up_network();
  m.sizes.seeds = kSeeds;
  m.sizes.rows = 500;
  m.sizes.settings = {{"weak", 1e-10, 1, {}}, {"middle", 1e-8, 1, {}}, {"strong", 1e-4, 1, {}}};
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    for (std::int64_t setting = 0; setting < 3; ++setting) {
      const double alpha = m.sizes.settings[static_cast<std::size_t>(setting)].strength;
      const double loss = std::pow(alpha, seeds[i].loss_exponent), margin = 15;
      const double k = 6 * std::pow(alpha / 1e-8, seeds[i].degree_exponent);
      m.runs.push_back(
          {kSeeds.first + static_cast<std::int64_t>(i), setting, loss, margin, 20, k * loss * margin, true});
    }
  }
  return m;
}

template <class Set>
JudgeEffects law_with(Set set) {
  return [set](const std::vector<double>& effects) {
    std::vector<MadeUpLaw> seeds;
    for (std::size_t i = 0; i < effects.size(); ++i) {
      MadeUpLaw law{0.0005 * kDeviations[i], 0.95 + 0.01 * kDeviations[i]};
      set(law, effects[i]);
      seeds.push_back(law);
    }
    return judge_stored(made_up_law(seeds));
  };
}

TEST(ClaimAdamwObjective, OneDegreeMustHoldOverTheStrengths) {
  expect_equivalent(law_with([](MadeUpLaw& law, double effect) { law.degree_exponent = effect; }), 0, kFlatDegree,
                    0.005);
}

TEST(ClaimAdamwObjective, TheLossMustFollowTheStrength) {
  expect_above(law_with([](MadeUpLaw& law, double effect) { law.loss_exponent = effect; }), 1, 0.5, 0.1);
}

TEST(ClaimAdamwObjective, RestlessNetworksAreLeftOutAndCounted) {
  AdamwObjectiveMeasurement m = made_up_law(std::vector<MadeUpLaw>(5));
  m.runs[1].stationary = false;
  m.runs[1].pull *= 100;
  const Judgement result = judge_stored(m);
  EXPECT_EQ(result.n_censored, 1);
  EXPECT_NEAR(result.tests[0].effect.value, 0, 1e-9);
  EXPECT_NE(result.ours.find("k = 6.00"), std::string::npos) << result.ours;
}

TEST(ClaimAdamwObjective, WithoutRunsNothingIsDecided) {
  expect_undecided_without_runs(judge_stored(made_up_law({})));
  EXPECT_EQ(figures(made_up_law({})).size(), 1u);
}

TEST(ClaimAdamwObjective, SettingsThatAreNotThereAreRefused) {
  AdamwObjectiveMeasurement m = made_up_law(std::vector<MadeUpLaw>(5));
  m.runs[0].setting = 3;
  EXPECT_THROW(plain_from_json<AdamwObjectiveMeasurement>(plain_to_json(m), "claim"), Error);
}

}  // namespace
}  // namespace groklab::studies::varma2023
