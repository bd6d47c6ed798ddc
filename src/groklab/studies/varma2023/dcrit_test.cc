// Claim dcrit on made-up measurements.
#include "groklab/studies/varma2023/dcrit.h"

#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::varma2023 {
namespace {

constexpr double kMemorisedExponent = 0.3;
const std::vector<std::int64_t> kRows = {40, 60, 90, 135, 200, 300, 450};

/// D_crit of a condition that C_mem and C_gen predict, by equal margin and by equal objective, and that forks show.
struct MadeUpDcrit {
  double predicted = 150, by_objective = 150, observed = 150;
};

/// Every seed has other norms and another transition; their means over seeds are as given.
DcritConditionMeasurement made_up_condition(const DcritCondition& c, const MadeUpDcrit& d) {
  DcritConditionMeasurement measured;
  for (std::size_t i = 0; i < kDeviations.size(); ++i) {
    const std::int64_t seed = c.seeds.first + static_cast<std::int64_t>(i);
    const double own = std::exp(0.1 * kDeviations[i]);
    const auto power = [](double rows, double at) { return 10 * std::pow(rows / at, kMemorisedExponent); };
    for (const std::int64_t rows : {50, 100, 200, 400}) {
      EfficiencyPoint p =
          made_up_point(seed, rows, c.weight_decay, power(static_cast<double>(rows), d.predicted * own));
      p.objective = power(static_cast<double>(rows), d.by_objective * own);
      measured.points.memorised.push_back(p);
    }
    for (const std::int64_t rows : {c.network.rows, kRows.back()}) {
      EfficiencyPoint p = made_up_point(seed, rows, c.weight_decay, 10);
      p.objective = 10;
      measured.points.general.push_back(p);
    }
    for (const std::int64_t rows : kRows) {
      measured.forks.push_back({seed, rows, accuracy_across(rows, d.observed * own, 6, c.network.classes)});
    }
  }
  return measured;
}

/// Five conditions.
DcritMeasurement made_up_dcrit(const std::vector<MadeUpDcrit>& conditions) {
  DcritMeasurement m;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    m.sizes.conditions.push_back({made_up_network(), 1 + static_cast<double>(i), kSeeds});
    m.conditions.push_back(made_up_condition(m.sizes.conditions.back(), conditions[i]));
  }
  m.sizes.main = 1;
  m.sizes.rows = kRows;
  m.sizes.memorised_rows = {50, 100, 200, 400};
  return m;
}

std::vector<MadeUpDcrit> ratios(const std::vector<double>& log_ratios, double MadeUpDcrit::*numerator) {
  std::vector<MadeUpDcrit> conditions;
  for (const double log_ratio : log_ratios) {
    MadeUpDcrit d{120, 120, 120};
    d.*numerator = 120 * std::exp(log_ratio);
    conditions.push_back(d);
  }
  return conditions;
}

TEST(ClaimDcrit, PredictionAndObservationMustAgreeWithinTheFactor) {
  expect_equivalent(
      [](const auto& effects) { return judge_stored(made_up_dcrit(ratios(effects, &MadeUpDcrit::predicted))); }, 0,
      kRightWithin, 0.15);
}

TEST(ClaimDcrit, TheObjectiveIsShownBeside) {
  const Judgement off = judge_stored(made_up_dcrit(ratios(effects_about(0.9, 0.05), &MadeUpDcrit::by_objective)));
  EXPECT_EQ(off.tests[1].verdict, Verdict::kRefuted);
  EXPECT_NEAR(off.tests[1].effect.value, 0.9, 0.01);
  EXPECT_FALSE(off.tests[1].counts);
  EXPECT_NE(off.tests[0].verdict, Verdict::kRefuted);
  EXPECT_NEAR(off.tests[0].effect.value, 0, 0.01);
}

TEST(ClaimDcrit, TellsTheMainConditionAndEveryOther) {
  std::vector<MadeUpDcrit> conditions(5);
  conditions[1] = {180, 120, 90};
  const Judgement result = judge_stored(made_up_dcrit(conditions));
  EXPECT_NEAR(result.data["predicted"].get<double>(), 180, 0.5);
  EXPECT_NEAR(result.data["observed"].get<double>(), 90, 0.5);
  EXPECT_EQ(result.data["conditions"].size(), 5u);
  EXPECT_NEAR(result.data["conditions"][0]["predicted_by_objective"].get<double>(), 150, 0.5);
  EXPECT_EQ(result.data["conditions"][2]["n_seeds"], 5);
  const double half = half_width(0.1, 0.95);
  EXPECT_NEAR(result.data["predicted_ci"][0].get<double>(), 180 * std::exp(-half), 1);
}

TEST(ClaimDcrit, OnlyFittedAndFilteredNetworksPredict) {
  const DcritMeasurement clean = made_up_dcrit(std::vector<MadeUpDcrit>(5));
  const double before = judge_stored(clean).data["predicted"].get<double>();
  const auto with = [&](auto change) {
    DcritMeasurement m = clean;
    change(m.conditions[1].points);
    return judge_stored(m).data["predicted"].get<double>();
  };
  const auto add_general = [](CircuitPoints& points, double fraction) {
    points.general.push_back(made_up_point(kSeeds.first, 10201, 2, 13));
    points.general.back().invariant_fraction = fraction;
  };
  EXPECT_EQ(with([&](CircuitPoints& points) { add_general(points, 0.9); }), before);
  EXPECT_GT(with([&](CircuitPoints& points) { add_general(points, 0.91); }), before + 1);
  EXPECT_EQ(with([](CircuitPoints& points) {
              for (EfficiencyPoint& p : points.general) p.norm_at_margin = p.seed == kSeeds.first ? 12 : 10;
              for (EfficiencyPoint& p : points.general) p.test_accuracy = p.seed == kSeeds.first ? 0.98 : 1;
            }),
            before)
      << "a seed without a network that generalises takes the mean of the others";
}

TEST(ClaimDcrit, SeedsOutsideTheSizesAreCensored) {
  DcritMeasurement m = made_up_dcrit(std::vector<MadeUpDcrit>(5));
  for (ForkAccuracy& fork : m.conditions[0].forks) {
    if (fork.seed == kSeeds.first) fork.test_accuracy = 1;
    if (fork.seed == kSeeds.first + 1) fork.test_accuracy = 0.01;
  }
  const Judgement result = judge_stored(m);
  EXPECT_EQ(result.n_censored, 2);
  EXPECT_EQ(result.data["conditions"][0]["n_censored"], 2);
}

TEST(ClaimDcrit, WithoutRunsNothingIsDecided) {
  DcritMeasurement none = made_up_dcrit(std::vector<MadeUpDcrit>(2));
  for (DcritConditionMeasurement& c : none.conditions) c = {};
  expect_undecided_without_runs(judge_stored(none));
  EXPECT_EQ(figures(none).size(), 2u);
}

TEST(ClaimDcrit, MeasurementsThatDoNotFitTheirSizesAreRefused) {
  DcritMeasurement m = made_up_dcrit(std::vector<MadeUpDcrit>(2));
  const auto refused = [](const DcritMeasurement& of) {
    EXPECT_THROW(plain_from_json<DcritMeasurement>(plain_to_json(of), "dcrit"), Error);
  };
  m.sizes.main = 2;
  refused(m);
  m.sizes.main = 0;
  m.conditions.pop_back();
  refused(m);
}

}  // namespace
}  // namespace groklab::studies::varma2023
