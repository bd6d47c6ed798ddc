// Claim semi-grokking on made-up measurements.
#include "groklab/studies/varma2023/semi_grokking.h"

#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::varma2023 {
namespace {

const std::vector<std::int64_t> kSemiRows = {20, 40, 80, 160, 320, 640, 1280};

CurveOfRun level_run(std::int64_t seed, std::int64_t rows, double accuracy) {
  return {seed, rows, made_up_curve(0.01, accuracy)};
}

/// D_crit of a seed, as resting forks show it.
double made_up_log_dcrit(std::size_t i) { return std::log(120) + 0.2 * kDeviations[i]; }

void add_resting(SemiGrokkingMeasurement& m) {
  for (std::size_t i = 0; i < kDeviations.size(); ++i) {
    for (const std::int64_t rows : kSemiRows) {
      const double share = accuracy_across(rows, std::exp(made_up_log_dcrit(i)), 6, 1000000000);
      m.resting.push_back({kSeeds.first + static_cast<std::int64_t>(i), rows, 1, share, 1e-6, share, true});
    }
  }
}

/// Transitions with ln(from scratch / D_crit) as given for every seed.
SemiGrokkingMeasurement transitions(const std::vector<double>& log_ratios) {
  SemiGrokkingMeasurement m;
  m.sizes.network = made_up_network();
  m.sizes.seeds = kSeeds;
  m.sizes.rows = m.sizes.ungrok_rows = kSemiRows;
  m.sizes.steps = 900;
  for (const std::int64_t rows : kSemiRows) {
    for (std::size_t i = 0; i < log_ratios.size(); ++i) {
      const std::int64_t seed = kSeeds.first + static_cast<std::int64_t>(i);
      const double midpoint = std::exp(made_up_log_dcrit(i) + log_ratios[i]);
      m.scratch.push_back(level_run(seed, rows, accuracy_across(rows, midpoint, 6, m.sizes.network.classes)));
      m.forks.push_back(level_run(seed, rows, 0.5));
    }
  }
  if (!log_ratios.empty()) add_resting(m);
  return m;
}

/// Of every seed's `n` runs from scratch as many on a plateau as given, at D = `rows`; the others grokked.
SemiGrokkingMeasurement plateaus(const std::vector<std::int64_t>& of_seed, std::int64_t n, std::int64_t rows = 200) {
  SemiGrokkingMeasurement m = transitions(effects_about(0.5, 0.1));
  m.scratch.clear();
  for (std::size_t i = 0; i < of_seed.size(); ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      m.scratch.push_back(level_run(kSeeds.first + static_cast<std::int64_t>(i), rows, j < of_seed[i] ? 0.5 : 0.99));
    }
  }
  return m;
}

TEST(ClaimSemiGrokking, PlateausMustBeMoreThanRareOverSeeds) {
  const Judgement many = judge_stored(plateaus({2, 3, 2, 2, 3}, 10));
  EXPECT_EQ(many.tests[0].verdict, Verdict::kConfirmed);
  EXPECT_NEAR(many.tests[0].effect.value, 0.24, 1e-12);
  // Pooled, 10 of 50 runs would be more than rare; they are all of one seed.
  EXPECT_EQ(judge_stored(plateaus({10, 0, 0, 0, 0}, 10)).tests[0].verdict, Verdict::kInconclusive);
  EXPECT_EQ(judge_stored(plateaus({0, 0, 0, 0, 0}, 10)).tests[0].verdict, Verdict::kRefuted);
}

TEST(ClaimSemiGrokking, PlateausMustLieNearDcrit) {
  EXPECT_EQ(judge_stored(plateaus({2, 2, 2, 2, 2}, 10, 250)).tests[1].verdict, Verdict::kConfirmed);
  EXPECT_EQ(judge_stored(plateaus({2, 2, 2, 2, 2}, 10, 900)).tests[1].verdict, Verdict::kRefuted);
  EXPECT_NEAR(judge_stored(plateaus({2, 2, 2, 2, 2}, 10, 240)).tests[1].effect.value, std::log(2), 0.01);
}

TEST(ClaimSemiGrokking, FromScratchMustTakeMoreRows) {
  expect_above([](const auto& effects) { return judge_stored(transitions(effects)); }, 2, 0, 0.3);
}

TEST(ClaimSemiGrokking, MinibatchesAreShownBeside) {
  SemiGrokkingMeasurement m = transitions(effects_about(0.5, 0.1));
  m.minibatch = transitions(effects_about(0.2, 0.1)).scratch;
  const Judgement result = judge_stored(m);
  EXPECT_NEAR(result.tests[3].effect.value, -0.3, 0.01);
  EXPECT_FALSE(result.tests[3].counts);
}

TEST(ClaimSemiGrokking, RunsThatStillMoveAreCensoredAndNoPlateaus) {
  SemiGrokkingMeasurement m = plateaus({0}, 10);
  m.scratch[0].curve.test_accuracy.back() = 0.85;  // fell from 0.99 in the last third
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
  EXPECT_EQ(figures(plateaus({0}, 3)).size(), 2u) << "no run of middling accuracy";
}

TEST(ClaimSemiGrokking, WithoutRunsNothingIsDecided) {
  SemiGrokkingMeasurement none = transitions({});
  expect_undecided_without_runs(judge_stored(none));
  EXPECT_EQ(figures(none).size(), 1u);
}

}  // namespace
}  // namespace groklab::studies::varma2023
