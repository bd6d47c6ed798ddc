// The loop on a fake engine: events, outcomes, and resumes that change nothing.
#include "groklab/train/trainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "groklab/train/fake_engine_for_test.h"
#include "groklab/train/tee_sink.h"

namespace groklab {
namespace {

Config config_of(std::int64_t steps) {
  Config config;
  config.train.steps = steps;
  config.train.evaluate_every = 10;
  config.train.evaluate_per_decade = 5;
  return config;
}

void expect_same_records(const std::vector<Record>& a, const std::vector<Record>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].step, b[i].step);
    EXPECT_EQ(a[i].norm, b[i].norm) << "step " << a[i].step;
    EXPECT_EQ(a[i].train.loss, b[i].train.loss) << "step " << a[i].step;
  }
}

TEST(Trainer, RunsToTheEndWithOneKeptCheckpoint) {
  FakeEngine engine;
  engine.initialise();
  MemorySink sink;
  const Outcome outcome = train(engine, resolve_config(config_of(25)), sink);
  EXPECT_EQ(outcome.status, RunStatus::kFinished);
  EXPECT_EQ(outcome.step, 25);
  std::vector<std::int64_t> steps;
  for (const Record& record : sink.records) steps.push_back(record.step);
  EXPECT_EQ(steps, (std::vector<std::int64_t>{0, 1, 2, 3, 4, 6, 10, 16, 20, 25}));
  ASSERT_EQ(sink.checkpoints.size(), 1u);
  EXPECT_TRUE(sink.checkpoints[0].kept);
  EXPECT_EQ(sink.checkpoints[0].state.step, 25);
  ASSERT_EQ(sink.outcomes.size(), 1u);
  EXPECT_EQ(sink.outcomes[0].step, 25);
}

TEST(Trainer, ZeroStepsRecordTheStart) {
  FakeEngine engine;
  MemorySink sink;
  const Outcome outcome = train(engine, resolve_config(config_of(0)), sink);
  EXPECT_EQ(outcome.status, RunStatus::kFinished);
  ASSERT_EQ(sink.records.size(), 1u);
  EXPECT_EQ(sink.checkpoints.size(), 1u);
}

TEST(Trainer, KeepsCheckpointsOnSchedule) {
  FakeEngine engine;
  MemorySink sink;
  Config config = config_of(25);
  config.train.checkpoint_every = 10;
  config.train.checkpoint_per_decade = 1;
  train(engine, resolve_config(config), sink);
  std::vector<std::int64_t> steps;
  for (const auto& checkpoint : sink.checkpoints) steps.push_back(checkpoint.state.step);
  EXPECT_EQ(steps, (std::vector<std::int64_t>{0, 1, 10, 20, 25}));
}

TEST(Trainer, DivergesInAStep) {
  FakeEngine engine;
  engine.diverge_at = 17;
  MemorySink sink;
  const Outcome outcome = train(engine, resolve_config(config_of(25)), sink);
  EXPECT_EQ(outcome.status, RunStatus::kDiverged);
  EXPECT_EQ(outcome.step, 17);
  EXPECT_EQ(outcome.reason, "diverged at step 17");
  EXPECT_TRUE(sink.checkpoints.empty());
}

TEST(Trainer, DivergesInARecord) {
  FakeEngine engine;
  engine.nan_loss_at = 5;
  MemorySink sink;
  const Outcome outcome = train(engine, resolve_config(config_of(25)), sink);
  EXPECT_EQ(outcome.status, RunStatus::kDiverged);
  EXPECT_EQ(outcome.step, 6);  // the first record at or after step 5
  EXPECT_EQ(sink.records.back().step, 4);
  EXPECT_TRUE(sink.checkpoints.empty());
}

TEST(Trainer, AnEmptyTestSetIsNoDivergence) {
  FakeEngine engine;
  engine.nan_loss_at = 0;
  engine.shape_record = [](Record& record) { record.test.rows = 0; };
  MemorySink sink;
  EXPECT_EQ(train(engine, resolve_config(config_of(25)), sink).status, RunStatus::kFinished);
}

