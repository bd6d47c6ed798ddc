// Pressures on made-up networks: circuits whose costs cross, and forks that turn, where they are told to.
#include "groklab/studies/beyond-decay/claims.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "groklab/studies/beyond-decay/images.h"
#include "groklab/studies/beyond-decay/unpressed_costs.h"
#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::beyond_decay {
namespace {

using varma2023::kDeviations;

/// Of one pressure: where its forks turn, and where each norm says so. Forks end at `floor` below.
struct MadeUpPressure {
  double observed = 150, by_l2 = 150, by_l1 = 150, by_nuclear = 150, by_largest = 150;
  double floor = 0;
};

UnderPressure under(const PressureSizes& s, const Pressure& p, const MadeUpPressure& d) {
  UnderPressure u;
  for (const std::int64_t seed : s.seeds.all()) {
    const double own = std::exp(0.02 * kDeviations[static_cast<std::size_t>(seed - s.seeds.first)]);
    for (const std::int64_t rows : p.rows) {
      const double share = varma2023::accuracy_across(rows, d.observed * own, 8, 1000000000);
      u.general.push_back({seed, rows, 1, d.floor + (1 - d.floor) * share, 1e-3, share, true});
      if (p.objective) u.memorising.push_back({seed, rows, 1, 0.01, 1e-3, 0.01, true});
    }
    if (!p.costs) continue;
    for (const std::int64_t rows : s.memorised_rows) {
      const auto cost = [&](double at) { return 20 * std::pow(static_cast<double>(rows) / (at * own), 0.3); };
      u.random.push_back(
          {seed, rows, 1, 0, 12, cost(d.by_l2), cost(d.by_l1), cost(d.by_nuclear), cost(d.by_largest), true});
    }
    u.settled.push_back({seed, s.parent_rows, 1, 1, 12, 20, 20, 20, 20, true});
  }
  return u;
}

PressureMeasurement made_up(const PressureSizes& sizes, const std::function<MadeUpPressure(const Pressure&)>& of) {
  PressureMeasurement m{sizes, {}};
  m.sizes.seeds = varma2023::kSeeds;
  for (const Pressure& p : sizes.pressures) m.pressures.push_back(under(m.sizes, p, of(p)));
  return m;
}

PressureSizes standard() { return pressure_sizes({"standard", 0}); }

Judgement judged(Judgement (*judge)(const PressureMeasurement&), const PressureMeasurement& m) {
  return judge(plain_from_json<PressureMeasurement>(Json::parse(plain_to_json(m).dump()), "stored"));
}

const Test& test_of(const Judgement& judgement, const std::string& start) {
  for (const Test& test : judgement.tests) {
    if (test.what.starts_with(start)) return test;
  }
  ADD_FAILURE() << "no test " << start;
  return judgement.tests.front();
}

TEST(BeyondDecay, PressuresUngrokAndTheirAbsenceDoesNot) {
  const PressureMeasurement m = made_up(standard(), [](const Pressure& p) {
    return MadeUpPressure{.observed = 150, .floor = p.presses == kNoNorm ? 0.8 : 0};
  });
  EXPECT_EQ(judged(judge_pressed, m).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(judged(judge_unpressed, m).verdict(), Verdict::kConfirmed);
}

TEST(BeyondDecay, OnePressureThatKeepsItsTestRowsRefutesAndOneThatLosesThemToo) {
  const PressureMeasurement m = made_up(standard(), [](const Pressure& p) {
    return MadeUpPressure{.floor =
                              p.name == "capped norm" || (p.presses == kNoNorm && p.name != "StableMax") ? 0.8 : 0};
  });
  EXPECT_EQ(judged(judge_pressed, m).verdict(), Verdict::kRefuted);
  EXPECT_EQ(judged(judge_unpressed, m).verdict(), Verdict::kRefuted);
  EXPECT_EQ(test_of(judged(judge_unpressed, m), "nothing").verdict, Verdict::kConfirmed);
}

TEST(BeyondDecay, WrongLabelsStandBeside) {
  const PressureMeasurement m = made_up(
      standard(), [](const Pressure& p) { return MadeUpPressure{.floor = p.presses == kNoNorm && p.costs ? 0.8 : 0}; });
  EXPECT_EQ(test_of(judged(judge_unpressed, m), "wrong labels").verdict, Verdict::kRefuted);
  EXPECT_EQ(judged(judge_unpressed, m).verdict(), Verdict::kConfirmed);
}

TEST(BeyondDecay, TheNormThatIsPressedOnIsConfirmedWhereItAlonePredicts) {
  const PressureMeasurement m = made_up(standard(), [](const Pressure& p) {
    MadeUpPressure d{150, 80, 80, 80};
    (p.presses == kSumNorm ? d.by_l1 : p.presses == kNuclearNorm ? d.by_nuclear : d.by_l2) = 155;
    return d;
  });
  const Judgement result = judged(judge_norms, m);
  EXPECT_EQ(result.verdict(), Verdict::kConfirmed) << result.ours;
  EXPECT_NEAR(result.tests[0].effect.value, std::log(155.0 / 150), 0.02);
  EXPECT_NEAR(result.tests[1].effect.value, std::log(155.0 / 150) - std::log(150.0 / 80), 0.02);
}

TEST(BeyondDecay, TheEuclideanNormPredictsEverywhereRefutes) {
  const PressureMeasurement m = made_up(standard(), [](const Pressure&) { return MadeUpPressure{150, 152, 90, 90}; });
  const Judgement result = judged(judge_norms, m);
  EXPECT_EQ(result.verdict(), Verdict::kRefuted);
  EXPECT_EQ(test_of(result, "|ln(predicted / observed)| by the Euclidean norm").verdict, Verdict::kConfirmed);
}

TEST(BeyondDecay, PredictionsFarOffAreRefuted) {
  const PressureMeasurement m = made_up(standard(), [](const Pressure&) { return MadeUpPressure{150, 80, 80, 80}; });
  EXPECT_EQ(judged(judge_norms, m).tests[0].verdict, Verdict::kRefuted);
}

// Catches: a crossing beyond all sizes that is dropped, or taken for the last size.
TEST(BeyondDecay, ACostBeyondTheSizesIsABound) {
  PressureMeasurement m = made_up(standard(), [](const Pressure&) { return MadeUpPressure{150, 20, 150, 150}; });
  const std::int64_t seed = m.sizes.seeds.first;
  const CensoredValue cost = size_of_equal_cost(m, 0, seed, &CircuitCost::l2);
  EXPECT_FALSE(cost.is_exact());
  EXPECT_NEAR(cost.high, std::log(80 / 1.5), 1e-9);
  EXPECT_NEAR(least_distance(cost, exact_value(0, std::log(150))), std::log(150 * 1.5 / 80), 1e-9);
  EXPECT_TRUE(std::isnan(least_distance(cost, exact_value(0, std::log(40))))) << "it may lie there";
}

TEST(BeyondDecay, NetworksThatDoNotGeneraliseHaveNoCost) {
  PressureMeasurement m = made_up(standard(), [](const Pressure&) { return MadeUpPressure{}; });
  const std::int64_t seed = m.sizes.seeds.first;
  EXPECT_NEAR(size_of_equal_cost(m, 0, seed, &CircuitCost::l2).exact_or_nan(), std::log(150), 0.05);
  m.pressures[0].settled[0].test_accuracy = 0.98;
  EXPECT_TRUE(std::isnan(size_of_equal_cost(m, 0, seed, &CircuitCost::l2).exact_or_nan()));
  m.pressures[0].settled[0].test_accuracy = 1;
  for (CircuitCost& c : m.pressures[0].random) c.at_rest = false;
  EXPECT_TRUE(std::isnan(size_of_equal_cost(m, 0, seed, &CircuitCost::l2).exact_or_nan()));
}

TEST(BeyondDecay, RestlessForksAreLeftOut) {
  PressureMeasurement m = made_up(standard(), [](const Pressure&) { return MadeUpPressure{}; });
  for (varma2023::RestingState& s : m.pressures[0].general) s.stationary = false;
  const Judgement result = judged(judge_pressed, m);
  EXPECT_EQ(test_of(result, "AdamW").verdict, Verdict::kInconclusive);
  EXPECT_NE(result.notes.front().find("did not come to rest"), std::string::npos);
}

TEST(BeyondDecay, CostsWithoutAPressureAreJudgedByTheEuclideanNorm) {
  const PressureSizes sizes = unpressed_cost_sizes({"quick", 0});
  const auto at = [&](double by_l2, double by_largest, double of_those_that_stay) {
    return judged(judge_unpressed_costs, made_up(sizes, [=](const Pressure& p) {
                    MadeUpPressure d{110, by_l2, 40, 40, by_largest};
                    if (!p.counts) d = {110, of_those_that_stay, 110, 110, 110, 0.8};
                    return d;
                  }));
  };
  const Judgement agrees = at(115, 40, 100), elsewhere = at(60, 112, 30);
  EXPECT_EQ(agrees.verdict(), Verdict::kConfirmed) << agrees.ours;
  EXPECT_EQ(elsewhere.verdict(), Verdict::kRefuted);
  EXPECT_EQ(test_of(elsewhere, "StableMax: |ln(predicted / observed D_crit)| by the largest weight").verdict,
            Verdict::kConfirmed);
  EXPECT_EQ(test_of(agrees, "nothing: ln(size of equal").verdict, Verdict::kConfirmed);
  EXPECT_EQ(test_of(agrees, "orthogonal gradients: test accuracy").verdict, Verdict::kConfirmed);
  EXPECT_EQ(test_of(elsewhere, "nothing: ln(size of equal").verdict, Verdict::kRefuted) << "nothing would turn there";
}

// Catches: costs under StableMax asked at a margin of 10, which its networks cannot be scaled to.
TEST(BeyondDecay, CostsAreAskedOfTheWaysToTrainWithoutAPressureAlone) {
  for (const Pressure& p : unpressed_cost_sizes({"quick", 0}).pressures) {
    EXPECT_EQ(p.presses, kNoNorm);
    EXPECT_TRUE(p.costs) << p.name;
    EXPECT_EQ(p.margin, p.name == "StableMax" ? kStableMaxMargin : kReferenceMargin) << p.name;
  }
}

TEST(BeyondDecay, ImagesAreConfirmedWhereBothSizesAgree) {
  const PressureSizes sizes = image_sizes({"standard", 0});
  const auto at = [&](double observed, double by_l2, double floor) {
    return judged(judge_images, made_up(sizes, [=](const Pressure&) {
                    return MadeUpPressure{observed, by_l2, by_l2, by_l2, by_l2, floor};
                  }));
  };
  EXPECT_EQ(at(60, 62, 0.1).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(at(60, 140, 0.1).verdict(), Verdict::kRefuted) << "another size";
  EXPECT_EQ(at(60, 62, 0.7).verdict(), Verdict::kRefuted) << "little is lost";
}

TEST(BeyondDecay, NothingIsDecidedWithoutRuns) {
  for (const Claim& claim :
       {claim_pressed(), claim_unpressed(), claim_norms(), claim_unpressed_costs(), claim_images()}) {
    SweepPlan plan;
    const Claim::Measure measure = claim.plan(plan, claim.sizes({"quick", 0}));
    const Json nothing = measure(RunResults(plan.runs.size()));
    varma2023::expect_undecided_without_runs(claim.judge(nothing));
    EXPECT_FALSE(claim.figures(nothing).empty()) << claim.id;
  }
}

// Scale quick has no networks from scratch beside its forks: no test asks for their objectives.
TEST(BeyondDecay, EqualObjectivesAreAskedWhereBothKindsOfStatesAre) {
  const auto asks = [](const char* scale) {
    const Judgement judgement =
        judge_norms(made_up(pressure_sizes({scale, 0}), [](const Pressure&) { return MadeUpPressure{}; }));
    return std::any_of(judgement.tests.begin(), judgement.tests.end(),
                       [](const auto& test) { return test.what.find("equal objectives") != std::string::npos; });
  };
  EXPECT_TRUE(asks("standard"));
  EXPECT_FALSE(asks("quick"));
}

TEST(BeyondDecay, SizesOfEveryScaleFit) {
  for (const char* scale : {"smoke", "quick", "standard", "full"}) {
    EXPECT_EQ(complaint(pressure_sizes({scale, 0})), "") << scale;
    EXPECT_EQ(complaint(image_sizes({scale, 0})), "") << scale;
    EXPECT_EQ(complaint(unpressed_cost_sizes({scale, 0})), "") << scale;
  }
  PressureSizes s = standard();
  s.pressures[0].rows = {100, 90};
  EXPECT_NE(complaint(s), "");
}

}  // namespace
}  // namespace groklab::studies::beyond_decay
