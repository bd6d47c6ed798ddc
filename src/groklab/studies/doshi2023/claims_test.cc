// The claims about wrong labels on made-up accuracies: confirmed, refuted and undecided.
#include "groklab/studies/doshi2023/claims.h"

#include <functional>

#include "groklab/studies/timed_made_up_for_test.h"

namespace groklab::studies::doshi2023 {
namespace {

using varma2023::effects_about;
using varma2023::expect_above;
using varma2023::expect_below;

constexpr double kSpread = 0.01;

/// Five seeds; every test is confirmed, but for what `shape` changes.
NoiseMeasurement made_up(NoiseSizes sizes, const std::function<void(std::size_t seed, NoiseRun& run)>& shape) {
  sizes.seeds = varma2023::kSeeds;
  NoiseMeasurement m{sizes, {}};
  for (std::size_t i = 0; i < static_cast<std::size_t>(sizes.seeds.count); ++i) {
    for (const NoiseCondition& c : sizes.conditions) {
      NoiseRun run{sizes.seeds.first + static_cast<std::int64_t>(i), c.corrupted, c.weight_decay, 0.3, {}, {}, {}};
      const double noise = c.weight_decay == 0 ? 0.99 : c.weight_decay < 10 ? 0.4 : 0.01;
      const double test = c.corrupted > 0.5 ? 0.01 : 0.99;
      for (const double fraction : sizes.pruned) {
        run.lowest_first.push_back({fraction, 1, 1, fraction > 0 ? 0.01 : noise, 0.95, test});
        run.highest_first.push_back({fraction, 1, 1, 0.97, 0.01, fraction > 0 ? 0.01 : test});
        run.random.push_back({fraction, 1, 1, noise, 0.1, fraction > 0 ? 0.3 : test});
      }
      shape(i, run);
      m.runs.push_back(run);
    }
  }
  return m;
}

Judgement judge_text(Judgement (*judge)(const NoiseMeasurement&), const NoiseMeasurement& m) {
  const Json json = Json::parse(plain_to_json(m).dump());
  return judge(plain_from_json<NoiseMeasurement>(json, "stored"));
}

/// The accuracy of the whole network in runs of that noise and decay.
varma2023::JudgeEffects whole_is(Judgement (*judge)(const NoiseMeasurement&), const NoiseSizes& sizes, double corrupted,
                                 double decay, double PrunedAccuracy::*accuracy, double offset = 0) {
  return [=](const std::vector<double>& effects) {
    return judge_text(judge, made_up(sizes, [&](std::size_t seed, NoiseRun& run) {
                        if (run.corrupted == corrupted && run.weight_decay == decay) {
                          run.lowest_first[0].*accuracy = offset + effects[seed];
                        }
                      }));
  };
}

TEST(Doshi, CoexistenceAsksForBothCircuitsAtBothNoises) {
  const NoiseSizes sizes = coexistence_sizes({"quick", 0});
  const auto of = [&](double corrupted, double PrunedAccuracy::*accuracy) {
    return whole_is(judge_coexistence, sizes, corrupted, 0, accuracy);
  };
  expect_above(of(kNoise, &PrunedAccuracy::test), 0, kNearlyAll, kSpread);
  expect_above(of(kNoise, &PrunedAccuracy::corrupted), 1, kNearlyAll, kSpread);
  expect_above(of(kLittleNoise, &PrunedAccuracy::test), 2, kNearlyAll, kSpread);
  expect_above(of(kLittleNoise, &PrunedAccuracy::corrupted), 3, kNearlyAll, kSpread);
  expect_below(of(0.8, &PrunedAccuracy::test), 4, kPart, kSpread);
}

/// The accuracy without a fraction of the neurons in that order.
varma2023::JudgeEffects pruned_is(std::vector<PrunedAccuracy> NoiseRun::*order, double fraction,
                                  double PrunedAccuracy::*accuracy, double offset = 0, double sign = 1) {
  return [=](const std::vector<double>& effects) {
    return judge_text(judge_pruning, made_up(pruning_sizes({"quick", 0}), [&](std::size_t seed, NoiseRun& run) {
                        for (PrunedAccuracy& a : run.*order) {
                          if (a.fraction == fraction) a.*accuracy = offset + sign * effects[seed];
                        }
                      }));
  };
}

TEST(Doshi, PruningAsksWhatIsLeftAndForItsControls) {
  const auto low = &NoiseRun::lowest_first, high = &NoiseRun::highest_first, random = &NoiseRun::random;
  expect_below(pruned_is(low, kLowPruned, &PrunedAccuracy::corrupted), 0, kHardlyAny, kSpread);
  expect_above(pruned_is(low, kLowPruned, &PrunedAccuracy::test, 0.99), 1, -kKept, 0.002);
  expect_above(pruned_is(random, kLowPruned, &PrunedAccuracy::test, 0.99, -1), 2, kPart, kSpread);
  expect_below(pruned_is(high, kLowPruned, &PrunedAccuracy::test), 3, kPart, kSpread);
  expect_above(pruned_is(low, kLowPruned, &PrunedAccuracy::corrupted_truth), 4, kNearlyAll, kSpread);
  expect_below(pruned_is(high, kHighPruned, &PrunedAccuracy::test), 5, kPart, kSpread);
  expect_above(pruned_is(high, kHighPruned, &PrunedAccuracy::corrupted), 6, kNearlyAll, kSpread);
}

TEST(Doshi, InversionAsksForEachStep) {
  const NoiseSizes sizes = inversion_sizes({"quick", 0});
  const auto of = [&](double decay, double PrunedAccuracy::*accuracy, double offset = 0) {
    return whole_is(judge_inversion, sizes, kNoise, decay, accuracy, offset);
  };
  expect_below(of(15, &PrunedAccuracy::corrupted), 0, kHardlyAny, kSpread);
  expect_above(of(15, &PrunedAccuracy::test), 1, kNearlyAll, kSpread);
  expect_above(of(0, &PrunedAccuracy::corrupted, 0.4), 2, kPart, kSpread);
  expect_above(of(5, &PrunedAccuracy::corrupted, 0.01), 3, kPart, kSpread);
  expect_above(of(5, &PrunedAccuracy::test), 4, kNearlyAll, kSpread);
  expect_above(of(15, &PrunedAccuracy::corrupted_truth), 5, kNearlyAll, kSpread);
  expect_below(of(20, &PrunedAccuracy::train), 6, kPart, kSpread);
}

TEST(Doshi, FractionsMustAscendFromNothing) {
  NoiseSizes sizes = pruning_sizes({"quick", 0});
  EXPECT_EQ(complaint(sizes), "");
  sizes.pruned = {0, 0.5, 0.3};
  EXPECT_NE(complaint(sizes), "");
  sizes.pruned = {0.1, 0.5};
  EXPECT_NE(complaint(sizes), "");
}

TEST(Doshi, NothingIsDecidedWithoutRuns) {
  for (const Claim& claim : {claim_coexistence(), claim_pruning(), claim_inversion()}) {
    expect_nothing_without_runs(claim);
  }
}

}  // namespace
}  // namespace groklab::studies::doshi2023
