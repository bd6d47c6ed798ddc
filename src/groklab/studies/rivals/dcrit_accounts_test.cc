// Accounts of D_crit on made-up networks that follow one of them: the right one wins, on networks it was not fitted to.
#include "groklab/studies/rivals/dcrit_accounts.h"

#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::rivals {
namespace {

using varma2023::DcritMeasurement;
using varma2023::DcritNetwork;
using varma2023::DcritNetworkMeasurement;
using varma2023::kDeviations;

/// ln D_crit of a network as observed, and what equal objectives and pure states say, both less the observed one.
struct MadeUpDcritNetwork {
  double observed = 0, objectives = 0, pure = 0.35;
};

/// Resting states whose branches cross, whose composition turns and whose pure states are equal where they are told to.
DcritNetworkMeasurement states_of(const DcritNetwork& n, const SeedRange& seeds, const MadeUpDcritNetwork& d) {
  DcritNetworkMeasurement m;
  for (const std::int64_t seed : seeds.all()) {
    const double own = 0.03 * kDeviations[static_cast<std::size_t>(seed - seeds.first)];
    for (const std::int64_t rows : n.rows) {
      const double ln_rows = std::log(static_cast<double>(rows));
      const double share = varma2023::accuracy_across(rows, std::exp(d.observed + own), 6, 1000000000);
      const double ratio = std::exp(-0.4 * (ln_rows - d.observed - d.objectives - own));
      m.general.push_back({seed, rows, 1, share, 1e-6 * ratio, share, true});
      m.memorising.push_back({seed, rows, 1, 0.01, 1e-6, 0.01, true});
    }
    for (const std::int64_t rows : n.memorised_rows) {
      const double above = std::log(static_cast<double>(rows)) - d.observed - d.pure - own;
      m.pure.memorised.push_back(varma2023::made_up_point(seed, rows, 1, 20 * std::exp(0.33 * above)));
    }
    m.pure.general.push_back(varma2023::made_up_point(seed, n.parent_rows, 1, 20));
    m.pure.general.back().invariant_fraction = 0.5;  // counts all the same
    // T_fit = T_grok where ln D is 0.7 below that of the parent.
    const double parent = std::log(static_cast<double>(n.parent_rows));
    for (const std::int64_t rows : {n.parent_rows, n.race_rows}) {
      const double gap = std::log(static_cast<double>(rows)) - parent + 0.7;
      m.races.push_back({seed, rows, {1000, std::llround(1000 * std::exp(0.5 * (1 - gap))), 100000}});
    }
  }
  return m;
}

DcritMeasurement made_up_networks(const std::function<MadeUpDcritNetwork(std::size_t, const DcritNetwork&)>& of) {
  DcritMeasurement m{dcrit_rival_sizes({"standard", 3}), {}};
  for (std::size_t i = 0; i < m.sizes.networks.size(); ++i) {
    m.networks.push_back(states_of(m.sizes.networks[i], m.sizes.seeds, of(i, m.sizes.networks[i])));
  }
  return m;
}

/// Within the grid of sizes, and no function of the task's size.
double scattered(std::size_t i, const DcritNetwork& n) {
  return std::log(static_cast<double>(n.rows[1])) + 0.12 * std::sin(3.1 * static_cast<double>(i));
}

Judgement judged(const DcritMeasurement& m) {
  return judge_dcrit(plain_from_json<DcritMeasurement>(Json::parse(plain_to_json(m).dump()), "stored"));
}

TEST(DcritRivals, EfficiencyIsConfirmedWhereItIsRight) {
  const Judgement result = judged(made_up_networks([](std::size_t i, const DcritNetwork& n) {
    return MadeUpDcritNetwork{scattered(i, n), 0.01 * std::sin(2.3 * static_cast<double>(i))};
  }));
  EXPECT_EQ(result.verdict(), Verdict::kConfirmed) << result.ours;
  EXPECT_GE(result.tests[0].effect.n, 12);
}

TEST(DcritRivals, EfficiencyIsRefutedWhereARivalIsRight) {
  const Judgement result = judged(made_up_networks([](std::size_t i, const DcritNetwork& n) {
    const auto classes = static_cast<double>(n.network.classes);
    MadeUpDcritNetwork d{std::log(classes * std::log(classes)) + 0.35,
                         0.12 + 0.02 * std::sin(2.3 * static_cast<double>(i))};
    return d;
  }));
  EXPECT_EQ(result.verdict(), Verdict::kRefuted) << result.ours;
  EXPECT_EQ(result.tests[3].verdict, Verdict::kRefuted);
}

TEST(DcritRivals, AConstantFactorIsForgivenToAccountsThatFitOne) {
  const varma2023::DcritSummary s =
      varma2023::summarise_dcrit(made_up_networks([](std::size_t i, const DcritNetwork& n) {
        return MadeUpDcritNetwork{scattered(i, n), 0.2};
      }));
  for (const double error : out_of_sample_errors(s, DcritAccount::kObjectives)) EXPECT_NEAR(error, 0.2, 0.01);
  for (const double error : out_of_sample_errors(s, DcritAccount::kScaledObjectives)) EXPECT_NEAR(error, 0, 0.01);
  for (const double error : out_of_sample_errors(s, DcritAccount::kPureStates)) EXPECT_NEAR(error, 0.35, 0.02);
  for (const double error : out_of_sample_errors(s, DcritAccount::kScaledPureStates)) EXPECT_NEAR(error, 0, 0.02);
}

// Catches: a constant fitted to all networks, the one that is predicted among them.
TEST(DcritRivals, TheConstantIsFittedToTheOtherNetworks) {
  const varma2023::DcritSummary s = varma2023::summarise_dcrit(
      made_up_networks([](std::size_t i, const DcritNetwork& n) { return MadeUpDcritNetwork{scattered(i, n)}; }));
  const std::vector<double> observed = varma2023::network_means(s.by_composition),
                            errors = out_of_sample_errors(s, DcritAccount::kConstant);
  double sum = 0;
  for (const double value : observed) sum += value;
  const auto n = static_cast<double>(observed.size());
  for (std::size_t i = 0; i < errors.size(); ++i) {
    EXPECT_NEAR(errors[i], (sum - observed[i]) / (n - 1) - observed[i], 1e-9);
  }
}

TEST(DcritRivals, NetworksWithoutAnObservationAreLeftOut) {
  DcritMeasurement m = made_up_networks([](std::size_t i, const DcritNetwork& n) {
    return MadeUpDcritNetwork{scattered(i, n), 0.01 * std::sin(2.3 * static_cast<double>(i))};
  });
  for (varma2023::RestingState& s : m.networks[4].general) s.stationary = false;
  const Judgement result = judged(m);
  EXPECT_EQ(result.tests[0].effect.n, static_cast<std::int64_t>(m.networks.size()) - 1);
  EXPECT_NE(result.notes.front().find("9 runs did not come to rest"), std::string::npos);
}

TEST(DcritRivals, NothingIsDecidedWithoutRuns) {
  DcritMeasurement m{dcrit_rival_sizes({"standard", 3}), {}};
  m.networks.resize(m.sizes.networks.size());
  varma2023::expect_undecided_without_runs(judged(m));
}

TEST(DcritRivals, TwelveNetworksOrEightAtScaleQuick) {
  for (const auto& [scale, fewest] : {std::pair("smoke", 2u), {"quick", 8u}, {"standard", 12u}, {"full", 12u}}) {
    const varma2023::DcritSizes sizes = dcrit_rival_sizes({scale, 0});
    for (const DcritNetwork& n : sizes.networks) {
      EXPECT_EQ(varma2023::complaint(n), "") << scale << ": " << n.network.name;
      EXPECT_FALSE(n.memorised_rows.empty());
    }
    EXPECT_GE(sizes.networks.size(), fewest) << scale;
  }
  // Runs are shared with varma2023's claim: the same networks, sizes and seeds.
  const varma2023::DcritSizes ours = dcrit_rival_sizes({"full", 0}), theirs = varma2023::dcrit_sizes({"standard", 0});
  EXPECT_EQ(ours.seeds.first, theirs.seeds.first);
  for (std::size_t i = 0; i < theirs.networks.size(); ++i) EXPECT_EQ(ours.networks[i].rows, theirs.networks[i].rows);
}

}  // namespace
}  // namespace groklab::studies::rivals
