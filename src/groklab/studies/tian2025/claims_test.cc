// The claims about thresholds on made-up transitions: confirmed, refuted and undecided.
#include "groklab/studies/tian2025/claims.h"

#include <cmath>
#include <functional>

#include "groklab/studies/tian2025/published.h"
#include "groklab/studies/timed_made_up_for_test.h"

namespace groklab::studies::tian2025 {
namespace {

using varma2023::effects_about;
using varma2023::expect_equivalent;

/// Five seeds whose accuracies turn at `threshold` rows, so steeply that onset and threshold are near.
ThresholdMeasurement made_up(const std::function<double(std::size_t seed, double modulus)>& threshold,
                             double steepness = 12) {
  ThresholdSizes sizes = threshold_sizes({"quick", 0});
  sizes.seeds = varma2023::kSeeds;
  ThresholdMeasurement m{sizes, {}};
  for (std::size_t i = 0; i < static_cast<std::size_t>(sizes.seeds.count); ++i) {
    for (const std::int64_t modulus : sizes.moduli) {
      for (const double multiple : sizes.multiples) {
        const std::int64_t rows = rows_of_multiple(modulus, multiple);
        m.runs.push_back(
            {sizes.seeds.first + static_cast<std::int64_t>(i), modulus, rows, 1,
             varma2023::accuracy_across(rows, threshold(i, static_cast<double>(modulus)), steepness, modulus)});
      }
    }
  }
  return m;
}

double log_classes(double modulus) { return law_value(SampleLaw::kLogClasses, modulus); }

Judgement judge_text(Judgement (*judge)(const ThresholdMeasurement&), const ThresholdMeasurement& m) {
  const Json json = Json::parse(plain_to_json(m).dump());
  return judge(plain_from_json<ThresholdMeasurement>(json, "stored"));
}

/// Thresholds of 3.2 M ln M times (M / 40)^exponent.
Judgement shape_of(const std::vector<double>& powers) {
  return judge_text(judge_shape, made_up([&](std::size_t seed, double modulus) {
                      return 3.2 * log_classes(modulus) * std::pow(modulus / 40, powers[seed]);
                    }));
}

TEST(Tian, ThresholdsAreFoundWhereAccuracyTurns) {
  const ThresholdMeasurement m = made_up([](std::size_t, double modulus) { return 3.1 * log_classes(modulus); }, 8);
  EXPECT_NEAR(threshold_of(m, 7, 43), 3.1 * log_classes(43), 1e-2);
  // floor + (1 - floor) / (1 + (t / D)^8) = 0.1 at D = t (1 / f - 1)^(-1/8), f = (0.1 - floor) / (1 - floor)
  const double f = (0.1 - 1.0 / 43) / (1 - 1.0 / 43);
  EXPECT_NEAR(onset_of(m, 7, 43) / (3.1 * log_classes(43) * std::pow(1 / f - 1, -1.0 / 8)), 1, 0.02);
  EXPECT_TRUE(std::isnan(threshold_of(m, 7, 47)));
  EXPECT_TRUE(std::isnan(onset_of(m, 7, 47)));
}

TEST(Tian, ShapeAsksForTheExponent) {
  for (const std::size_t test : {0u, 2u}) {
    const double margin = test == 0 ? kShapeMargin : kFineMargin;
    for (const double side : {-1.0, 1.0}) {
      EXPECT_EQ(shape_of(effects_about(side * 0.6 * margin, 0.01)).tests[test].verdict, Verdict::kConfirmed);
    }
  }
  EXPECT_EQ(shape_of(effects_about(-0.2, 0.01)).tests[2].verdict, Verdict::kRefuted);
  EXPECT_EQ(shape_of(effects_about(0.2, 0.01)).tests[2].verdict, Verdict::kRefuted);
}

/// Of accuracies that lie on the curve the exponent comes back.
TEST(Tian, TheExponentComesBack) { EXPECT_NEAR(shape_of(effects_about(0.1, 0.05)).tests[0].effect.value, 0.1, 5e-4); }

TEST(Tian, LawsAreScoredOutOfSample) {
  const auto follows = [](SampleLaw law, double at) {
    return made_up([=](std::size_t, double modulus) {
      return at * law_value(law, modulus) / law_value(law, 40) * log_classes(40);
    });
  };
  const ThresholdMeasurement own = follows(SampleLaw::kLogClasses, 3.2), classes = follows(SampleLaw::kClasses, 3.2);
  EXPECT_NEAR(law_error(own, 7, SampleLaw::kLogClasses), 0, 1e-4);
  // ln of the table over M ln M, modulus by modulus, against the mean of the other four
  std::vector<double> logs;
  double sum = 0, expected = 0;
  for (const double modulus : {23, 31, 43, 59, 71}) {
    logs.push_back(std::log(std::log(modulus) / modulus));
    sum += logs.back();
  }
  for (const double log : logs) expected += std::abs(log - (sum - log) / 4) / 5;
  EXPECT_NEAR(law_error(own, 7, SampleLaw::kTable), expected, 1e-3);
  EXPECT_EQ(judge_text(judge_shape, own).tests[1].verdict, Verdict::kConfirmed);
  EXPECT_EQ(judge_text(judge_shape, own).tests[3].verdict, Verdict::kConfirmed);
  EXPECT_EQ(judge_text(judge_shape, classes).tests[3].verdict, Verdict::kRefuted);
}

TEST(Tian, AFixedFractionRefutesTheShape) {
  // of 23 to 71 only 31 to 59 turn inside the sizes; a table that holds all of them is made for this test
  ThresholdMeasurement m = made_up([](std::size_t, double modulus) { return 0.3 * modulus * modulus; });
  EXPECT_EQ(judge_text(judge_shape, m).tests[0].verdict, Verdict::kInconclusive) << "a threshold is not known";
  for (const std::int64_t modulus : m.sizes.moduli) {
    for (std::size_t i = 0, k = 0; i < m.runs.size(); ++i) {
      ThresholdRun& run = m.runs[i];
      if (run.modulus != modulus) continue;
      run.rows = std::llround((0.15 + 0.1 * static_cast<double>(k++ % 5)) * static_cast<double>(modulus * modulus));
      run.test_accuracy =
          varma2023::accuracy_across(run.rows, 0.3 * static_cast<double>(modulus * modulus), 12, modulus);
    }
  }
  const Judgement result = judge_text(judge_shape, m);
  EXPECT_EQ(result.tests[0].verdict, Verdict::kRefuted);
  EXPECT_EQ(result.tests[1].verdict, Verdict::kRefuted);
  EXPECT_EQ(result.verdict(), Verdict::kRefuted);
}

TEST(Tian, ConstantIsComparedWithThePublishedOne) {
  expect_equivalent(
      [](const std::vector<double>& effects) {
        // Thresholds about the published one lie outside the sizes of quick: five sizes about each of them.
        ThresholdMeasurement m = made_up([](std::size_t, double modulus) { return log_classes(modulus); });
        for (std::size_t i = 0; i < m.runs.size(); ++i) {
          ThresholdRun& run = m.runs[i];
          const double at = kConstant.value * std::exp(effects[static_cast<std::size_t>(run.seed - 7)]) *
                            log_classes(static_cast<double>(run.modulus));
          run.rows = std::llround(at * std::pow(2, (static_cast<double>(i % 5) - 2) / 4));
          run.test_accuracy = varma2023::accuracy_across(run.rows, at, 12, run.modulus);
        }
        return judge_text(judge_constant, m);
      },
      0, std::log(kDefinition), 0.05);
}

TEST(Tian, AThresholdOutsideTheSizesTakesItsSeedAway) {
  const ThresholdMeasurement m = made_up(
      [](std::size_t seed, double modulus) { return (seed == 2 && modulus == 43 ? 9 : 3.2) * log_classes(modulus); });
  const Judgement result = judge_text(judge_constant, m);
  EXPECT_EQ(result.tests[0].effect.n, 4);
  EXPECT_EQ(result.n_censored, 1);
}

TEST(Tian, SizesMustAscend) {
  ThresholdSizes sizes = threshold_sizes({"quick", 0});
  EXPECT_EQ(complaint(sizes), "");
  sizes.multiples = {3, 2};
  EXPECT_NE(complaint(sizes), "");
  sizes.multiples = {3};
  EXPECT_NE(complaint(sizes), "");
}

TEST(Tian, NothingIsDecidedWithoutRuns) {
  expect_nothing_without_runs(claim_shape());
  expect_nothing_without_runs(claim_constant());
}

}  // namespace
}  // namespace groklab::studies::tian2025
