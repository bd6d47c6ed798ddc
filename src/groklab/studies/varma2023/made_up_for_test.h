// Made-up measurements for the tests of claims: effects with a known mean and a known spread over seeds, placed just
// inside and just outside of each rule's bound.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "groklab/analysis/estimate.h"
#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/plain_json.h"
#include "groklab/studies/sizes.h"
#include "groklab/studies/training_curve.h"

namespace groklab::studies::varma2023 {

/// Of five seeds (or conditions) from their mean. They sum to zero.
inline constexpr std::array<double, 5> kDeviations = {-0.9, 0.3, 0.8, -0.5, 0.3};
inline constexpr SeedRange kSeeds = {7, 5};

inline TaskNetwork made_up_network(const char* name = "made up") {
  TaskNetwork network;
  network.name = name;
  network.task.modulus = 101;
  network.d_model = 8;
  network.rows = 10201;
  network.classes = 101;
  return network;
}

/// mean + spread * kDeviations.
inline std::vector<double> effects_about(double mean, double spread) {
  std::vector<double> effects;
  for (const double deviation : kDeviations) effects.push_back(mean + spread * deviation);
  return effects;
}

/// Half the width of Student's interval over five effects of that spread.
inline double half_width(double spread, double level) { return mean_estimate(effects_about(0, spread), level).high; }

/// Judges what came back from the measurement's JSON text, as it would be stored.
template <class Measurement>
Judgement judge_stored(const Measurement& measurement) {
  const Json json = Json::parse(plain_to_json(measurement).dump());
  const auto stored = plain_from_json<Measurement>(json, "stored");
  EXPECT_EQ(plain_to_json(stored).dump(), json.dump());
  return judge(stored);
}

/// The judgement if one test's effects over seeds are these and every other test is clearly confirmed.
using JudgeEffects = std::function<Judgement(const std::vector<double>& effects)>;

inline void expect_verdict(const JudgeEffects& judge, std::size_t test, double mean, double spread, Verdict expected,
                           const std::string& where) {
  const Judgement result = judge(effects_about(mean, spread));
  ASSERT_LT(test, result.tests.size());
  const Test& t = result.tests[test];
  EXPECT_EQ(t.verdict, expected) << where << ": " << t.what << ": " << t.effect.value << " (" << t.effect.low << " to "
                                 << t.effect.high << ")";
  EXPECT_NEAR(t.effect.value, mean, 0.01 * spread) << where << ": " << t.what;
  if (!t.counts) return;
  const auto n_counted =
      std::count_if(result.tests.begin(), result.tests.end(), [](const Test& x) { return x.counts; });
  const Verdict of_claim = judge_in_family(t.effect, t.criterion, static_cast<int>(n_counted));
  EXPECT_EQ(result.verdict(), of_claim) << where << ": one test decides if all others are confirmed";
}

/// How far from a bound "just inside" is, as a fraction of the interval's half width.
inline constexpr double kJust = 0.05;

/// A rule "above bound": confirmed just above it, refuted just below it, undecided while the interval holds it.
inline void expect_above(const JudgeEffects& judge, std::size_t test, double bound, double spread) {
  const double half = half_width(spread, 0.95);
  expect_verdict(judge, test, bound + (1 + kJust) * half, spread, Verdict::kConfirmed, "above");
  expect_verdict(judge, test, bound + (1 - kJust) * half, spread, Verdict::kInconclusive, "touches from above");
  expect_verdict(judge, test, bound - (1 - kJust) * half, spread, Verdict::kInconclusive, "touches from below");
  expect_verdict(judge, test, bound - (1 + kJust) * half, spread, Verdict::kRefuted, "below");
}

/// A rule "below bound".
inline void expect_below(const JudgeEffects& judge, std::size_t test, double bound, double spread) {
  const double half = half_width(spread, 0.95);
  expect_verdict(judge, test, bound - (1 + kJust) * half, spread, Verdict::kConfirmed, "below");
  expect_verdict(judge, test, bound - (1 - kJust) * half, spread, Verdict::kInconclusive, "touches from below");
  expect_verdict(judge, test, bound + (1 - kJust) * half, spread, Verdict::kInconclusive, "touches from above");
  expect_verdict(judge, test, bound + (1 + kJust) * half, spread, Verdict::kRefuted, "above");
}

/// A rule "within +-margin" of two one-sided tests; the interval is narrower than the margin.
inline void expect_equivalent(const JudgeEffects& judge, std::size_t test, double margin, double spread) {
  const double half = half_width(spread, kEquivalenceLevel);
  for (const double side : {-1.0, 1.0}) {
    expect_verdict(judge, test, side * (margin - (1 + kJust) * half), spread, Verdict::kConfirmed, "within");
    expect_verdict(judge, test, side * (margin - (1 - kJust) * half), spread, Verdict::kInconclusive, "sticks out");
    expect_verdict(judge, test, side * (margin + (1 - kJust) * half), spread, Verdict::kInconclusive, "reaches in");
    expect_verdict(judge, test, side * (margin + (1 + kJust) * half), spread, Verdict::kRefuted, "outside");
  }
}

/// Accuracy of a transition at `midpoint` as fit_transition takes it: guessing below, 1 above.
inline double accuracy_across(std::int64_t rows, double midpoint, double steepness, std::int64_t classes) {
  const double floor = 1.0 / static_cast<double>(classes);
  return floor + (1 - floor) / (1 + std::pow(midpoint / static_cast<double>(rows), steepness));
}

/// A fitted network that generalises and passes the filter.
inline EfficiencyPoint made_up_point(std::int64_t seed, std::int64_t rows, double weight_decay, double norm) {
  EfficiencyPoint p;
  p.seed = seed;
  p.rows = rows;
  p.weight_decay = weight_decay;
  p.train_accuracy = p.test_accuracy = 1;
  p.norm = 1.1 * norm;
  p.margin = 14;
  p.norm_at_margin = norm;
  p.objective = 0.5 * weight_decay * norm * norm;
  p.has_circuits = true;
  p.invariant_fraction = 0.99;
  return p;
}

/// A curve whose test accuracy goes from `start` to `end` at two thirds of the steps or before.
inline TrainingCurve made_up_curve(double start, double end) {
  TrainingCurve curve;
  for (std::int64_t step = 0; step <= 900; step += 100) {
    curve.step.push_back(step);
    curve.train_accuracy.push_back(1);
    curve.test_accuracy.push_back(step < 500 ? start : end);
    curve.norm.push_back(10);
  }
  return curve;
}

/// All effects and intervals of a judgement are unknown, nothing is decided.
inline void expect_undecided_without_runs(const Judgement& result) {
  EXPECT_EQ(result.verdict(), Verdict::kInconclusive);
  ASSERT_FALSE(result.tests.empty());
  for (const Test& test : result.tests) EXPECT_EQ(test.verdict, Verdict::kInconclusive) << test.what;
}

}  // namespace groklab::studies::varma2023
