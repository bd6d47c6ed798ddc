// Claim dcrit on made-up measurements: resting states of five networks whose branches cross, and whose composition
// turns, where they are told to.
#include "groklab/studies/varma2023/dcrit.h"

#include "groklab/studies/varma2023/dcrit_summary.h"
#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::varma2023 {
namespace {

constexpr double kSlope = -0.4;  // of ln F_G/F_M over ln D, about what networks have

/// ln D_crit of a network: where the branches cross, where rho = 1, where accuracy is half-way.
struct MadeUpDcrit {
  double predicted = 0, observed = 0;
  double scale = 1;  ///< all sizes times this
};

DcritNetwork made_up_dcrit_network(double scale) {
  DcritNetwork n;
  n.network = made_up_network();
  n.parent_rows = 9000;
  n.parent_steps = 100;
  n.race_rows = 5000;
  for (const double rows : {100.0, 126.0, 159.0, 200.0, 252.0}) {
    n.rows.push_back(static_cast<std::int64_t>(rows * scale));
  }
  n.memorised_rows = n.rows;
  return n;
}

/// Seeds differ from their network by kDeviations; every state is at rest.
DcritNetworkMeasurement made_up_states(const DcritNetwork& n, const MadeUpDcrit& d) {
  DcritNetworkMeasurement m;
  const double centre = 159 * d.scale;
  for (std::size_t i = 0; i < kDeviations.size(); ++i) {
    const std::int64_t seed = kSeeds.first + static_cast<std::int64_t>(i);
    const double own = 0.05 * kDeviations[i];
    for (const std::int64_t rows : n.rows) {
      const double ln_rows = std::log(static_cast<double>(rows) / centre);
      const double share = accuracy_across(rows, centre * std::exp(d.observed + own), 6, 1000000000);
      const double ratio = std::exp(kSlope * (ln_rows - d.predicted - own));
      m.general.push_back({seed, rows, 1, share, 1e-6 * ratio, share, true});
      m.memorising.push_back({seed, rows, 1, 0.01, 1e-6, 0.01, true});
    }
    m.races.push_back({seed, n.parent_rows, {100, 200, 1000}});
    m.races.push_back({seed, n.race_rows, {100, 900, 1000}});
  }
  return m;
}

DcritMeasurement made_up_dcrit(const std::vector<MadeUpDcrit>& networks) {
  DcritMeasurement m;
  m.sizes.seeds = kSeeds;
  for (const MadeUpDcrit& d : networks) {
    m.sizes.networks.push_back(made_up_dcrit_network(d.scale));
    m.networks.push_back(made_up_states(m.sizes.networks.back(), d));
  }
  return m;
}

/// Five networks that span a factor of 16 and keep what the rivals need unlike their D_crit.
std::vector<MadeUpDcrit> spread_networks(const std::vector<double>& log_ratios) {
  std::vector<MadeUpDcrit> networks;
  for (std::size_t i = 0; i < log_ratios.size(); ++i) networks.push_back({log_ratios[i], 0, std::pow(2.0, i)});
  return networks;
}

TEST(ClaimDcrit, MeanOverNetworksMustBeWithinTenPerCent) {
  const auto judged = [](const std::vector<double>& effects) {
    return judge_stored(made_up_dcrit(spread_networks(effects)));
  };
  const double half = half_width(0.03, kEquivalenceLevel);
  EXPECT_EQ(judged(effects_about(kPredictedWithin - 1.05 * half, 0.03)).tests[0].verdict, Verdict::kConfirmed);
  EXPECT_EQ(judged(effects_about(kPredictedWithin - 0.95 * half, 0.03)).tests[0].verdict, Verdict::kInconclusive);
  EXPECT_EQ(judged(effects_about(kPredictedWithin + 1.05 * half, 0.03)).tests[0].verdict, Verdict::kRefuted);
  EXPECT_EQ(judged(effects_about(-kPredictedWithin - 1.05 * half, 0.03)).tests[0].verdict, Verdict::kRefuted);
  const Judgement right = judged(effects_about(0.02, 0.03));
  EXPECT_NEAR(right.tests[0].effect.value, 0.02, 1e-3);
  EXPECT_EQ(right.verdict(), Verdict::kConfirmed) << "rivals are beaten, seeds lie in the bracket";
}

TEST(ClaimDcrit, AConstantMustBeBeaten) {
  // All networks alike: a constant is right, and the prediction, off by 6 %, is not nearer.
  const std::vector<MadeUpDcrit> alike(5, {0.06, 0, 1});
  EXPECT_EQ(judge_stored(made_up_dcrit(alike)).tests[3].verdict, Verdict::kRefuted);
}

TEST(ClaimDcrit, PredictionsOutsideTheBracketAreCounted) {
  EXPECT_NEAR(judge_stored(made_up_dcrit(spread_networks({0, 0, 0, 0, 0}))).tests[2].effect.value, 1, 1e-9);
  // 0.3 below the observation lies below the largest size that has ungrokked.
  EXPECT_NEAR(judge_stored(made_up_dcrit(spread_networks({-0.3, -0.3, -0.3, -0.3, -0.3}))).tests[2].effect.value, 0,
              1e-9);
  DcritMeasurement m = made_up_dcrit(spread_networks({0, 0, 0, 0, 0}));
  for (DcritNetworkMeasurement& n : m.networks) {  // generalises from scratch below the prediction
    for (RestingState& s : n.memorising) {
      if (s.rows == n.memorising[1].rows) s.general_fraction = 0.9;
    }
  }
  EXPECT_NEAR(judge_stored(m).tests[2].effect.value, 0, 1e-9);
}

TEST(ClaimDcrit, RestlessStatesAreLeftOut) {
  DcritMeasurement m = made_up_dcrit(spread_networks({0, 0, 0, 0, 0}));
  const double before = judge_stored(m).tests[0].effect.value;
  m.networks[0].general[2].stationary = false;
  m.networks[0].general[2].objective = 1;  // would move the crossing far away
  m.networks[0].general[2].general_fraction = -3;
  const Judgement result = judge_stored(m);
  EXPECT_NEAR(result.tests[0].effect.value, before, 1e-3);
  EXPECT_NE(result.notes.front().find("1 runs did not come to rest"), std::string::npos);
}

TEST(ClaimDcrit, SeedsBeyondTheGridAreCensoredNotDropped) {
  DcritMeasurement m = made_up_dcrit(spread_networks({0, 0, 0, 0, 0}));
  for (RestingState& s : m.networks[0].general) {
    if (s.seed == kSeeds.first) s.general_fraction = 0.99;  // observed below the smallest size
  }
  const Judgement result = judge_stored(m);
  EXPECT_EQ(result.n_censored, 1);
  const DcritSummary s = summarise_dcrit(m);
  EXPECT_LT(network_estimate(s.by_composition, 0).value, std::log(159.0) - 0.02) << "it pulls the mean down";
}

// Catches: a seed beyond the grid counted as exact or as unknown; the bracket's ends exchanged, or taken from runs that
// still move.
TEST(ClaimDcrit, TellsHowManySeedsEachNetworkHasAndTheBracketOfEach) {
  DcritMeasurement m = made_up_dcrit(spread_networks({0, 0}));
  DcritNetworkMeasurement& first = m.networks[0];
  for (RestingState& s : first.general) {
    if (s.seed == kSeeds.first) s.general_fraction = 0.99;  // observed below the smallest size
    if (s.seed == kSeeds.first + 1) s.stationary = false;   // nothing is known
  }
  for (RestingState& s : first.memorising) {
    if (s.seed == kSeeds.first + 2 && s.rows == 252) s.general_fraction = 0.9;  // generalises from scratch
  }
  const Json networks = judge_stored(m).data["networks"];
  EXPECT_EQ(networks[0]["seeds_observed"].dump(), R"({"exact":3,"censored":1,"unknown":1})");
  EXPECT_EQ(networks[0]["seeds_predicted"].dump(), R"({"exact":4,"censored":0,"unknown":1})");
  EXPECT_EQ(networks[0]["restless_runs"].dump(), R"({"generalising":5,"memorising":0,"of_each":[25,25]})");
  EXPECT_EQ(networks[1]["seeds_observed"].dump(), R"({"exact":5,"censored":0,"unknown":0})");
  const Json& seeds = networks[0]["by_seed"];
  ASSERT_EQ(seeds.size(), 5u);
  EXPECT_TRUE(seeds[0]["bracket"][0].is_null()) << "has not ungrokked at any size";
  EXPECT_TRUE(seeds[0]["observed"][0].is_null());
  EXPECT_NEAR(seeds[0]["observed"][1].get<double>(), 100, 1e-9);
  EXPECT_TRUE(seeds[1]["bracket"][0].is_null()) << "its runs still move";
  EXPECT_NEAR(seeds[2]["bracket"][0].get<double>(), 159, 1e-9) << "rho = 1 at 159 exp(0.04)";
  EXPECT_NEAR(seeds[2]["bracket"][1].get<double>(), 252, 1e-9);
  EXPECT_NEAR(seeds[2]["predicted"][0].get<double>(), 159 * std::exp(0.04), 0.5);
}

TEST(ClaimDcrit, AMemorisingStateThatGeneralisesIsNoBranch) {
  DcritMeasurement m = made_up_dcrit(spread_networks({0, 0, 0, 0, 0}));
  EXPECT_EQ(branch_points(m.networks[0]).size(), 25u);
  m.networks[0].memorising[0].general_fraction = 0.6;
  m.networks[0].memorising[1].train_accuracy = 0.9;
  EXPECT_EQ(branch_points(m.networks[0]).size(), 23u);
}

TEST(ClaimDcrit, RivalsFitTheirConstantToOtherNetworks) {
  const DcritSummary s = summarise_dcrit(made_up_dcrit(spread_networks({0, 0, 0, 0, 0})));
  // ln 2 apart each: the others' mean is 2.5 ln 2 above the first network.
  EXPECT_NEAR(rival_prediction(s, kConstantRival, 0), std::log(159) + 2.5 * std::log(2), 0.01);
  EXPECT_NEAR(rival_prediction(s, kConstantRival, 4), std::log(159) + 1.5 * std::log(2), 0.01);
  EXPECT_LT(error_against(s, kConstantRival).high, 0);
}

// Catches: a constant that is fitted to the observations without what the rival is proportional to.
TEST(ClaimDcrit, ARivalThatIsRightPredictsEveryNetwork) {
  DcritMeasurement m = made_up_dcrit(spread_networks({0, 0, 0, 0, 0}));
  for (std::size_t i = 0; i < m.networks.size(); ++i) m.sizes.networks[i].network.rows <<= i;  // as D_crit
  const DcritSummary s = summarise_dcrit(m);
  for (std::size_t i = 0; i < m.networks.size(); ++i) {
    EXPECT_NEAR(rival_prediction(s, kTableRival, i), network_estimate(s.by_composition, i).value, 0.02) << i;
  }
  EXPECT_GT(error_against(s, kTableRival).high, 0) << "not beaten";
}

TEST(ClaimDcrit, WithoutRunsNothingIsDecided) {
  DcritMeasurement none = made_up_dcrit(std::vector<MadeUpDcrit>(2));
  for (DcritNetworkMeasurement& n : none.networks) n = {};
  expect_undecided_without_runs(judge_stored(none));
  EXPECT_EQ(figures(none).size(), 2u);
}

TEST(ClaimDcrit, MeasurementsThatDoNotFitTheirSizesAreRefused) {
  DcritMeasurement m = made_up_dcrit(std::vector<MadeUpDcrit>(2));
  const auto refused = [](const DcritMeasurement& of) {
    EXPECT_THROW(plain_from_json<DcritMeasurement>(plain_to_json(of), "dcrit"), Error);
  };
  m.sizes.networks[0].parent_rows = 252;
  refused(m);
  m.sizes.networks[0].parent_rows = 9000;
  m.networks.pop_back();
  refused(m);
}

/// Twelve networks, as the verdicts of record have: sizes that their tables hold, D_crit over a factor of eight.
TEST(ClaimDcrit, SizesOfEveryScaleFitTheirTables) {
  for (const char* scale : {"smoke", "quick", "standard", "full"}) {
    const DcritSizes sizes = dcrit_sizes({scale, 0});
    for (const DcritNetwork& n : sizes.networks) EXPECT_EQ(complaint(n), "") << scale << ": " << n.network.name;
  }
  const DcritSizes standard = dcrit_sizes({"standard", 0});
  EXPECT_GE(standard.networks.size(), 12u);
  EXPECT_GE(standard.seeds.count, 5);
}

}  // namespace
}  // namespace groklab::studies::varma2023
