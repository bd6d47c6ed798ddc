// Claim efficiency-gen on made-up measurements.
#include "groklab/studies/varma2023/efficiency_gen.h"

#include <algorithm>

#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::varma2023 {
namespace {

/// norm = level_of_seed (D / 100)^b, b of a seed about its mean by `scatter`.
std::vector<EfficiencyPoint> scattered_points(double b, const std::vector<std::int64_t>& sizes, double scatter) {
  std::vector<EfficiencyPoint> points;
  for (std::size_t i = 0; i < kDeviations.size(); ++i) {
    for (std::size_t j = 0; j < sizes.size(); ++j) {
      const double level = 10 * std::exp(0.2 * kDeviations[i]);
      const double own = b + scatter * kDeviations[i];
      points.push_back(made_up_point(kSeeds.first + static_cast<std::int64_t>(i), sizes[j], 1,
                                     level * std::pow(static_cast<double>(sizes[j]) / 100, own)));
    }
  }
  return points;
}

EfficiencyGenMeasurement generalising_at(double b, double scatter, double control = 0.3) {
  EfficiencyGenMeasurement m;
  m.sizes.network = made_up_network();
  m.sizes.seeds = kSeeds;
  m.sizes.parent_rows = 800;
  m.sizes.rows = m.sizes.memorised_rows = {100, 200, 400, 800};
  m.forks = scattered_points(b, {100, 200, 400, 800}, scatter);
  m.memorised = scattered_points(control, {100, 200, 400, 800}, scatter);
  return m;
}

TEST(ClaimEfficiencyGen, TheSlopeMustBeEquivalentToFlat) {
  constexpr double kScatter = 0.05;
  const Estimate at_zero = judge_stored(generalising_at(0, kScatter)).tests[0].effect;
  ASSERT_NEAR(at_zero.value, 0, 1e-12);
  ASSERT_EQ(at_zero.n, 5);
  const double half = at_zero.high;
  ASSERT_GT(half, 0.01);
  ASSERT_LT(half, kFlatExponent);
  ASSERT_NEAR(half, half_width(kScatter, kEquivalenceLevel), 1e-12) << "seeds are the unit";
  const auto expect = [&](double b, Verdict expected) {
    const Judgement result = judge_stored(generalising_at(b, kScatter));
    EXPECT_NEAR(result.tests[0].effect.value, b, 1e-12);
    EXPECT_EQ(result.tests[0].verdict, expected) << b;
    EXPECT_EQ(result.verdict(), expected) << b;
  };
  for (const double side : {-1.0, 1.0}) {
    expect(side * (kFlatExponent - (1 + kJust) * half), Verdict::kConfirmed);
    expect(side * (kFlatExponent - (1 - kJust) * half), Verdict::kInconclusive);
    expect(side * (kFlatExponent + (1 - kJust) * half), Verdict::kInconclusive);
    expect(side * (kFlatExponent + (1 + kJust) * half), Verdict::kRefuted);
  }
}

TEST(ClaimEfficiencyGen, TheIntervalIsThatOfTheEquivalenceTest) {
  const EfficiencyGenMeasurement m = generalising_at(0.02, 0.05);
  const Estimate expected = iso_logit_slope_within_seeds(m.forks, 1, 0.9);
  EXPECT_NEAR(judge_stored(m).tests[0].effect.high, expected.high, 1e-12);
}

TEST(ClaimEfficiencyGen, OnlyNetworksThatGeneraliseAndPassTheFilterCount) {
  const EfficiencyGenMeasurement clean = generalising_at(0, 0.05);
  const double before = judge_stored(clean).tests[0].effect.value;
  const auto with = [&](auto change) {
    EfficiencyGenMeasurement m = clean;
    EfficiencyPoint p = made_up_point(kSeeds.first, 800, 1, 100);
    change(p);
    m.forks.push_back(p);
    return judge_stored(m);
  };
  EXPECT_GT(with([](EfficiencyPoint&) {}).tests[0].effect.value, before + 0.01) << "it would matter";
  EXPECT_EQ(with([](EfficiencyPoint& p) { p.test_accuracy = 0.9899; }).tests[0].effect.value, before);
  EXPECT_EQ(with([](EfficiencyPoint& p) { p.train_accuracy = 0.9899; }).tests[0].effect.value, before);
  EXPECT_EQ(with([](EfficiencyPoint& p) { p.stationary = false; }).tests[0].effect.value, before);
  EXPECT_GT(with([](EfficiencyPoint& p) { p.test_accuracy = std::nan(""); }).tests[0].effect.value, before + 0.01)
      << "the full table has no test rows";
  // 95 % of the norm is 90.25 % of its square.
  const Judgement filtered = with([](EfficiencyPoint& p) { p.invariant_fraction = 0.9024; });
  EXPECT_EQ(filtered.tests[0].effect.value, before);
  EXPECT_GT(filtered.tests[1].effect.value, before + 0.01) << "shown without the filter";
  EXPECT_FALSE(filtered.tests[1].counts);
  EXPECT_GT(with([](EfficiencyPoint& p) { p.invariant_fraction = 0.9026; }).tests[0].effect.value, before + 0.01);
  EXPECT_GT(with([](EfficiencyPoint& p) {
              p.invariant_fraction = 0;
              p.has_circuits = false;
            })
                .tests[0]
                .effect.value,
            before + 0.01)
      << "without a known symmetry there is no filter";
}

TEST(ClaimEfficiencyGen, TheNegativeControlWarnsAndDoesNotCount) {
  const auto warns = [](const Judgement& result) {
    return std::any_of(result.notes.begin(), result.notes.end(),
                       [](const std::string& note) { return note.find("do not trust") != std::string::npos; });
  };
  const Judgement good = judge_stored(generalising_at(0, 0.05)), bad = judge_stored(generalising_at(0, 0.05, 0.02));
  EXPECT_EQ(good.tests[2].verdict, Verdict::kRefuted);
  EXPECT_FALSE(warns(good));
  EXPECT_EQ(bad.tests[2].verdict, Verdict::kConfirmed);
  EXPECT_TRUE(warns(bad));
  EXPECT_EQ(bad.verdict(), Verdict::kConfirmed);
  EXPECT_EQ(bad.data["negative_control"], "confirmed");
}

TEST(ClaimEfficiencyGen, SpreadsAreStandardDeviationsOfLogNorms) {
  const Judgement result = judge_stored(generalising_at(0, 0));
  double squares = 0;
  for (const double d : kDeviations) squares += 0.04 * d * d;
  EXPECT_NEAR(result.data["spread_between_seeds"].get<double>(), std::sqrt(squares / 4), 1e-9);
  EXPECT_NEAR(result.data["spread_within_seed"].get<double>(), 0, 1e-9);
  EXPECT_EQ(result.data["networks"].size(), 20u);
}

// Catches: the exponent at equal logit computed from norms at equal margin.
TEST(ClaimEfficiencyGen, EqualLogitsAndDegreesStandBeside) {
  EfficiencyGenMeasurement m = generalising_at(0, 0.05);
  for (EfficiencyPoint& p : m.forks) {
    p.norm_at_logit = 20 * std::pow(static_cast<double>(p.rows) / 100, 0.25);
    p.degree = p.rows == 800 ? 7 : 6;
    p.logit_degree = 6.5;
  }
  const Judgement result = judge_stored(m);
  EXPECT_NEAR(result.data["exponent_at_logit"][0].get<double>(), 0.25, 1e-9);
  EXPECT_NEAR(result.tests[0].effect.value, 0, 1e-9) << "the test reads the margin";
  EXPECT_EQ(result.data["degree_of_margin"].dump(), "[6.0,6.0,7.0]");
  EXPECT_EQ(result.data["networks"][0]["degree_of_logit"], 6.5);
  EXPECT_TRUE(std::any_of(result.notes.begin(), result.notes.end(), [](const std::string& note) {
    return note.find("logit of 30") != std::string::npos &&
           note.find("6.00 (6.00 to 7.00) and 6.50") != std::string::npos;
  }));
}

TEST(ClaimEfficiencyGen, WithoutRunsNothingIsDecided) {
  EfficiencyGenMeasurement none = generalising_at(0, 0);
  none.forks.clear();
  none.memorised.clear();
  expect_undecided_without_runs(judge_stored(none));
  EXPECT_EQ(figures(none).size(), 4u);
}

}  // namespace
}  // namespace groklab::studies::varma2023
