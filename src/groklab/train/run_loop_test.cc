// The loop without an engine: what it asks for, in which order, and two runs in lockstep on one shared engine.
#include "groklab/train/run_loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/train/fake_engine_for_test.h"
#include "groklab/train/trainer.h"

namespace groklab {
namespace {

using Kind = RunAction::Kind;

TrainConfig short_run(std::int64_t steps) {
  TrainConfig config;
  config.steps = steps;
  config.evaluate_every = 10;
  config.evaluate_per_decade = 0;
  return config;
}

Record record_at(std::int64_t step, double accuracy = 0.0) {
  Record record;
  record.step = step;
  record.train.rows = record.test.rows = 1;
  record.test.accuracy = accuracy;
  return record;
}

/// Answers everything as a healthy run does and notes what was asked for: "m0 a1 ... c20! e".
std::string transcript(RunLoop& loop, double accuracy = 0.0) {
  std::string text;
  for (;;) {
    const RunAction action = loop.next();
    const std::string step = std::to_string(action.step);
    switch (action.kind) {
      case Kind::kMeasure:
        text += "m" + step + " ";
        loop.measured(record_at(action.step, accuracy));
        break;
      case Kind::kProbe:
        text += "p" + step + " ";
        loop.probed();
        break;
      case Kind::kCheckpoint:
        text += "c" + step + (action.kept ? "! " : " ");
        loop.checkpointed();
        break;
      case Kind::kAdvance:
        text += "a" + step + " ";
        loop.advanced(action.step, 0.0);
        break;
      case Kind::kEnd:
        return text + "e" + step;
    }
  }
}

TEST(RunLoop, AsksInOrder) {
  TrainConfig config = short_run(20);
  config.probe_every = 2;
  config.checkpoint_every = 10;
  RunLoop loop(config, {.has_probes = true});
  // Chunks grow from one step to at most four times as many: 1, then 4 would pass 10 only with the third.
  EXPECT_EQ(transcript(loop), "m0 p0 a1 a5 a10 m10 c10! a20 m20 p20 c20! e20");
  EXPECT_EQ(loop.next().outcome.status, RunStatus::kFinished);
}

TEST(RunLoop, NextChangesNothing) {
  RunLoop loop(short_run(20), {});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(loop.next().kind, Kind::kMeasure);
  loop.measured(record_at(0));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(loop.next().step, 1);
}

TEST(RunLoop, SlowStepsAreLookedAtOneByOne) {
  RunLoop loop(short_run(20), {});
  loop.measured(record_at(0));
  for (std::int64_t step = 1; step <= 5; ++step) {
    ASSERT_EQ(loop.next().step, step);
    loop.advanced(step, 0.2);
  }
}

TEST(RunLoop, TheClockAsksForUnkeptCheckpoints) {
  RunLoop loop(short_run(20), {.seconds = 100, .checkpoint_seconds = 30});
  loop.measured(record_at(0));
  loop.clock(129);
  EXPECT_EQ(loop.next().kind, Kind::kAdvance);
  loop.advanced(1, 29);
  loop.clock(130);
  EXPECT_EQ(loop.next().kind, Kind::kCheckpoint);
  EXPECT_FALSE(loop.next().kept);
  loop.checkpointed();
  EXPECT_EQ(loop.next().kind, Kind::kAdvance);
  loop.clock(1000);
  EXPECT_EQ(loop.next().kind, Kind::kAdvance);  // this state is stored already
}

TEST(RunLoop, AnInterruptedRunStoresItsStateOnce) {
  RunLoop loop(short_run(20), {});
  loop.measured(record_at(0));
  loop.advanced(1, 0);
  loop.clock(7);
  loop.interrupt();
  EXPECT_EQ(transcript(loop), "c1 e1");
  EXPECT_EQ(loop.next().outcome.status, RunStatus::kInterrupted);
  EXPECT_EQ(loop.next().outcome.seconds, 7);
}

TEST(RunLoop, AnInterruptionAtTheEndChangesNothing) {
  RunLoop loop(short_run(0), {});
  loop.interrupt();
  EXPECT_EQ(transcript(loop), "m0 c0! e0");
  EXPECT_EQ(loop.next().outcome.status, RunStatus::kFinished);
}

TEST(RunLoop, DivergesWhereItWasTold) {
  RunLoop loop(short_run(20), {});
  EXPECT_TRUE(loop.measured(record_at(0)));
  loop.diverged(1);
  EXPECT_EQ(loop.next().kind, Kind::kEnd);
  EXPECT_EQ(loop.next().outcome.reason, "diverged at step 1");

  RunLoop other(short_run(20), {});
  Record record = record_at(0);
  record.norm = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(other.measured(record));
  EXPECT_EQ(other.next().outcome.status, RunStatus::kDiverged);
}

TEST(RunLoop, HistoryIsNotMeasuredAgain) {
  TrainConfig config = short_run(50);
  config.probe_every = 2;
  std::vector<Record> history = {record_at(0), record_at(10), record_at(20), record_at(30)};
  RunLoop loop(config, {.step = 20, .history = history, .has_probes = true});
  history.clear();  // read at once
  // Records 0, 10 and 20 are counted, 30 is not: the fifth evaluation step, at 40, is probed.
  EXPECT_EQ(transcript(loop), "a21 a25 a30 m30 a40 m40 p40 a50 m50 p50 c50! e50");
}

TEST(RunLoop, AStoredDecisionToStopHolds) {
  TrainConfig config = short_run(50);
  config.stop_test_accuracy = 0.9;
  config.stop_held_evaluations = 2;
  const std::vector<Record> history = {record_at(0, 1), record_at(10, 1)};
  RunLoop loop(config, {.step = 10, .history = history});
  EXPECT_EQ(transcript(loop), "c10! e10");
  EXPECT_EQ(loop.next().outcome.status, RunStatus::kStopped);
}

TEST(RunLoop, RefusesStepsNobodyAskedFor) {
  RunLoop loop(short_run(20), {});
  loop.measured(record_at(0));
  EXPECT_THROW(loop.advanced(0, 0), Error);
  EXPECT_THROW(loop.advanced(11, 0), Error);
}

/// An engine that only moves all of its runs at once, as a batched one does.
struct SharedEngine {
  std::vector<FakeEngine> runs;
  std::int64_t moves = 0;

