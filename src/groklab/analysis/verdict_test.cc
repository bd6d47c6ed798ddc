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

TEST(Verdict, PartsCombine) {
  const Verdict c = Verdict::kConfirmed, r = Verdict::kRefuted, i = Verdict::kInconclusive;
  EXPECT_EQ(judge_all(std::array{c, c}), c);
  EXPECT_EQ(judge_all(std::array{c, i}), i);
  EXPECT_EQ(judge_all(std::array{c, i, r}), r);
  EXPECT_EQ(judge_all({}), i);
  EXPECT_EQ(std::string(verdict_name(r)), "refuted");
}

}  // namespace
}  // namespace groklab
