// Runs that rest, drift, jump, and such that nobody can tell.
#include "groklab/analysis/stationarity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

namespace groklab {
namespace {

/// 41 records over a decay time of 1; `change` may move one at time t.
Stationarity check(const std::function<void(Record& record, double t)>& change, int n = 40) {
  std::vector<Record> records;
  std::vector<double> times;
  for (int i = 0; i <= n; ++i) {
    const double t = static_cast<double>(i) / n;
    Record r;
    r.step = i;
    r.objective = 1e-6;
    r.train.loss = 1e-7;
    r.train.correct_logit_centred = 20;
    r.test.correct_logit_centred = 10;
    r.norm = 19;
    change(r, t);
    records.push_back(r);
    times.push_back(t);
  }
  return check_stationarity(records, times);
}

TEST(Stationarity, WhatMovedBeforeTheWindowMayRestNow) {
  const Stationarity s = check([](Record& r, double t) {
    if (t < 0.7) r.objective *= 1000, r.norm *= 3, r.test.correct_logit_centred = 0;
  });
  EXPECT_TRUE(s.stationary) << s.reason;
  EXPECT_FALSE(s.jumped);
  EXPECT_EQ(s.reason, "");
}

TEST(Stationarity, EachQuantityThatDriftsIsNamed) {
  const auto ramp = [](double t, double by) { return by * std::max(0.0, (t - 0.75) / 0.25); };
  const auto objective = check([&](Record& r, double t) { r.objective *= std::exp(ramp(t, -1.05 * kRestObjective)); });
  EXPECT_FALSE(objective.stationary);
  EXPECT_NEAR(objective.objective_drift, -1.05 * kRestObjective, 1e-6);
  EXPECT_NE(objective.reason.find("objective moved"), std::string::npos);
  EXPECT_TRUE(check([&](Record& r, double t) { r.objective *= std::exp(ramp(t, -0.95 * kRestObjective)); }).stationary);
  const auto norm = check([&](Record& r, double t) { r.norm *= std::exp(ramp(t, 1.05 * kRestNorm)); });
  EXPECT_NE(norm.reason.find("norm moved"), std::string::npos);
  const auto fraction =
      check([&](Record& r, double t) { r.test.correct_logit_centred += ramp(t, 1.05 * 20 * kRestFraction); });
  EXPECT_NE(fraction.reason.find("fraction moved by 0.05"), std::string::npos) << fraction.reason;
}

// Catches: comparing the ends of the window alone, which a slingshot in between can bring level.
TEST(Stationarity, AJumpThatIsNotMadeUpForIsSeen) {
  const auto up = [](Record& r, double t) {
    if (t > 0.8 && t < 0.98) r.objective *= 0.9;
  };
  const Stationarity s = check(up);
  EXPECT_FALSE(s.stationary);
  EXPECT_TRUE(s.jumped);
  const Stationarity recovered = check([](Record& r, double t) {
    if (t > 0.8 && t < 0.9) r.objective *= 1000;
  });
  EXPECT_TRUE(recovered.stationary) << "back at the same objective, norm and fraction";
}

TEST(Stationarity, TooFewRecordsAreNeverRest) {
  EXPECT_FALSE(check([](Record&, double) {}, 15).stationary) << "4 records in the last quarter";
  EXPECT_TRUE(check([](Record&, double) {}, 16).stationary);
  EXPECT_FALSE(check_stationarity({}, {}).stationary);
}

TEST(Stationarity, WithoutAnObjectiveTheLossIsWatchedAndWithoutTestRowsNoFraction) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(check([&](Record& r, double) { r.objective = none, r.test.correct_logit_centred = none; }).stationary);
  EXPECT_FALSE(check([&](Record& r, double t) { r.objective = none, r.train.loss *= 1 + t; }).stationary);
  EXPECT_FALSE(check([&](Record& r, double) { r.norm = none; }).stationary);
}

}  // namespace
}  // namespace groklab
