// The claims about the capacity race on made-up runs: confirmed, refuted and
// undecided.
#include "groklab/studies/song2026/claims.h"

#include <cmath>

#include "groklab/config/change.h"
#include "groklab/run/network_run.h"
#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::song2026 {
namespace {

/// Speeds are powers of P: T_gen and T_fit follow the task, T_mem the labels.
/// Of each seed: ln of the crossing and of the onset, as fractions of a
/// condition's own size, and how far the onset follows the crossing.
struct Made {
  std::vector<double> ratio = varma2023::effects_about(0, 0.05);
  std::vector<double> follows = varma2023::effects_about(1, 0.05);
  double steepness = 1;  ///< T_mem goes as P^-steepness, T_gen does not change
};

/// Conditions of the quick scale; in condition c the crossing lies in the
/// middle of its widths on a logarithmic axis.
RaceMeasurement made_up(const Made& made) {
  RaceMeasurement m;
  m.sizes = race_sizes({"quick", 0});
  m.sizes.seeds = varma2023::kSeeds;
  m.sizes.steps = m.sizes.random_steps = 1000000000;
  constexpr double kGen = 1e6;
  for (std::size_t c = 0; c < m.sizes.conditions.size(); ++c) {
    for (std::size_t seed = 0; seed < 5; ++seed) {
      const double crossing = 8 + 0.3 * static_cast<double>(c) - 0.6;  // ln P; the mean over conditions is 8
      const double onset = 8 + made.ratio[seed] + made.follows[seed] * (crossing - 8);
      for (int i = -20; i <= 20; ++i) {  // a fine grid, so that what is read off is what was put in
        const double at = 8 + 0.1 * i;
        RacePoint p{m.sizes.seeds.first + static_cast<std::int64_t>(seed),
                    m.sizes.conditions[c].name,
                    i + 100,
                    std::llround(std::exp(at)),
                    {},
                    {},
                    {}};
        p.generalised = std::llround(kGen);
        p.memorised = std::llround(kGen * std::exp(-made.steepness * (at - crossing)));
        p.fitted = std::llround(kGen / kDelay * std::exp(-made.steepness * (at - onset)));
        m.points.push_back(p);
      }
    }
  }
  return m;
}

Judgement judge_text(Judgement (*judge)(const RaceMeasurement&), const RaceMeasurement& m) {
  const Json json = Json::parse(plain_to_json(m).dump());
  return judge(plain_from_json<RaceMeasurement>(json, "stored"));
}

TEST(Song, CrossingAndOnsetLieBetweenTwoNetworks) {
  RaceMeasurement m;
  m.sizes.steps = m.sizes.random_steps = 5000;
  const auto add = [&](std::int64_t parameters, std::optional<std::int64_t> mem, std::optional<std::int64_t> fit,
                       std::optional<std::int64_t> gen) {
    m.points.push_back({1, "c", parameters, parameters, mem, fit, gen});
  };
  add(1000, {}, {},
      4000);                  // memorises never: the budget stands for T_mem; a delay of 1
  add(4000, 500, 900, 2000);  // T_mem / T_gen is 1/4, T_gen / T_fit 20/9
  EXPECT_NEAR(log_crossing(m, 1, "c"), std::log(1000) + std::log(4) * std::log(1.25) / std::log(5), 1e-12);
  EXPECT_NEAR(log_onset(m, 1, "c"), std::log(1000) + std::log(4) * std::log(2) / std::log(20.0 / 9), 1e-12);
  EXPECT_TRUE(std::isnan(log_crossing(m, 2, "c")));
  m.points[0].generalised = 6000;  // later than the budget of T_mem: which is first is not known
  EXPECT_TRUE(std::isnan(log_crossing(m, 1, "c")));
  m.points[0].generalised = {};
  EXPECT_TRUE(std::isnan(log_onset(m, 1, "c")));
  m.points[0] = {1, "c", 1000, 1000, 3000, 500, 2000};  // delays at all sizes
  EXPECT_TRUE(std::isnan(log_onset(m, 1, "c")));
}

TEST(Song, TheOnsetMustLieCloseToTheCrossing) {
  EXPECT_EQ(judge_text(judge_race, made_up({})).verdict(), Verdict::kConfirmed);
  const auto ratio = [](const auto& effects) { return judge_text(judge_race, made_up({.ratio = effects})); };
  const auto follows = [](const auto& effects) { return judge_text(judge_race, made_up({.follows = effects})); };
  EXPECT_EQ(ratio(varma2023::effects_about(0.6, 0.05)).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(ratio(varma2023::effects_about(0.69, 0.05)).verdict(), Verdict::kInconclusive);
  EXPECT_EQ(ratio(varma2023::effects_about(-0.9, 0.05)).tests[0].verdict, Verdict::kRefuted);
  EXPECT_EQ(ratio(varma2023::effects_about(-0.9, 0.05)).verdict(), Verdict::kRefuted);
  EXPECT_EQ(follows(varma2023::effects_about(0.5, 0.05)).verdict(), Verdict::kInconclusive);
  EXPECT_EQ(follows(varma2023::effects_about(0, 0.05)).tests[1].verdict, Verdict::kRefuted);
  EXPECT_EQ(follows(varma2023::effects_about(0, 0.05)).tests[2].verdict, Verdict::kRefuted) << "a constant is better";
  EXPECT_EQ(judge_text(judge_race, made_up({})).tests[2].verdict, Verdict::kConfirmed);
}

TEST(Song, OnlyFastMemorisersMayHaveADelay) {
  EXPECT_EQ(judge_text(judge_sides, made_up({})).verdict(), Verdict::kConfirmed);
  RaceMeasurement always = made_up({});
  for (RacePoint& p : always.points) p.fitted = *p.generalised / 4;
  EXPECT_EQ(judge_text(judge_sides, always).tests[0].verdict, Verdict::kRefuted);
  for (RacePoint& p : always.points) p.fitted = p.generalised;
  EXPECT_EQ(judge_text(judge_sides, always).tests[1].verdict, Verdict::kRefuted);
}

TEST(Song, LargerNetworksMustMemoriseFaster) {
  EXPECT_EQ(judge_text(judge_speeds, made_up({})).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(judge_text(judge_speeds, made_up({.steepness = -1})).tests[0].effect.value > 0.9, true);
  EXPECT_NEAR(judge_text(judge_speeds, made_up({.steepness = 0.5})).tests[0].effect.value, -0.5, 1e-3);
  RaceMeasurement both = made_up({});
  for (RacePoint& p : both.points) p.generalised = p.memorised;
  EXPECT_EQ(judge_text(judge_speeds, both).tests[1].effect.value, 0);
  EXPECT_NE(judge_text(judge_speeds, both).verdict(), Verdict::kConfirmed);
}

TEST(Song, NothingIsDecidedWithoutRuns) {
  for (const Claim& claim : {claim_race(), claim_sides(), claim_speeds(), claim_one_hot()}) {
    SweepPlan plan;
    const Claim::Measure measure = claim.plan(plan, claim.sizes({"quick", 0}));
    const Json nothing = measure(RunResults(plan.runs.size()));
    varma2023::expect_undecided_without_runs(claim.judge(nothing));
    claim.figures(nothing);
  }
}

TEST(Song, RunsAreThePublishedOnes) {
  for (const char* scale : {"quick", "standard"}) {
    SweepPlan plan;
    const Claim::Measure race = claim_race().plan(plan, claim_race().sizes({scale, 1}));
    const std::size_t runs = plan.runs.size();
    const Claim::Measure sides = claim_sides().plan(plan, claim_sides().sizes({scale, 1}));
    EXPECT_EQ(plan.runs.size(), runs) << "all claims are asked of the same runs";
    for (const PlannedRun& run : plan.runs) {
      EXPECT_EQ(run.config.task.operation, "divide");
      EXPECT_EQ(run.config.optim.weight_decay, 1);
      EXPECT_EQ(run.config.optim.learning_rate, 1e-3);
      EXPECT_EQ(run.config.train.stop_test_accuracy > 0, run.config.task.labels == LabelKind::kTrue);
    }
  }
  SweepPlan plan;
  claim_race().plan(plan, claim_race().sizes({"standard", 1}));
  const Config& config = plan.runs[0].config;
  EXPECT_EQ(config.model.architecture, "transformer");
  EXPECT_EQ(config.model.n_layers, 2);
  EXPECT_EQ(config.split.train_size, 97 * 96 / 2);
  EXPECT_EQ(config.optim.batch_size, 512);
}

// Of each seed and condition the narrowest network does not generalise, the next takes `times` T_mem, a wide one 9
// times.
TEST(Song, TheNarrowestNetworkThatGeneralisesIsCompared) {
  const auto judged = [](double times, double spread) {
    RaceMeasurement m;
    m.sizes = one_hot_sizes({"quick", 0});
    m.sizes.seeds = varma2023::kSeeds;
    const std::vector<double> own = varma2023::effects_about(0, spread);
    for (std::size_t seed = 0; seed < 5; ++seed) {
      const std::int64_t mem = 1000, gen = std::llround(1000 * times * std::exp(own[seed]));
      for (const RaceCondition& c : m.sizes.conditions) {
        const std::int64_t id = m.sizes.seeds.first + static_cast<std::int64_t>(seed);
        m.points.push_back({id, c.name, 64, 9000, mem / 2, mem / 2, 9 * mem / 2});
        m.points.push_back({id, c.name, 32, 5000, mem, mem, gen});
        m.points.push_back({id, c.name, 16, 2000, 3 * mem, mem, {}});
      }
    }
    return judge_text(judge_one_hot, m);
  };
  EXPECT_EQ(judged(1.5, 0.05).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(judged(3, 0.05).verdict(), Verdict::kRefuted);
  EXPECT_EQ(judged(2, 0.2).verdict(), Verdict::kInconclusive);
  EXPECT_NEAR(judged(3, 0).tests[0].effect.value, std::log(3), 1e-3);
  EXPECT_NEAR(judged(3, 0).tests[1].effect.value, std::log(3), 1e-3);
  EXPECT_EQ(judged(3, 0).tests[2].verdict, Verdict::kConfirmed);
}

// Catches: widths that a network without an embedding does not have, so that all its networks are one.
TEST(Song, NetworksThatEmbedNothingAreOfTheirWidths) {
  const RaceSizes sizes = one_hot_sizes({"quick", 1});
  SweepPlan plan;
  claim_one_hot().plan(plan, plain_to_json(sizes));
  std::size_t widths = 0;
  for (const RaceCondition& c : sizes.conditions) widths += c.widths.size();
  EXPECT_EQ(plan.runs.size(), 2 * widths) << "one on the task and one on random labels";
  EXPECT_EQ(plan.runs[0].config.model.architecture, "one_hot_mlp");
  EXPECT_EQ(plan.runs[0].config.model.d_mlp, 4 * sizes.conditions[0].widths[0]);
}

}  // namespace
}  // namespace groklab::studies::song2026
