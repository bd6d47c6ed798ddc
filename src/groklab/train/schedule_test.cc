// Evaluation steps and kept checkpoints are the sets that schedule.h promises.
#include "groklab/train/schedule.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace groklab {
namespace {

TrainConfig plain(std::int64_t steps) {
  TrainConfig config;
  config.steps = steps;
  config.evaluate_every = 0;
  config.evaluate_per_decade = 0;
  return config;
}

std::vector<std::int64_t> record_steps(const TrainConfig& config) {
  const EventSchedule schedule(config);
  std::vector<std::int64_t> steps;
  for (std::int64_t step = 0; step <= config.steps; ++step) {
    if (schedule.evaluates_at(step)) steps.push_back(step);
  }
  return steps;
}

TEST(Schedule, LogSpacedStepsAreDistinctIntegers) {
  EXPECT_EQ(log_spaced_steps(1, 1000), (std::vector<std::int64_t>{1, 10, 100, 1000}));
  EXPECT_EQ(log_spaced_steps(1, 999), (std::vector<std::int64_t>{1, 10, 100}));
  EXPECT_EQ(log_spaced_steps(4, 100), (std::vector<std::int64_t>{1, 2, 3, 6, 10, 18, 32, 56, 100}));
  EXPECT_EQ(log_spaced_steps(100, 5), (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
  EXPECT_TRUE(log_spaced_steps(0, 1000).empty());
  EXPECT_TRUE(log_spaced_steps(4, 0).empty());
}

TEST(Schedule, FirstAndLastAreAlwaysRecorded) {
  EXPECT_EQ(record_steps(plain(7)), (std::vector<std::int64_t>{0, 7}));
  EXPECT_EQ(record_steps(plain(0)), (std::vector<std::int64_t>{0}));
}

TEST(Schedule, RecordsAreTheUnionOfFixedAndLogSpaced) {
  TrainConfig config = plain(105);
  config.evaluate_every = 40;
  config.evaluate_per_decade = 2;
  EXPECT_EQ(record_steps(config), (std::vector<std::int64_t>{0, 1, 3, 10, 32, 40, 80, 100, 105}));
}

TEST(Schedule, ALongerRunRecordsAtTheSameSteps) {
  TrainConfig config = plain(1000);
  config.evaluate_per_decade = 7;
  const auto few = record_steps(config);
  config.steps = 5000;
  const auto more = record_steps(config);
  const std::set<std::int64_t> all(more.begin(), more.end());
  for (std::int64_t step : few) EXPECT_TRUE(all.count(step) == 1 || step == 1000) << step;
}

TEST(Schedule, KeptCheckpoints) {
  TrainConfig config = plain(100);
  EXPECT_FALSE(EventSchedule(config).keeps_checkpoint_at(0));
  EXPECT_TRUE(EventSchedule(config).keeps_checkpoint_at(100));
  config.checkpoint_every = 30;
  EXPECT_FALSE(EventSchedule(config).keeps_checkpoint_at(0));
  EXPECT_TRUE(EventSchedule(config).keeps_checkpoint_at(60));
  EXPECT_FALSE(EventSchedule(config).keeps_checkpoint_at(61));
  config.checkpoint_per_decade = 1;
  EXPECT_TRUE(EventSchedule(config).keeps_checkpoint_at(0));
  EXPECT_TRUE(EventSchedule(config).keeps_checkpoint_at(10));
}

TEST(Schedule, NextEventVisitsExactlyTheEvents) {
  TrainConfig config = plain(500);
  config.evaluate_every = 70;
  config.evaluate_per_decade = 3;
  config.checkpoint_every = 90;
  config.checkpoint_per_decade = 2;
  const EventSchedule schedule(config);
  std::set<std::int64_t> visited = {0};
  for (std::int64_t step = 0; step < 500;) {
    const std::int64_t next = schedule.next_event(step);
    ASSERT_GT(next, step);
    visited.insert(step = next);
  }
  for (std::int64_t step = 0; step <= 500; ++step) {
    EXPECT_EQ(visited.count(step) == 1, schedule.evaluates_at(step) || schedule.keeps_checkpoint_at(step)) << step;
  }
}

TEST(Schedule, HugeDistancesDoNotOverflow) {
  TrainConfig config = plain(1000);
  config.evaluate_every = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(EventSchedule(config).next_event(5), 1000);
}

// Catches: an event counted twice or not at all; a count that walks over 10^12 steps.
TEST(Schedule, CountsEqualWhatAWalkFinds) {
  for (const std::int64_t steps : {0, 1, 2, 100, 500}) {
    for (const std::int64_t every : {0, 1, 7, 100, 1000}) {
      for (const std::int64_t per_decade : {0, 3}) {
        TrainConfig config = plain(steps);
        config.evaluate_every = config.checkpoint_every = every;
        config.evaluate_per_decade = config.checkpoint_per_decade = per_decade;
        const EventSchedule schedule(config);
        std::int64_t evaluations = 0, checkpoints = 0;
        for (std::int64_t step = 0; step <= steps; ++step) {
          evaluations += schedule.evaluates_at(step) ? 1 : 0;
          checkpoints += schedule.keeps_checkpoint_at(step) ? 1 : 0;
        }
        EXPECT_EQ(schedule.evaluation_count(), evaluations) << steps << " " << every << " " << per_decade;
        EXPECT_EQ(schedule.checkpoint_count(), checkpoints) << steps << " " << every << " " << per_decade;
      }
    }
  }
  TrainConfig config = plain(1'000'000'000'000);
  config.evaluate_every = 1;
  EXPECT_EQ(EventSchedule(config).evaluation_count(), 1'000'000'000'001);
}

}  // namespace
}  // namespace groklab
