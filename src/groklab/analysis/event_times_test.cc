// T_fit and T_grok: held thresholds, gaps and censoring.
#include "groklab/analysis/event_times.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace groklab {
namespace {

std::vector<Record> with_test_accuracy(const std::vector<double>& values) {
  std::vector<Record> records(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    records[i].step = static_cast<std::int64_t>(10 * i);
    records[i].train.accuracy = 1.0;
    records[i].test.accuracy = values[i];
  }
  return records;
}

TEST(EventTimes, FirstStepOfTheHeldStretch) {
  const auto records = with_test_accuracy({0.1, 0.99, 1.0, 0.5, 0.99, 0.99, 1.0, 0.0});
  const EventTimes times = event_times(records);
  EXPECT_EQ(times.fit, 0);
  EXPECT_EQ(times.grok, 40);
}

TEST(EventTimes, CensoredIfNotHeldLongEnough) {
  EXPECT_EQ(event_times(with_test_accuracy({0.1, 1.0, 1.0})).grok, std::nullopt);
  EXPECT_EQ(event_times(with_test_accuracy({1.0, 1.0, std::numeric_limits<double>::quiet_NaN()})).grok, std::nullopt);
  EXPECT_EQ(event_times({}).fit, std::nullopt);
}

// Catches: a fall that the network recovers from counted as a loss; the end of a run that never generalised, or that
// diverged, counted as one.
TEST(EventTimes, LostForGoodAfterItGeneralised) {
  EXPECT_EQ(event_times(with_test_accuracy({1, 1, 1, 0.5, 0.5, 0.5, 1, 0.9, 0.8, 0.7})).ungrok, 70);
  EXPECT_EQ(event_times(with_test_accuracy({1, 1, 1, 0.5, 0.5, 0.5, 0.99})).ungrok, std::nullopt);
  EXPECT_EQ(event_times(with_test_accuracy({1, 1, 1, 0.5, 0.5})).ungrok, std::nullopt) << "not held long enough";
  EXPECT_EQ(event_times(with_test_accuracy({1, 1, 0.5, 0.5, 0.5, 0.5})).ungrok, std::nullopt) << "never generalised";
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(event_times(with_test_accuracy({1, 1, 1, nan, nan, nan, nan})).ungrok, std::nullopt);
}

TEST(EventTimes, TheRuleIsTheConfigurations) {
  Config config;
  set_config_value(config, "events.accuracy=0.9");
  set_config_value(config, "events.held_evaluations=2");
  EXPECT_EQ(event_times(with_test_accuracy({0.1, 0.9, 0.9, 0.1, 0.1}), event_rule(config)).grok, 10);
  EXPECT_EQ(event_times(with_test_accuracy({0.1, 0.9, 0.9, 0.1, 0.1}), event_rule(config)).ungrok, 30);
  config.train.stop_test_accuracy = 0.95;  // stops at its first record above
  config.train.stop_held_evaluations = 1;
  EXPECT_EQ(event_rule(config).held, 1);
  config.train.stop_held_evaluations = 8;
  EXPECT_EQ(event_rule(config).held, 2);
  config.train.stop_test_accuracy = 0.5;
  config.train.stop_held_evaluations = 1;
  EXPECT_EQ(event_rule(config).held, 2) << "it may stop before the event";
}

}  // namespace
}  // namespace groklab