TEST(Trainer, StopsOnHeldAccuracy) {
  FakeEngine engine;
  engine.shape_record = [](Record& record) { record.test.accuracy = record.step >= 10 ? 1.0 : 0.0; };
  MemorySink sink;
  Config config = config_of(100);
  config.train.stop_test_accuracy = 0.99;
  const Outcome outcome = train(engine, resolve_config(config), sink);
  EXPECT_EQ(outcome.status, RunStatus::kStopped);
  EXPECT_EQ(outcome.step, 20);  // records 10, 16, 20
  ASSERT_EQ(sink.checkpoints.size(), 1u);
  EXPECT_TRUE(sink.checkpoints[0].kept);
}

TEST(Trainer, InterruptionSavesTheState) {
  FakeEngine engine;
  std::atomic<bool> flag = false;
  engine.before_step = [&](std::int64_t step) {
    if (step == 13) flag = true;
  };
  MemorySink sink;
  TrainControl control;
  control.interrupt = &flag;
  const Outcome outcome = train(engine, resolve_config(config_of(1000)), sink, control);
  EXPECT_EQ(outcome.status, RunStatus::kInterrupted);
  ASSERT_EQ(sink.checkpoints.size(), 1u);
  EXPECT_FALSE(sink.checkpoints[0].kept);
  EXPECT_EQ(sink.checkpoints[0].state.step, outcome.step);
  EXPECT_GE(outcome.step, 14);
  EXPECT_LE(outcome.step, 16);  // noticed at the next event at the latest
}

TEST(Trainer, AnInterruptionNeverReplacesAKeptCheckpointOfTheSameStep) {
  FakeEngine engine;
  std::atomic<bool> flag = false;
  engine.before_step = [&](std::int64_t step) {
    if (step == 19) flag = true;
  };
  Config config = config_of(1000);
  config.train.checkpoint_every = 20;
  MemorySink sink;
  TrainControl control;
  control.interrupt = &flag;
  train(engine, resolve_config(config), sink, control);
  ASSERT_EQ(sink.checkpoints.size(), 1u);
  EXPECT_TRUE(sink.checkpoints[0].kept);
}

TEST(Trainer, RollingCheckpointsFollowTheClock) {
  FakeEngine engine;
  MemorySink sink;
  TrainControl control;
  control.checkpoint_seconds = 0;
  train(engine, resolve_config(config_of(25)), sink, control);
  ASSERT_GT(sink.checkpoints.size(), 5u);
  EXPECT_FALSE(sink.checkpoints[2].kept);
  EXPECT_TRUE(sink.checkpoints.back().kept);
}

// The whole promise: from any checkpoint, with the stored records as history, the rest is the same.
TEST(Trainer, ResumeFromAnyCheckpointGivesTheSameRest) {
  Config config = config_of(60);
  config.train.stop_test_accuracy = 0.999;
  config.train.stop_held_evaluations = 3;
  const auto learn_at_20 = [](Record& record) { record.test.accuracy = record.step >= 20 ? 1.0 : 0.0; };
  FakeEngine whole;
  whole.shape_record = learn_at_20;
  MemorySink expected;
  TrainControl every_chunk;
  every_chunk.checkpoint_seconds = 0;
  const Outcome outcome = train(whole, resolve_config(config), expected, every_chunk);
  ASSERT_EQ(outcome.status, RunStatus::kStopped);  // so that the stopping decision is part of the comparison
  ASSERT_GT(outcome.step, 20);
  for (const auto& checkpoint : expected.checkpoints) {
    FakeEngine engine;
    engine.shape_record = learn_at_20;
    engine.import_state(checkpoint.state);
    MemorySink rest;
    TrainControl control;
    control.history = expected.records;  // also those above the checkpoint, as after a kill
    const Outcome resumed = train(engine, resolve_config(config), rest, control);
    EXPECT_EQ(resumed.status, outcome.status);
    EXPECT_EQ(resumed.step, outcome.step) << "from " << checkpoint.state.step;
    EXPECT_EQ(resumed.reason, outcome.reason);
    std::vector<Record> all;
    for (const Record& record : expected.records) {
      if (record.step <= checkpoint.state.step) all.push_back(record);
    }
    all.insert(all.end(), rest.records.begin(), rest.records.end());
    expect_same_records(all, expected.records);
    EXPECT_EQ(rest.checkpoints.back().state.parameters, expected.checkpoints.back().state.parameters);
  }
}

