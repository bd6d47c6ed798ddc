#include "groklab/analysis/verdict.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "groklab/base/random.h"

namespace groklab {
namespace {

/// `n` seeds of an effect with a known truth.
Estimate sample(RandomStream& stream, double truth, double spread, int n, double level) {
  std::vector<double> values;
  for (int i = 0; i < n; ++i) values.push_back(truth + spread * stream.next_normal());
  return mean_estimate(values, level);
}

TEST(Verdict, ADifferenceIsConfirmedRefutedOrLeftOpen) {
  RandomStream stream(1, StreamPurpose::kBootstrap);
  EXPECT_EQ(judge_above(sample(stream, 1, 0.1, 5, 0.95), 0), Verdict::kConfirmed);
  EXPECT_EQ(judge_above(sample(stream, -1, 0.1, 5, 0.95), 0), Verdict::kRefuted);
  EXPECT_EQ(judge_above(sample(stream, 0.05, 1, 5, 0.95), 0), Verdict::kInconclusive);
  EXPECT_EQ(judge_below(sample(stream, -1, 0.1, 5, 0.95), 0), Verdict::kConfirmed);
  EXPECT_EQ(judge_below(sample(stream, 1, 0.1, 5, 0.95), 0), Verdict::kRefuted);
}

TEST(Verdict, EquivalenceNeedsTightIntervalsNotJustNoDifference) {
  RandomStream stream(2, StreamPurpose::kBootstrap);
  EXPECT_EQ(judge_equivalent(sample(stream, 0, 0.02, 5, 0.9), 0.1), Verdict::kConfirmed);
  EXPECT_EQ(judge_equivalent(sample(stream, 0, 1, 5, 0.9), 0.1), Verdict::kInconclusive);
  EXPECT_EQ(judge_equivalent(sample(stream, 0.5, 0.02, 5, 0.9), 0.1), Verdict::kRefuted);
}

TEST(Verdict, FalseVerdictsAreAsRareAsTheirLevelSays) {
  RandomStream stream(4, StreamPurpose::kBootstrap);
  int false_equivalence = 0, false_difference = 0;
  constexpr int kTrials = 2000;
  for (int i = 0; i < kTrials; ++i) {
    // The worst case of no equivalence: the truth on the margin itself.
    false_equivalence += judge_equivalent(sample(stream, 0.1, 0.05, 5, 0.9), 0.1) == Verdict::kConfirmed ? 1 : 0;
    false_difference += judge_above(sample(stream, 0, 1, 5, 0.95), 0) == Verdict::kConfirmed ? 1 : 0;
  }
  EXPECT_LT(false_equivalence, 0.065 * kTrials);
  EXPECT_LT(false_difference, 0.035 * kTrials);
}

TEST(Verdict, WithoutAnIntervalNothingIsDecided) {
  const std::array<double, 1> one = {5.0};
  EXPECT_EQ(judge_above(mean_estimate(one), 0), Verdict::kInconclusive);
  EXPECT_EQ(judge_equivalent(mean_estimate(one), 100), Verdict::kInconclusive);
  EXPECT_EQ(judge_above(mean_estimate({}), 0), Verdict::kInconclusive);
}

const Estimate kClearlyAbove{1, 0.5, 1.5, 5}, kClearlyBelow{-1, -1.2, -0.8, 5}, kOpen{0.1, -0.5, 0.7, 5};

TEST(Verdict, TestsOfAClaimCombine) {
  const Criterion above = must_be_above(0);
  const Verdict c = Verdict::kConfirmed, r = Verdict::kRefuted, i = Verdict::kInconclusive;
  const auto family = [&](std::vector<Estimate> effects) {
    std::vector<FamilyMember> tests;
    for (const Estimate& e : effects) tests.push_back({e, above});
    return judge_family(tests);
  };
  EXPECT_EQ(family({kClearlyAbove, kClearlyAbove}), c);
  EXPECT_EQ(family({kClearlyAbove, kOpen}), i);
  EXPECT_EQ(family({kClearlyAbove, kOpen, kClearlyBelow}), r);
  EXPECT_EQ(family({}), i);
  EXPECT_EQ(std::string(verdict_name(r)), "refuted");
}

TEST(Verdict, ARefutationMustHoldAtTheLevelOfTheFamily) {
  // 95 %: t(4 degrees) = 2.776; tails of 1 % each: 3.747. An effect 1 with a standard error of 1/3.2 lies between.
  const double error = 1 / 3.2;
  const Estimate e{-1, -1 - 2.7764 * error, -1 + 2.7764 * error, 5};
  const Criterion above = must_be_above(0);
  EXPECT_EQ(judge_in_family(e, above, 1), Verdict::kRefuted);
  EXPECT_EQ(judge_in_family(e, above, 2), Verdict::kRefuted) << "two tests of 2.5 % are the family's 5 %";
  EXPECT_EQ(judge_in_family(e, above, 5), Verdict::kInconclusive);
  const Estimate mirrored{1, 1 - 2.7764 * error, 1 + 2.7764 * error, 5};
  EXPECT_EQ(judge_in_family(mirrored, must_be_below(0), 5), Verdict::kInconclusive);
  EXPECT_EQ(judge_in_family(mirrored, above, 5), Verdict::kConfirmed) << "to confirm, each keeps its own level";
  const Estimate fixed{-1, -1, -1, 1};  // a simulation without chance
  EXPECT_EQ(judge_in_family(fixed, above, 5), Verdict::kRefuted);
}

/// A true claim of five tests, each effect exactly on its bound: the worst case.
TEST(Verdict, ATrueClaimOfFiveTestsIsRarelyRefuted) {
  RandomStream stream(5, StreamPurpose::kBootstrap);
  int in_family = 0, one_by_one = 0, falsely_confirmed = 0;
  constexpr int kTrials = 4000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<FamilyMember> tests;
    bool any = false;
    for (int i = 0; i < 5; ++i) {
      const Criterion criterion = i == 4 ? must_lie_within(1) : must_be_above(0);
      tests.push_back({sample(stream, i == 4 ? 1 : 0, 0.3, 5, criterion.level()), criterion});
      any = any || judge_criterion(tests.back().effect, criterion) == Verdict::kRefuted;
    }
    const Verdict verdict = judge_family(tests);
    in_family += verdict == Verdict::kRefuted ? 1 : 0;
    falsely_confirmed += verdict == Verdict::kConfirmed ? 1 : 0;
    one_by_one += any ? 1 : 0;
  }
  EXPECT_LT(in_family, (0.05 + 2 * 0.0035) * kTrials);  // the level and two standard errors of this count
  EXPECT_GT(in_family, 0.03 * kTrials) << "not stricter than it says";
  EXPECT_GT(one_by_one, 0.11 * kTrials) << "what the correction is for";
  EXPECT_LT(falsely_confirmed, 0.05 * kTrials);
}

TEST(Verdict, CriteriaSayWhatTheyCompare) {
  EXPECT_EQ(judge_criterion(kClearlyAbove, must_be_above(0.4)), Verdict::kConfirmed);
  EXPECT_EQ(judge_criterion(kClearlyAbove, must_be_below(0.4)), Verdict::kRefuted);
  EXPECT_EQ(judge_criterion(kClearlyAbove, must_lie_within(1.6)), Verdict::kConfirmed);
  EXPECT_EQ(judge_criterion(kClearlyAbove, {}), Verdict::kInconclusive);
  EXPECT_EQ(must_be_above(0).level(), 0.95);
  EXPECT_EQ(must_lie_within(1).level(), 0.9);
  EXPECT_NEAR(must_agree_within_factor(1.5).bound, std::log(1.5), 1e-15);
  EXPECT_NEAR(must_agree_within_factor(10, EffectScale::kLog10Ratio).bound, 1, 1e-15);
}

}  // namespace
}  // namespace groklab
