// The stopping rules of stopping.h, at their borders.
#include "groklab/train/stopping.h"

#include <gtest/gtest.h>

#include <limits>

namespace groklab {
namespace {

Record record_at(std::int64_t step, double accuracy, double norm = 1.0, double loss = 1.0) {
  Record record;
  record.step = step;
  record.test.accuracy = accuracy;
  record.norm = norm;
  record.train.loss = loss;
  return record;
}

TEST(Stopping, OffByDefault) {
  StoppingRule rule{TrainConfig{}};
  for (int i = 0; i < 100; ++i) EXPECT_EQ(rule.add(record_at(i * 1000, 1.0)), "");
}

TEST(Stopping, AccuracyMustHoldForConsecutiveRecords) {
  TrainConfig config;
  config.stop_test_accuracy = 0.9;
  config.stop_held_evaluations = 3;
  StoppingRule rule(config);
  EXPECT_EQ(rule.add(record_at(0, 0.95)), "");
  EXPECT_EQ(rule.add(record_at(1, 0.95)), "");
  EXPECT_EQ(rule.add(record_at(2, 0.89)), "");  // the count restarts
  EXPECT_EQ(rule.add(record_at(3, 0.9)), "");   // reaching the threshold counts
  EXPECT_EQ(rule.add(record_at(4, std::numeric_limits<double>::quiet_NaN())), "");
  EXPECT_EQ(rule.add(record_at(5, 0.9)), "");
  EXPECT_EQ(rule.add(record_at(6, 0.9)), "");
  EXPECT_NE(rule.add(record_at(7, 0.9)), "");
}

TrainConfig stationary_config() {
  TrainConfig config;
  config.stop_stationary_tolerance = 0.01;
  config.stop_stationary_window = 100;
  return config;
}

TEST(Stopping, StationaryNeedsAWholeWindow) {
  StoppingRule rule(stationary_config());
  EXPECT_EQ(rule.add(record_at(0, 0)), "");
  EXPECT_EQ(rule.add(record_at(99, 0)), "");
  EXPECT_NE(rule.add(record_at(100, 0)), "");
}

TEST(Stopping, BothNormAndLossMustBeStill) {
  StoppingRule rule(stationary_config());
  rule.add(record_at(0, 0, 1.0, 1.0));
  EXPECT_EQ(rule.add(record_at(100, 0, 1.0, 1.1)), "");
  EXPECT_EQ(rule.add(record_at(200, 0, 1.1, 1.1)), "");
  EXPECT_NE(rule.add(record_at(300, 0, 1.1, 1.1)), "");
}

TEST(Stopping, ALossThatComesBackByChanceIsNotStationary) {
  StoppingRule rule(stationary_config());
  rule.add(record_at(0, 0, 1.0, 1.0));
  rule.add(record_at(50, 0, 1.0, 2.0));
  EXPECT_EQ(rule.add(record_at(100, 0, 1.0, 1.0)), "");  // equal to the record at 0, but 50 is within the window
  rule.add(record_at(150, 0, 1.0, 1.0));
  EXPECT_NE(rule.add(record_at(200, 0, 1.0, 1.0)), "");
}

TEST(Stopping, ALossOfExactlyZeroIsStill) {
  StoppingRule rule(stationary_config());
  rule.add(record_at(0, 0, 1.0, 0.0));
  EXPECT_NE(rule.add(record_at(100, 0, 1.0, 0.0)), "");
}

}  // namespace
}  // namespace groklab
