// Claim semi-grokking on made-up measurements.
#include "groklab/studies/varma2023/semi_grokking.h"

#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::varma2023 {
namespace {

const std::vector<std::int64_t> kSemiRows = {20, 40, 80, 160, 320, 640, 1280};

CurveOfRun level_run(std::int64_t seed, std::int64_t rows, double accuracy) {
  return {seed, rows, made_up_curve(0.01, accuracy)};
}

/// Transitions with ln(from scratch / ungrokking) as given for every seed.
SemiGrokkingMeasurement transitions(const std::vector<double>& log_ratios) {
  SemiGrokkingMeasurement m;
  m.sizes = {made_up_network(), kSeeds, 1, kSemiRows, 900, kSemiRows, {}};
  for (const std::int64_t rows : kSemiRows) {
    for (std::size_t i = 0; i < log_ratios.size(); ++i) {
      const std::int64_t seed = kSeeds.first + static_cast<std::int64_t>(i);
      const double ungrok = 120 * std::exp(0.2 * kDeviations[i]);
      const auto run = [&](double midpoint) {
        return level_run(seed, rows, accuracy_across(rows, midpoint, 6, m.sizes.network.classes));
      };
      m.scratch.push_back(run(ungrok * std::exp(log_ratios[i])));
      m.forks.push_back(run(ungrok));
    }
  }
  return m;
}

/// The same with `plateaus` of `n` runs from scratch beside the transition's, of which the others grokked.
SemiGrokkingMeasurement plateaus(std::int64_t plateaus, std::int64_t n) {
  SemiGrokkingMeasurement m = transitions(effects_about(0.5, 0.1));
  m.scratch.clear();
  for (std::int64_t i = 0; i < n; ++i) m.scratch.push_back(level_run(1000 + i, 100, i < plateaus ? 0.5 : 0.99));
  return m;
}

TEST(ClaimSemiGrokking, PlateausMustBeMoreThanRare) {
  // Wilson's interval by its formula, z = 1.96.
  const auto low = [](double k, double n) {
    const double z2 = 3.8414588, p = k / n;
    return (p + z2 / (2 * n) - std::sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n * n)))) / (1 + z2 / n);
  };
  ASSERT_LT(low(2, 50), kRare);
  ASSERT_GT(low(4, 50), kRare);
  EXPECT_EQ(judge_stored(plateaus(4, 50)).tests[0].verdict, Verdict::kConfirmed);
  EXPECT_EQ(judge_stored(plateaus(2, 50)).tests[0].verdict, Verdict::kInconclusive);
  // Without a plateau the upper end is z^2 / (n + z^2).
  EXPECT_EQ(judge_stored(plateaus(0, 188)).tests[0].verdict, Verdict::kInconclusive);
  EXPECT_EQ(judge_stored(plateaus(0, 189)).tests[0].verdict, Verdict::kRefuted);
  EXPECT_EQ(judge_stored(plateaus(0, 189)).verdict(), Verdict::kRefuted);
  EXPECT_EQ(judge_stored(plateaus(4, 50)).tests[0].effect.value, 0.08);
}

TEST(ClaimSemiGrokking, FromScratchMustTakeMoreRows) {
  expect_above([](const auto& effects) { return judge_stored(transitions(effects)); }, 1, 0, 0.3);
}

TEST(ClaimSemiGrokking, RunsThatStillMoveAreCensoredAndNoPlateaus) {
  SemiGrokkingMeasurement m = plateaus(0, 10);
  m.scratch[0].curve.test_accuracy.back() = 0.9;  // fell from 0.99 in the last third
  m.scratch[1].curve.test_accuracy.back() = 0.1;
  const Judgement result = judge_stored(m);
  EXPECT_EQ(result.n_censored, 1);
  EXPECT_EQ(result.tests[0].effect.value, 0);
  EXPECT_EQ(result.data["outcomes"][0]["ending"], "unfinished");
  EXPECT_EQ(result.data["outcomes"][1]["ending"], "none");
  EXPECT_EQ(result.data["outcomes"][2]["ending"], "grokked");
}

TEST(ClaimSemiGrokking, FiguresShowOneRunOfEachKind) {
  const auto charts = figures(transitions(effects_about(0.5, 0.1)));
  ASSERT_EQ(charts.size(), 3u);
  const std::string data = charts[0].spec["data"]["values"];
  for (const char* kind : {"\ngrokking", "\nsemi-grokking", "\nno grokking", "\nungrokking"}) {
    EXPECT_NE(data.find(kind), std::string::npos) << kind;
  }
  EXPECT_EQ(figures(plateaus(0, 3)).size(), 2u) << "no run of middling accuracy";
}

TEST(ClaimSemiGrokking, WithoutRunsNothingIsDecided) {
  SemiGrokkingMeasurement none = transitions({});
  expect_undecided_without_runs(judge_stored(none));
  EXPECT_EQ(figures(none).size(), 1u);
}

}  // namespace
}  // namespace groklab::studies::varma2023
