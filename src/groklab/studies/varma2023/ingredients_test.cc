// Claim ingredients on made-up measurements.
#include "groklab/studies/varma2023/ingredients.h"

#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::varma2023 {
namespace {

Delay delay_about(double log_delay) {
  constexpr std::int64_t kFit = 100000;
  return {kFit, std::llround(kFit * std::pow(10.0, log_delay)), 100 * kFit};
}

/// Everything as the claim says, with a spread over seeds.
IngredientsMeasurement true_ingredients() {
  IngredientsMeasurement m;
  m.sizes = ingredients_sizes({"smoke", 0});
  m.sizes.seeds = kSeeds;
  for (std::size_t i = 0; i < kDeviations.size(); ++i) {
    const double d = kDeviations[i];
    m.seeds.push_back({kSeeds.first + static_cast<std::int64_t>(i), delay_about(1 + 0.1 * d),
                       delay_about(0.1 + 0.02 * d), 0.05 + 0.01 * d, 0.04 + 0.01 * d, 0.06 + 0.02 * d});
  }
  m.all = {3, 0.2, 7, 1, {{0, 5, 5, 0, 0}}};
  m.not_more_efficient = m.less_efficient = {3, 4, 1, 1, {}};
  m.not_slower = {0, 0.1, 7, 1, {}};
  m.above_two = {3, 0.1, 11, 0, {}};
  m.above_two_less = {3, 9, 0, 11, {}};
  return m;
}

/// The claim with one number per seed set to the effects.
template <class Set>
JudgeEffects with_effects(Set set) {
  return [set](const std::vector<double>& effects) {
    IngredientsMeasurement m = true_ingredients();
    for (std::size_t i = 0; i < effects.size(); ++i) set(m.seeds[i], effects[i]);
    return judge_stored(m);
  };
}

TEST(ClaimIngredients, NetworksWithAllThreeAreDelayed) {
  expect_above(with_effects([](IngredientsSeed& s, double effect) { s.all = delay_about(effect); }), 0, kDelayBound,
               0.1);
}

TEST(ClaimIngredients, NetworksWithoutOneDoNotGeneralise) {
  const Judgement random =
      with_effects([](IngredientsSeed& s, double effect) { s.random_labels = effect; })(effects_about(0.9, 0.01));
  EXPECT_EQ(random.tests[1].verdict, Verdict::kRefuted);
  EXPECT_FALSE(random.tests[1].counts) << "a control that nothing can refute";
  expect_below(with_effects([](IngredientsSeed& s, double effect) { s.no_circuit = effect; }), 2, kHalfOfRows, 0.1);
  expect_below(with_effects([](IngredientsSeed& s, double effect) { s.too_few = effect; }), 3, kHalfOfRows, 0.1);
}

TEST(ClaimIngredients, FastNetworksAreNotDelayed) {
  expect_below(with_effects([](IngredientsSeed& s, double effect) { s.fast = delay_about(effect); }), 4, kDelayBound,
               0.05);
}

TEST(ClaimIngredients, TheSimulationMustShowEachPanel) {
  const auto expect = [](auto set, std::size_t test, double inside, double outside) {
    IngredientsMeasurement m = true_ingredients();
    set(m) = inside;
    EXPECT_EQ(judge_stored(m).tests[test].verdict, Verdict::kConfirmed) << test;
    EXPECT_EQ(judge_stored(m).verdict(), Verdict::kConfirmed) << test;
    set(m) = outside;
    EXPECT_EQ(judge_stored(m).tests[test].verdict, Verdict::kRefuted) << test;
    EXPECT_EQ(judge_stored(m).verdict(), Verdict::kRefuted) << test;
  };
  expect([](IngredientsMeasurement& m) -> double& { return m.all.rise; }, 5, 1.001, 0.999);
  expect([](IngredientsMeasurement& m) -> double& { return m.all.end; }, 6, 0.999, 1.001);
  expect([](IngredientsMeasurement& m) -> double& { return m.not_more_efficient.end; }, 7, 1.001, 0.999);
  expect([](IngredientsMeasurement& m) -> double& { return m.less_efficient.end; }, 8, 1.001, 0.999);
  expect([](IngredientsMeasurement& m) -> double& { return m.not_slower.rise; }, 9, 0.0099, 0.0101);
  expect([](IngredientsMeasurement& m) -> double& { return m.above_two.w_mem_end; }, 10, 0, 0.5);
  expect([](IngredientsMeasurement& m) -> double& { return m.above_two_less.w_gen_end; }, 11, 0, 0.5);
}

TEST(ClaimIngredients, WithoutRunsOnlyTheSimulationSpeaks) {
  IngredientsMeasurement m = true_ingredients();
  for (IngredientsSeed& s : m.seeds) {
    s = {s.seed, {}, {}, std::nan(""), std::nan(""), std::nan("")};
  }
  const Judgement result = judge_stored(m);
  EXPECT_EQ(result.verdict(), Verdict::kInconclusive);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(result.tests[i].verdict, Verdict::kInconclusive) << i;
  EXPECT_EQ(figures(m).size(), 3u);
}

TEST(ClaimIngredients, CountsRunsThatTheBudgetCutOff) {
  IngredientsMeasurement m = true_ingredients();
  m.seeds[2].all.grok.reset();
  m.seeds[3].fast.grok.reset();  // counted for all three ingredients only
  EXPECT_EQ(judge_stored(m).n_censored, 1);
}

}  // namespace
}  // namespace groklab::studies::varma2023
