// Both claims on made-up measurements, just inside and just outside of their bounds.
#include <cmath>

#include "groklab/studies/transition-laws/hysteresis.h"
#include "groklab/studies/transition-laws/ungrok_time.h"
#include "groklab/studies/varma2023/made_up_for_test.h"

namespace groklab::studies::transition_laws {
namespace {

using varma2023::kDeviations;
using varma2023::kSeeds;

struct MadeUpTimes {
  double by_decay = -1, by_rate = -1, spread = 0.02, fall = 0.01;
};

UngrokTimeMeasurement times(const MadeUpTimes& made) {
  UngrokTimeMeasurement m{ungrok_time_sizes({"quick", 0}), {}, {}};
  m.sizes.seeds = kSeeds;
  for (std::size_t i = 0; i < kDeviations.size(); ++i) {
    const std::int64_t seed = kSeeds.first + static_cast<std::int64_t>(i);
    for (const Pace& pace : m.sizes.paces) {
      const double own = made.spread * kDeviations[i];
      m.forks.push_back({seed, pace,
                         (800 + 100 * kDeviations[i]) * std::pow(pace.weight_decay, made.by_decay + own) *
                             std::pow(pace.learning_rate / 1e-3, made.by_rate + own),
                         0.2, 0.8});
    }
    m.controls.push_back({seed, {1e-3, 0}, std::nan(""), 0.99, made.fall});
  }
  return m;
}

TEST(TransitionLaws, TimesGoAsOneOverThePace) {
  EXPECT_EQ(varma2023::judge_stored(times({})).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(varma2023::judge_stored(times({.by_decay = -0.95})).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(varma2023::judge_stored(times({.by_decay = -0.8})).tests[0].verdict, Verdict::kRefuted);
  EXPECT_EQ(varma2023::judge_stored(times({.by_rate = -0.5})).tests[1].verdict, Verdict::kRefuted);
  EXPECT_EQ(varma2023::judge_stored(times({.by_decay = -0.9, .spread = 0.1})).tests[0].verdict, Verdict::kInconclusive);
  EXPECT_EQ(varma2023::judge_stored(times({.fall = 0.5})).tests[2].verdict, Verdict::kRefuted);
}

// Catches: exponents over forks whose other setting differs as well.
TEST(TransitionLaws, TheTwoExponentsAreToldApart) {
  const Judgement judgement = varma2023::judge_stored(times({.by_decay = -1, .by_rate = -0.5, .spread = 0}));
  EXPECT_NEAR(judgement.tests[0].effect.value, 0, 1e-9);
  EXPECT_NEAR(judgement.tests[1].effect.value, 0.5, 1e-9);
}

TEST(TransitionLaws, TimesBeyondTheRunAreCountedAndLeftOut) {
  UngrokTimeMeasurement m = times({});
  for (UngrokTime& fork : m.forks) {
    if (fork.pace.weight_decay == 0.25) fork.time = std::nan("");
  }
  const Judgement judgement = varma2023::judge_stored(m);
  EXPECT_EQ(judgement.n_censored, 5);
  EXPECT_EQ(judgement.verdict(), Verdict::kConfirmed);  // the other four weight decays are there
  for (UngrokTime& fork : m.forks) fork.time = std::nan("");
  EXPECT_EQ(varma2023::judge_stored(m).verdict(), Verdict::kInconclusive);
}

struct MadeUpPaths {
  double ratio = 2.3, between = 1.2, above = 0, spread = 0.02;
  bool at_rest = true;
};

HysteresisMeasurement paths(const MadeUpPaths& made) {
  HysteresisMeasurement m{hysteresis_sizes({"quick", 0}), {}, {}};
  m.sizes.seeds = kSeeds;
  for (std::size_t i = 0; i < kDeviations.size(); ++i) {
    const std::int64_t seed = kSeeds.first + static_cast<std::int64_t>(i);
    const double own = std::exp(made.spread * kDeviations[i]);
    for (const std::int64_t rows : m.sizes.fork_rows) {
      const double share = varma2023::accuracy_across(rows, 100, 6, 1000000000);
      m.forks.push_back({seed, rows, 1, share, 1e-6, share, true});
    }
    for (const std::int64_t rows : m.sizes.scratch_rows) {
      const double share = varma2023::accuracy_across(rows, 100 * made.ratio * own, 6, 1000000000);
      const double factor = rows == m.sizes.between ? made.between : 1;
      const double lower = rows == m.sizes.above ? made.above + made.spread * kDeviations[i] : 0;
      m.scratch.push_back({seed, rows, 1, share, 1e-6 * factor * own, share - lower, made.at_rest});
    }
  }
  return m;
}

TEST(TransitionLaws, PathsThatTurnApartAndRestApart) {
  EXPECT_EQ(varma2023::judge_stored(paths({})).verdict(), Verdict::kConfirmed);
  EXPECT_EQ(varma2023::judge_stored(paths({.between = 0.9})).tests[1].verdict, Verdict::kRefuted);
  EXPECT_EQ(varma2023::judge_stored(paths({.above = 0.3})).tests[2].verdict, Verdict::kRefuted);
  EXPECT_EQ(varma2023::judge_stored(paths({.above = 0.09, .spread = 0.1})).tests[2].verdict, Verdict::kInconclusive);
  EXPECT_EQ(varma2023::judge_stored(paths({.at_rest = false})).verdict(), Verdict::kInconclusive);
}

// One size for both paths: no hysteresis.
TEST(TransitionLaws, PathsThatTurnTogetherRefute) {
  HysteresisMeasurement m = paths({});
  m.sizes.scratch_rows = m.sizes.fork_rows;
  m.scratch = m.forks;
  EXPECT_EQ(varma2023::judge_stored(m).tests[0].verdict, Verdict::kRefuted);
}

TEST(TransitionLaws, SizesOfEveryScaleFit) {
  for (const char* scale : {"smoke", "quick", "standard", "full"}) {
    EXPECT_EQ(complaint(ungrok_time_sizes({scale, 0})), "") << scale;
    EXPECT_EQ(complaint(hysteresis_sizes({scale, 0})), "") << scale;
  }
}

TEST(TransitionLaws, NothingIsDecidedWithoutRuns) {
  EXPECT_EQ(varma2023::judge_stored(UngrokTimeMeasurement{ungrok_time_sizes({"quick", 0}), {}, {}}).verdict(),
            Verdict::kInconclusive);
  EXPECT_EQ(varma2023::judge_stored(HysteresisMeasurement{hysteresis_sizes({"quick", 0}), {}, {}}).verdict(),
            Verdict::kInconclusive);
}

}  // namespace
}  // namespace groklab::studies::transition_laws
