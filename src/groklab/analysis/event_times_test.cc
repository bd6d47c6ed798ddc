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

}  // namespace
}  // namespace groklab
