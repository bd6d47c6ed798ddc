// Numbers and verdicts in words.
#include "groklab/studies/verdict_text.h"

#include <gtest/gtest.h>

#include <cmath>

namespace groklab::studies {
namespace {

const double kNaN = std::nan("");

Estimate ratio(double value, double low, double high) { return {std::log(value), std::log(low), std::log(high), 5}; }

TEST(VerdictText, NumbersHaveAsManyDecimalsAsTheirIntervalIsWide) {
  EXPECT_EQ(estimate_text({1, 0.6462, 1.3552, 5}), "1.00 [0.65, 1.36]");
  EXPECT_EQ(estimate_text({0.3141, 0.307, 0.321, 5}), "0.3141 [0.3070, 0.3210]");
  EXPECT_EQ(estimate_text({1234.5, 1000, 1500, 5}), "1234 [1000, 1500]");
  EXPECT_EQ(estimate_text({-0.001, -0.5, 0.5, 5}), "0.00 [-0.50, 0.50]") << "no minus sign before zero";
  EXPECT_EQ(estimate_text({1, 1, 1, 5}), "1");
  EXPECT_EQ(estimate_text({2.5, kNaN, kNaN, 1}), "2.5");
  EXPECT_EQ(estimate_text({kNaN, kNaN, kNaN, 0}), "-");
}

TEST(VerdictText, ABiasInsideTheMarginIsSaid) {
  const Criterion within = must_agree_within_factor(1.5);
  EXPECT_EQ(verdict_words(ratio(1.4, 1.38, 1.42), within), "within 1.50×, biased 1.40× high");
  EXPECT_EQ(verdict_words(ratio(0.8, 0.75, 0.85), within), "within 1.50×, biased 1.25× low");
  EXPECT_EQ(verdict_words(ratio(1.02, 0.9, 1.2), within), "within 1.50×, no bias seen");
  EXPECT_EQ(verdict_words(ratio(2, 1.8, 2.2), within), "outside 1.50×: 2.00× high");
  EXPECT_EQ(verdict_words(ratio(1.4, 1.2, 1.7), within), "1.40× high; the interval reaches both sides of 1.50×");
  EXPECT_EQ(verdict_words({0.05, 0.02, 0.08, 5}, must_lie_within(0.1)), "within ±0.1, biased +0.050");
  EXPECT_EQ(verdict_words({-0.05, -0.08, -0.02, 5}, must_lie_within(0.1)), "within ±0.1, biased -0.050");
}

TEST(VerdictText, TheDistanceToABoundIsThatOfTheIntervalsNearEnd) {
  EXPECT_EQ(verdict_words({0.4, 0.3, 0.5, 5}, must_be_above(0.1)), "above 0.1 by 0.20 or more");
  EXPECT_EQ(verdict_words({0.4, 0.3, 0.5, 5}, must_be_below(0.1)), "above 0.1 by 0.20 or more");
  EXPECT_EQ(verdict_words({-0.4, -0.5, -0.3, 5}, must_be_above(0.1)), "below 0.1 by 0.40 or more");
  EXPECT_EQ(verdict_words({0.2, 0, 0.4, 5}, must_be_above(0.1)), "above 0.1 by 0.10, but the interval includes it");
  EXPECT_EQ(verdict_words({1, 0.60206, 1.4, 5}, must_be_above(std::log10(2.0), EffectScale::kLog10Ratio)),
            "above a ratio of 2 by 2.00× or more");
  EXPECT_EQ(verdict_words({1, kNaN, kNaN, 1}, must_be_above(0)), "no interval");
}

}  // namespace
}  // namespace groklab::studies
