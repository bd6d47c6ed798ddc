// Claim ungrokking on made-up measurements.
#include "groklab/studies/varma2023/ungrokking.h"

#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::varma2023 {
namespace {

const std::vector<std::int64_t> kUngrokRows = {20, 40, 80, 160, 320, 640, 1280};

/// Forks of one seed; what is left alone is clearly as the claim says.
struct MadeUpUngrokking {
  double midpoint = 150, steepness = 8;
  double front = std::nan(""), back = std::nan("");  ///< accuracy at the smallest and largest D', instead of the curve
  double least_train = 0.999;
  double removed_less_never_seen = 0.01, without_decay = 0.98;
};

UngrokkingMeasurement made_up_ungrokking(const std::vector<MadeUpUngrokking>& seeds) {
  UngrokkingMeasurement m;
  m.sizes.network = made_up_network();
  m.sizes.seeds = kSeeds;
  m.sizes.parent_rows = 9000;
  m.sizes.rows = kUngrokRows;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    const MadeUpUngrokking& s = seeds[i];
    const std::int64_t seed = kSeeds.first + static_cast<std::int64_t>(i);
    for (const std::int64_t rows : kUngrokRows) {
      double accuracy = accuracy_across(rows, s.midpoint, s.steepness, m.sizes.network.classes);
      if (rows == kUngrokRows.front() && !std::isnan(s.front)) accuracy = s.front;
      if (rows == kUngrokRows.back() && !std::isnan(s.back)) accuracy = s.back;
      m.full.push_back({seed, rows, rows == 80 ? s.least_train : 1, accuracy, 1e-6, accuracy, true});
    }
    // Only the end counts, not what is lost on the way.
    m.stored.push_back({seed, 1, true, {0, 100}, {1, 0.05 + s.removed_less_never_seen}, {0.01, 0.05}});
    m.stored.push_back({seed, 0, true, {0, 100}, {0, 0.01 + s.without_decay}, {0.5, 0.01}});
  }
  m.curves = {{"D' = 20", made_up_curve(1, 0)}};
  return m;
}

/// The claim with one number per seed set to the effects; the others vary a little over seeds.
template <class Set>
JudgeEffects ungrokking_with(Set set) {
  return [set](const std::vector<double>& effects) {
    std::vector<MadeUpUngrokking> seeds;
    for (std::size_t i = 0; i < effects.size(); ++i) {
      MadeUpUngrokking s;
      s.midpoint = 150 * std::exp(0.1 * kDeviations[i]);
      s.least_train = 0.998 + 0.001 * kDeviations[i];
      s.removed_less_never_seen = 0.01 * kDeviations[i];
      s.without_decay = 0.95 + 0.02 * kDeviations[i];
      set(s, effects[i]);
      seeds.push_back(s);
    }
    return judge_stored(made_up_ungrokking(seeds));
  };
}

TEST(ClaimUngrokking, RemovingRowsMustTakeGeneralisationAway) {
  expect_above(ungrokking_with([](MadeUpUngrokking& s, double effect) {
                 s.back = 0.97;
                 s.front = 0.97 - effect;
               }),
               0, kUngrokFall, 0.05);
}

TEST(ClaimUngrokking, LargeSizesMustDoNoHarm) {
  expect_above(ungrokking_with([](MadeUpUngrokking& s, double effect) { s.back = effect; }), 1, kIntact, 0.03);
}

TEST(ClaimUngrokking, TheTransitionMustBeSharp) {
  // width = exp(2 ln 9 / steepness)
  expect_below(
      ungrokking_with([](MadeUpUngrokking& s, double effect) { s.steepness = 2 * std::log(9.0) / std::log(effect); }),
      2, kSharp, 0.5);
}

TEST(ClaimUngrokking, KeptRowsMustStayFitted) {
  expect_above(ungrokking_with([](MadeUpUngrokking& s, double effect) { s.least_train = effect; }), 3, kStillFitted,
               0.004);
}

TEST(ClaimUngrokking, RemovedRowsMustFareAsRowsNeverSeen) {
  expect_equivalent(ungrokking_with([](MadeUpUngrokking& s, double effect) { s.removed_less_never_seen = effect; }), 4,
                    kSameAccuracy, 0.05);
}

TEST(ClaimUngrokking, TheControlMustSeeStoredRows) {
  expect_above(ungrokking_with([](MadeUpUngrokking& s, double effect) { s.without_decay = effect; }), 5, kStoredRows,
               0.05);
}

TEST(ClaimUngrokking, ForksThatStillForgetAreLeftOut) {
  UngrokkingMeasurement m = made_up_ungrokking(std::vector<MadeUpUngrokking>(5));
  m.stored[0].stationary = false;
  m.stored[0].removed_accuracy.back() = 1;
  const Judgement result = judge_stored(m);
  EXPECT_EQ(result.tests[4].effect.n, 4);
  EXPECT_NEAR(result.tests[4].effect.value, 0.01, 1e-9);
}

TEST(ClaimUngrokking, TellsTheMidpointAndItsInterval) {
  const Judgement result = ungrokking_with([](MadeUpUngrokking&, double) {})(effects_about(0, 1));
  const double half = half_width(0.1, 0.95);
  EXPECT_NEAR(result.data["midpoint"].get<double>(), 150, 0.5);
  EXPECT_NEAR(result.data["midpoint_ci"][1].get<double>(), 150 * std::exp(half), 1);
  EXPECT_EQ(result.n_censored, 0);
  EXPECT_EQ(result.n_seeds, 5);
  EXPECT_EQ(result.verdict(), Verdict::kConfirmed);
}

TEST(ClaimUngrokking, NetworksThatNeverUngrokRefuteItAndAreCensored) {
  const Judgement never = ungrokking_with([](MadeUpUngrokking& s, double) { s.midpoint = 2; })(effects_about(0, 1));
  EXPECT_EQ(never.tests[0].verdict, Verdict::kRefuted);
  EXPECT_EQ(never.verdict(), Verdict::kRefuted);
  EXPECT_EQ(never.n_censored, 5);
}

// Catches: the paper's sizes on the axis of another network, and none on that of its own.
TEST(ClaimUngrokking, ThePapersSizesAreMarkedForItsNetworkAlone) {
  EXPECT_TRUE(paper_marks(modular_network(31, 48), {390, 1494}).empty());
  const std::vector<report::XyRule> marks = paper_marks(modular_network(113, 128), {390, 1494});
  ASSERT_EQ(marks.size(), 2u);
  EXPECT_EQ(marks[1].x, 1494);
  EXPECT_EQ(marks[1].name, "the paper: 1494");
}

TEST(ClaimUngrokking, WithoutRunsNothingIsDecided) {
  UngrokkingMeasurement none = made_up_ungrokking({});
  none.curves.clear();
  expect_undecided_without_runs(judge_stored(none));
  EXPECT_EQ(figures(none).size(), 3u);
  EXPECT_EQ(judge_stored(made_up_ungrokking({{}})).verdict(), Verdict::kInconclusive) << "one seed";
}

}  // namespace
}  // namespace groklab::studies::varma2023