TEST(Trainer, ForgettingTheHistoryWouldChangeTheDecision) {
  Config config = config_of(60);
  config.train.stop_test_accuracy = 0.99;
  FakeEngine engine;
  engine.shape_record = [](Record& record) { record.test.accuracy = record.step >= 10 ? 1.0 : 0.0; };
  MemorySink sink;
  TrainControl control;
  control.checkpoint_seconds = 0;
  ASSERT_EQ(train(engine, resolve_config(config), sink, control).step, 20);
  const auto& middle = *std::find_if(sink.checkpoints.begin(), sink.checkpoints.end(),
                                     [](const auto& checkpoint) { return checkpoint.state.step >= 11; });
  engine.import_state(middle.state);
  MemorySink rest;
  EXPECT_NE(train(engine, resolve_config(config), rest).step, 20);
}

TEST(Trainer, TimeIsCountedOverResumes) {
  FakeEngine engine;
  MemorySink sink;
  TrainControl control;
  control.seconds_before = 100;
  const Outcome outcome = train(engine, resolve_config(config_of(25)), sink, control);
  EXPECT_GE(outcome.seconds, 100);
  EXPECT_GE(sink.records[0].seconds, 100);
  EXPECT_GE(sink.checkpoints[0].state.seconds, 100);
}

TrainControl probing() {
  TrainControl control;
  control.probe = [](Engine& engine) {
    ProbeResult reading;
    reading.step = engine.step();
    return reading;
  };
  return control;
}

TEST(Trainer, ProbesEveryNthRecordPointAndTheEnd) {
  Config config = config_of(25);  // records at 0, 1, 2, 3, 4, 6, 10, 16, 20, 25
  for (const auto& [every, expected] : std::vector<std::pair<std::int64_t, std::vector<std::int64_t>>>{
           {0, {}}, {1, {0, 1, 2, 3, 4, 6, 10, 16, 20, 25}}, {3, {0, 3, 10, 25}}, {4, {0, 4, 20, 25}}, {50, {0, 25}}}) {
    config.train.probe_every = every;
    FakeEngine engine;
    engine.initialise();
    MemorySink sink;
    train(engine, resolve_config(config), sink, probing());
    EXPECT_EQ(sink.probed, expected) << every;
  }
}

TEST(Trainer, AResumedRunProbesTheSameSteps) {
  Config config = config_of(60);
  config.train.probe_every = 3;
  config.train.checkpoint_every = 7;
  FakeEngine engine;
  engine.initialise();
  MemorySink whole;
  train(engine, resolve_config(config), whole, probing());
  for (const MemorySink::Checkpoint& checkpoint : whole.checkpoints) {
    FakeEngine again;
    again.import_state(checkpoint.state);
    TrainControl control = probing();
    for (const Record& record : whole.records) {
      if (record.step <= checkpoint.state.step) control.history.push_back(record);
    }
    MemorySink rest;
    train(again, resolve_config(config), rest, control);
    std::vector<std::int64_t> expected;
    for (const std::int64_t step : whole.probed) {
      if (step > checkpoint.state.step) expected.push_back(step);
    }
    EXPECT_EQ(rest.probed, expected) << "from " << checkpoint.state.step;
  }
}

TEST(Trainer, TeeSendsEverythingToAll) {
  FakeEngine engine;
  MemorySink a, b;
  TeeSink tee({&a, &b});
  train(engine, resolve_config(config_of(25)), tee);
  EXPECT_EQ(a.records.size(), b.records.size());
  EXPECT_EQ(b.checkpoints.size(), 1u);
  EXPECT_EQ(b.outcomes.size(), 1u);
}

}  // namespace
}  // namespace groklab
