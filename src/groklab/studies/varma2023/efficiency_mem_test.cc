// Claim efficiency-mem on made-up measurements.
#include "groklab/studies/varma2023/efficiency_mem.h"

#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::varma2023 {
namespace {

/// Points with norm = 10 (D / 100)^b, a slope b for each seed.
std::vector<EfficiencyPoint> power_points(const std::vector<double>& slopes, double weight_decay) {
  std::vector<EfficiencyPoint> points;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    for (const std::int64_t rows : {50, 100, 400}) {
      points.push_back(made_up_point(kSeeds.first + static_cast<std::int64_t>(i), rows, weight_decay,
                                     10 * std::pow(static_cast<double>(rows) / 100, slopes[i])));
    }
  }
  return points;
}

/// Slopes of random labels at weight decay 1 and 2, and of commutative ones.
EfficiencyMemMeasurement memorising(const std::vector<double>& at_one, const std::vector<double>& at_two,
                                    const std::vector<double>& commutative) {
  EfficiencyMemMeasurement m;
  m.sizes = {made_up_network(), kSeeds, 1, {1, 2}, {50, 100, 400}, {}};
  m.random = power_points(at_one, 1);
  const auto more = power_points(at_two, 2);
  m.random.insert(m.random.end(), more.begin(), more.end());
  m.commutative = power_points(commutative, 1);
  return m;
}

const std::vector<double> kSteep = effects_about(0.3, 0.02);

TEST(ClaimEfficiencyMem, EverySlopeMustBeAboveTheBound) {
  expect_above([](const auto& b) { return judge_stored(memorising(b, kSteep, kSteep)); }, 0, kFlatExponent, 0.02);
  expect_above([](const auto& b) { return judge_stored(memorising(kSteep, kSteep, b)); }, 1, kFlatExponent, 0.02);
  expect_above([](const auto& b) { return judge_stored(memorising(kSteep, b, kSteep)); }, 2, kFlatExponent, 0.02);
}

TEST(ClaimEfficiencyMem, OnlyFittedNetworksCount) {
  EfficiencyMemMeasurement m = memorising(kSteep, kSteep, kSteep);
  const Judgement before = judge_stored(m);
  EfficiencyPoint unfitted = made_up_point(kSeeds.first, 400, 1, 1);
  unfitted.train_accuracy = 0.9899;
  m.random.push_back(unfitted);
  EXPECT_EQ(judge_stored(m).tests[0].effect.value, before.tests[0].effect.value);
  m.random.back().train_accuracy = 0.99;
  EXPECT_LT(judge_stored(m).tests[0].effect.value, before.tests[0].effect.value - 0.01);
}

TEST(ClaimEfficiencyMem, EqualLogitsAndDegreesStandBeside) {
  EfficiencyMemMeasurement m = memorising(kSteep, kSteep, kSteep);
  for (EfficiencyPoint& p : m.random) p.norm_at_logit = 20 * std::pow(static_cast<double>(p.rows) / 100, 0.5);
  const Judgement result = judge_stored(m);
  EXPECT_NEAR(result.data["exponent_at_logit"][0].get<double>(), 0.5, 1e-9);
  EXPECT_NEAR(result.tests[0].effect.value, 0.3, 0.01) << "the test reads the margin";
  EXPECT_EQ(result.data["degree_of_logit"].dump(), "[5.0,5.0,5.0]");
  EXPECT_NE(result.notes.back().find("5.00 (5.00 to 5.00)"), std::string::npos) << result.notes.back();
}

TEST(ClaimEfficiencyMem, WithoutRunsNothingIsDecided) {
  const EfficiencyMemMeasurement none = memorising({}, {}, {});
  expect_undecided_without_runs(judge_stored(none));
  EXPECT_EQ(figures(none).size(), 4u);
  EXPECT_EQ(judge_stored(memorising({0.3}, {0.3}, {0.3})).verdict(), Verdict::kInconclusive) << "one seed";
}

}  // namespace
}  // namespace groklab::studies::varma2023
