// Claim circuits on made-up measurements.
#include "groklab/studies/varma2023/circuits.h"

#include <algorithm>
#include <numeric>

#include "groklab/studies/varma2023/made_up_for_test.h"
#include "groklab/studies/varma2023/rho_points.h"

namespace groklab::studies::varma2023 {
namespace {

constexpr std::int64_t kForks = 12;

/// M rises to 10 and ends at `remains` of it, G / (G + M) grows by `growth` from 0.4. The paper's parts do not count.
CircuitsRun made_up_run(std::int64_t seed, double remains, double growth) {
  CircuitsRun run;
  run.seed = seed;
  const auto at = [](std::int64_t step, double memorised, double fraction) -> CircuitsCheckpoint {
    return {step, memorised * fraction / (1 - fraction), memorised, 9, 9, 0.9, 5, 5, 5};
  };
  run.checkpoints = {at(0, 0.1, 0.05), at(100, 10, 0.4), at(200, 9, 0.9), at(500, 10 * remains, 0.4 + growth)};
  return run;
}

/// D' against the order of C_gen / C_mem: the first `reversed` of twelve sizes stand in reversed order.
std::vector<std::int64_t> order_with(std::int64_t reversed) {
  std::vector<std::int64_t> order(kForks);
  std::iota(order.begin(), order.end(), 1);
  std::reverse(order.begin(), order.begin() + reversed);
  return order;
}

/// Spearman's correlation of such an order, by sums of squared differences of ranks.
double rank_correlation_of(std::int64_t reversed) {
  double squares = 0;
  const auto order = order_with(reversed);
  for (std::int64_t i = 0; i < kForks; ++i) {
    const double d = static_cast<double>(order[static_cast<std::size_t>(i)] - i - 1);
    squares += d * d;
  }
  return 1 - 6 * squares / (kForks * (kForks * kForks - 1));
}

void add_forks(CircuitsMeasurement& m, std::int64_t seed, const std::vector<std::int64_t>& order) {
  for (std::int64_t i = 0; i < kForks; ++i) {
    m.forks.push_back({seed, 100 * (i + 1), 5, 50 / static_cast<double>(order[static_cast<std::size_t>(i)])});
  }
}

CircuitsMeasurement made_up_circuits(const std::vector<double>& remains, const std::vector<double>& growth,
                                     const std::vector<std::int64_t>& reversed) {
  CircuitsMeasurement m;
  m.sizes.network = made_up_network();
  m.sizes.seeds = kSeeds;
  m.sizes.rows = 300;
  m.sizes.steps = 500;
  for (std::int64_t i = 1; i <= kForks; ++i) m.sizes.ungrok_rows.push_back(100 * i);
  for (std::size_t i = 0; i < remains.size(); ++i) {
    const std::int64_t seed = kSeeds.first + static_cast<std::int64_t>(i);
    m.scratch.push_back(made_up_run(seed, remains[i], growth[i]));
    add_forks(m, seed, order_with(reversed[i]));
  }
  return m;
}

const std::vector<double> kLittleRemains = effects_about(0.1, 0.05), kGrows = effects_about(0.5, 0.05);
const std::vector<std::int64_t> kNearlyMonotone = {0, 2, 3, 2, 0};

TEST(ClaimCircuits, MemorisationMustGiveWay) {
  expect_below([](const auto& e) { return judge_stored(made_up_circuits(e, kGrows, kNearlyMonotone)); }, 1, kGivesWay,
               0.1);
}

TEST(ClaimCircuits, GeneralisationMustTakeOver) {
  expect_above([](const auto& e) { return judge_stored(made_up_circuits(kLittleRemains, e, kNearlyMonotone)); }, 2, 0,
               0.1);
}

/// Orders from monotone to reversed: every verdict occurs, and each is where the interval of independently computed
/// correlations lies.
TEST(ClaimCircuits, TheBalanceMustRiseWithRows) {
  std::vector<std::int64_t> seen = {0, 0, 0};
  for (std::int64_t reversed = 0; reversed + 2 <= kForks; ++reversed) {
    const std::vector<std::int64_t> orders = {reversed, reversed + 1, reversed + 2, reversed, reversed + 2};
    std::vector<double> correlations;
    for (const std::int64_t n : orders) correlations.push_back(rank_correlation_of(n));
    const Estimate expected = mean_estimate(correlations);
    const Judgement result = judge_stored(made_up_circuits(kLittleRemains, kGrows, orders));
    EXPECT_NEAR(result.tests[0].effect.low, expected.low, 1e-9);
    const Verdict verdict = expected.low > 0.8    ? Verdict::kConfirmed
                            : expected.high < 0.8 ? Verdict::kRefuted
                                                  : Verdict::kInconclusive;
    EXPECT_EQ(result.tests[0].verdict, verdict) << reversed;
    EXPECT_EQ(result.verdict(), verdict) << reversed;
    ++seen[static_cast<std::size_t>(verdict)];
  }
  for (const std::int64_t n : seen) EXPECT_GT(n, 0);
}

TEST(ClaimCircuits, NetworksWithoutMemorisationRankHighest) {
  CircuitsMeasurement m = made_up_circuits(kLittleRemains, kGrows, {0, 0, 0, 0, 0});
  for (CircuitsFork& fork : m.forks) {
    if (fork.rows == 100 * kForks) fork.memorised_logit = -0.1;  // the ratio is negative, the angle largest
  }
  const Judgement result = judge_stored(m);
  EXPECT_EQ(result.tests[0].effect.value, 1);
  EXPECT_EQ(result.tests[0].verdict, Verdict::kConfirmed);
  ASSERT_EQ(result.notes.size(), 2u);
  EXPECT_NE(result.notes[1].find("In 5 networks"), std::string::npos);
  EXPECT_NE(result.ours.find("ratio from 0.1 to 1.1 "), std::string::npos) << result.ours;
}

// Catches: the paper's projection drawn before rho, or under a name that does not say whose it is.
TEST(ClaimCircuits, RhoIsDrawnFirstAndThePapersProjectionByItsName) {
  const auto charts = figures(made_up_circuits(kLittleRemains, kGrows, kNearlyMonotone));
  ASSERT_EQ(charts.size(), 6u);
  EXPECT_EQ(charts[0].id, "circuits-ratio");
  EXPECT_EQ(charts[1].id, "circuits-rho");
  const auto data = [&](std::size_t i) { return charts[i].spec["data"]["values"].get<std::string>(); };
  for (const std::size_t i : {0, 1}) EXPECT_NE(data(i).find(kMeanRho), std::string::npos) << "with intervals";
  for (std::size_t i = 0; i < charts.size(); ++i) {
    const bool is_papers = data(i).find("C_gen") != std::string::npos || data(i).find("C_mem") != std::string::npos;
    EXPECT_EQ(is_papers, i >= 3) << charts[i].id;
    EXPECT_EQ(charts[i].title.find("The paper's projection") == 0, i >= 3) << charts[i].title;
  }
}

TEST(ClaimCircuits, WithoutRunsNothingIsDecided) {
  const CircuitsMeasurement none = made_up_circuits({}, {}, {});
  expect_undecided_without_runs(judge_stored(none));
  EXPECT_EQ(figures(none).size(), 6u);
  CircuitsMeasurement no_symmetry = made_up_circuits({0.1}, {0.5}, {0});
  no_symmetry.scratch[0].checkpoints.clear();
  EXPECT_EQ(judge_stored(no_symmetry).tests[1].effect.n, 0);
}

}  // namespace
}  // namespace groklab::studies::varma2023