  /// Makes `steps` steps of each run named. Returns which diverged.
  std::vector<bool> advance(const std::vector<std::size_t>& which, std::int64_t steps) {
    ++moves;
    std::vector<bool> diverged;
    for (const std::size_t run : which) diverged.push_back(!runs[run].advance(runs[run].step() + steps));
    return diverged;
  }
};

/// Everything but updates, until the run wants updates or has ended. Returns the steps it wants, 0 at the end.
std::int64_t serve(RunLoop& loop, FakeEngine& engine, MemorySink& sink) {
  for (;;) {
    const RunAction action = loop.next();
    if (action.kind == Kind::kAdvance) return action.step - loop.step();
    if (action.kind == Kind::kMeasure) {
      const Record record = engine.measure();
      if (loop.measured(record)) sink.on_record(record);
    } else if (action.kind == Kind::kCheckpoint) {
      sink.on_checkpoint(engine.export_state(), action.kept);
      loop.checkpointed();
    } else {
      sink.on_outcome(action.outcome);
      return 0;
    }
  }
}

// Two runs with different schedules and ends share an engine, and each gets what it would have got alone.
TEST(RunLoop, TwoRunsInLockstepEqualTwoAlone) {
  Config first, second;
  first.train = short_run(45);
  second.train = short_run(300);
  second.train.evaluate_every = 7;
  second.train.checkpoint_every = 13;
  const auto shape = [](FakeEngine& engine, bool is_second) {
    engine.initialise();
    if (is_second) engine.diverge_at = 120;
  };
  SharedEngine shared;
  shared.runs.resize(2);
  std::vector<MemorySink> sinks(2);
  std::vector<std::unique_ptr<RunLoop>> loops;
  for (const Config* config : {&first, &second}) {
    shape(shared.runs[loops.size()], !loops.empty());
    loops.push_back(std::make_unique<RunLoop>(config->train, RunStart{}));
  }
  for (;;) {
    std::vector<std::size_t> waiting;
    std::int64_t steps = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i < loops.size(); ++i) {
      if (!sinks[i].outcomes.empty()) continue;
      const std::int64_t wanted = serve(*loops[i], shared.runs[i], sinks[i]);
      if (wanted == 0) continue;
      waiting.push_back(i);
      steps = std::min(steps, wanted);
    }
    if (waiting.empty()) break;
    const std::vector<bool> diverged = shared.advance(waiting, steps);
    for (std::size_t k = 0; k < waiting.size(); ++k) {
      RunLoop& loop = *loops[waiting[k]];
      const std::int64_t step = shared.runs[waiting[k]].step();
      diverged[k] ? loop.diverged(step) : loop.advanced(step, 0.01);
    }
  }
  for (std::size_t i = 0; i < 2; ++i) {
    FakeEngine alone;
    shape(alone, i == 1);
    MemorySink sink;
    const Outcome outcome = train(alone, i == 0 ? first : second, sink);
    ASSERT_EQ(sinks[i].outcomes.size(), 1u);
    EXPECT_EQ(sinks[i].outcomes[0].status, outcome.status);
    EXPECT_EQ(sinks[i].outcomes[0].step, outcome.step);
    ASSERT_EQ(sinks[i].records.size(), sink.records.size());
    for (std::size_t r = 0; r < sink.records.size(); ++r) {
      EXPECT_EQ(sinks[i].records[r].step, sink.records[r].step);
      EXPECT_EQ(sinks[i].records[r].norm, sink.records[r].norm);
    }
    ASSERT_EQ(sinks[i].checkpoints.size(), sink.checkpoints.size());
    for (std::size_t c = 0; c < sink.checkpoints.size(); ++c) {
      EXPECT_EQ(sinks[i].checkpoints[c].state.parameters, sink.checkpoints[c].state.parameters);
    }
  }
  EXPECT_EQ(sinks[1].outcomes[0].status, RunStatus::kDiverged);
}

}  // namespace
}  // namespace groklab
