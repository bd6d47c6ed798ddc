// Plans, their running, resuming and failing.
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "groklab/base/error.h"
#include "groklab/config/grid.h"
#include "groklab/files/failing_sync_test.h"
#include "groklab/model/precomputed_plan.h"
#include "groklab/sweep/cost.h"
#include "groklab/sweep/plan.h"
#include "groklab/sweep/run_plan.h"
#include "groklab/sweep/sweep_text.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSmall =
    "seed = [0, 1]\ntask.modulus = 7\nmodel.d_model = 16\nmodel.n_heads = 2\nsplit.train_size = [20, 30]\n"
    "train.steps = 40\n[[then]]\nsplit.train_size = 10\ntrain.steps = 30\noptim.weight_decay = [0.5, 1]\n";

class SweepTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(::testing::TempDir()) /
                 (std::string("sweep_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(directory_);
  }
  void TearDown() override { fs::remove_all(directory_); }
  std::vector<PlannedResult> run(const SweepPlan& plan, const std::string& store, int jobs,
                                 const std::atomic<bool>* interrupt = nullptr) {
    SweepOptions options;
    options.jobs = jobs;
    options.interrupt = interrupt;
    return run_plan(plan, std::vector<double>(plan.runs.size(), 1.0), directory_ / store, options);
  }
  fs::path directory_;
};

SweepPlan small_plan() { return expand_grid(parse_grid_text(kSmall, "g.toml")); }

TEST_F(SweepTest, AGridBecomesRunsAndTheirForks) {
  const SweepPlan plan = small_plan();
  ASSERT_EQ(plan.runs.size(), 12u);
  EXPECT_EQ(plan.runs[4].parent, 0);
  EXPECT_EQ(plan.runs[4].config.split.train_size, 10);
  EXPECT_EQ(plan.runs[11].parent, 3);
  EXPECT_EQ(plan.runs[0].varied.front(), (std::pair<std::string, std::string>("seed", "0")));
}

TEST_F(SweepTest, EqualRunsAreMadeOnce) {
  const SweepPlan plan = expand_grid(parse_grid_text(
      "task.modulus = 7\nsplit.train_size = 20\n[[case]]\nseed = [0, 1]\n[[case]]\nseed = [1, 2]\n", "g.toml"));
  EXPECT_EQ(plan.runs.size(), 3u);
}

TEST_F(SweepTest, WhatCannotBeTrainedIsRefusedBeforeAnythingStarts) {
  const auto expand = [](const char* text) { return expand_grid(parse_grid_text(text, "g.toml")); };
  EXPECT_THROW(expand("task.modulus = 7\nsplit.train_size = [20, 50]\n"), Error);
  EXPECT_THROW(expand("model.d_model = [16, 18]\n"), Error);
}

TEST_F(SweepTest, ResultsDoNotDependOnTheNumberOfJobs) {
  const SweepPlan plan = small_plan();
  const auto one = run(plan, "one", 1), three = run(plan, "three", 3);
  const Store a(directory_ / "one"), b(directory_ / "three");
  for (std::size_t i = 0; i < plan.runs.size(); ++i) {
    ASSERT_EQ(one[i].state, PlannedState::kDone) << one[i].error;
    ASSERT_EQ(one[i].id, three[i].id);
    const Record x = a.records(one[i].id).back(), y = b.records(one[i].id).back();
    EXPECT_EQ(x.train.loss, y.train.loss);
    EXPECT_EQ(x.norm, y.norm);
  }
  EXPECT_EQ(a.run(one[5].id).config.fork.run, one[0].id);
  EXPECT_EQ(a.run(one[5].id).config.fork.step, 40);
}

TEST_F(SweepTest, NothingStartsAfterAnInterrupt) {
  const std::atomic<bool> interrupt{true};
  for (const PlannedResult& r : run(small_plan(), "s", 2, &interrupt)) EXPECT_EQ(r.state, PlannedState::kPending);
}

/// Three runs one after the other, the last of them long, then a fork of each.
SweepPlan plan_with_a_long_run() {
  return expand_grid(
      parse_grid_text("task.modulus = 7\nmodel.d_model = 16\nmodel.n_heads = 2\nsplit.train_size = 20\n"
                      "train.steps = [40, 60, 20000]\n[[then]]\nsplit.train_size = 10\ntrain.steps = 30\n",
                      "g.toml"));
}

// Catches: a resume that trains anew (it would make more steps in all), that trains what was done, that loses a fork
// of a run that was done before, or whose optimiser state is not the stored one.
TEST_F(SweepTest, GoesOnWhereItWasInterrupted) {
  const SweepPlan plan = plan_with_a_long_run();
  ASSERT_EQ(plan.runs.size(), 6u);
  SweepOptions options;
  std::int64_t steps_made = 0;
  options.progress = [&](const SweepProgress& p) { steps_made = p.steps_made; };
  options.checkpoint_seconds = 0.01;  // each also writes the records, so that the thread below sees how far a run is
  const std::vector<double> seconds{100, 50, 10, 1, 1, 1};  // the longest chain first
  const auto whole = run_plan(plan, seconds, directory_ / "whole", options);
  EXPECT_EQ(steps_made, 40 + 60 + 20000 + 3 * 30);

  std::atomic<bool> interrupt{false}, ended{false};
  options.interrupt = &interrupt;
  std::thread interrupter([&] {  // in the middle of the third run
    const Store watched(directory_ / "s");
    while (!ended && (!watched.contains(whole[2].id) || watched.run(whole[2].id).step == 0)) std::this_thread::yield();
    interrupt = true;
  });
  const auto first = run_plan(plan, seconds, directory_ / "s", options);
  ended = true;
  interrupter.join();
  const std::int64_t first_steps = steps_made;
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(first[i].state, i < 2 ? PlannedState::kDone : PlannedState::kPending) << i;
  }
  const Store store(directory_ / "s"), reference(directory_ / "whole");
  const std::int64_t stopped_at = store.run(whole[2].id).step;
  EXPECT_GT(stopped_at, 0);
  EXPECT_LT(stopped_at, 20000);
  EXPECT_EQ(first_steps, 40 + 60 + stopped_at);

  interrupt = false;
  const auto second = run_plan(plan, seconds, directory_ / "s", options);
  EXPECT_EQ(first_steps + steps_made, 40 + 60 + 20000 + 3 * 30);
  for (std::size_t i = 0; i < 6; ++i) {
    ASSERT_EQ(second[i].state, PlannedState::kDone) << second[i].error;
    EXPECT_EQ(second[i].was_done, i < 2);
    ASSERT_EQ(second[i].id, whole[i].id);
    const std::vector<Record> a = store.records(whole[i].id), b = reference.records(whole[i].id);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t k = 0; k < a.size(); ++k) {
      EXPECT_EQ(a[k].step, b[k].step);
      EXPECT_EQ(a[k].train.loss, b[k].train.loss);
      EXPECT_EQ(a[k].norm, b[k].norm);
      EXPECT_EQ(a[k].update_norm, b[k].update_norm);
    }
  }
  for (const PlannedResult& r : run(plan, "s", 2)) EXPECT_TRUE(r.was_done);
}

TEST_F(SweepTest, AFailingRunIsRecordedItsForksAreSkippedAndTheRestGoOn) {
  SweepPlan plan = small_plan();
  plan.runs[0].config.split.train_size = 4000;  // more rows than there are: found when the run is prepared
  const auto results = run(plan, "s", 2);
  EXPECT_EQ(results[0].state, PlannedState::kFailed);
  EXPECT_NE(results[0].error.find("4000"), std::string::npos) << results[0].error;
  EXPECT_EQ(results[4].state, PlannedState::kSkipped);
  EXPECT_EQ(results[1].state, PlannedState::kDone);
  EXPECT_EQ(results[11].state, PlannedState::kDone);
  const Store store(directory_ / "s");
  EXPECT_EQ(store.runs().size(), 9u);
  EXPECT_EQ(failure_lines(plan, results, 2).size(), 3u);  // two of three, and how many more
  const std::string csv = results_csv(store, plan, results);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 13);
  EXPECT_NE(csv.find("run,parent,seed,split.train_size,optim.weight_decay,status"), std::string::npos) << csv;
}

// Catches: a sweep that succeeds although the disk could not take the states of its last runs.
TEST_F(SweepTest, ADiskThatFailsAtTheEndIsTold) {
  const SweepPlan plan = small_plan();
  fs::create_directories(directory_ / "s" / "checkpoints");
  {
    const FailingSync disk(directory_ / "s" / "checkpoints", EIO);
    EXPECT_THROW(run(plan, "s", 2), Error);
  }
  EXPECT_EQ(Store(directory_ / "s").runs().size(), 12u);
  for (const PlannedResult& r : run(plan, "s", 2)) EXPECT_EQ(r.state, PlannedState::kDone);
}

TEST_F(SweepTest, ADivergedParentHasNoForks) {
  const SweepPlan plan =
      expand_grid(parse_grid_text("task.modulus = 7\nsplit.train_size = 20\ntrain.steps = 60\noptim.kind = 'sgd'\n"
                                  "optim.learning_rate = 1e30\n[[then]]\noptim.learning_rate = 0.001\n",
                                  "g.toml"));
  const auto results = run(plan, "s", 1);
  EXPECT_EQ(results[0].state, PlannedState::kDone);
  EXPECT_EQ(results[0].outcome.status, RunStatus::kDiverged);
  EXPECT_EQ(results[1].state, PlannedState::kSkipped);
}

TEST_F(SweepTest, TheEstimateCountsWhatWillBeDone) {
  const SweepPlan plan = small_plan();
  const SweepEstimate estimate = *estimate_sweep(plan, 2, 0.05);
  EXPECT_EQ(estimate.runs, 12);
  EXPECT_EQ(estimate.steps, 4 * 40 + 8 * 30);
  // p 7 (10 table rows), 2 heads of 8, d 16, m 64; forks of 10 rows go on for 30 steps
  const auto step = [](std::int64_t rows) {
    const PrecomputedShape shape{rows, 10, 2, 2, 8, 16, 64, 7};
    return precomputed_flop(shape, cheapest_plan(shape));
  };
  EXPECT_NEAR(estimate.flop, 40 * 2 * (step(20) + step(30)) + 8 * 30 * step(10), 1.0);
  EXPECT_GT(estimate.wall_seconds, 0);
  EXPECT_GE(estimate.core_seconds, estimate.wall_seconds);
}

// 0.29 of 100 rows is 28.999999999999996 in binary: the split takes 29, and so must the estimate.
TEST_F(SweepTest, TheEstimateRoundsFractionsAsTheSplitDoes) {
  const auto flop = [](const char* size) {
    return estimate_sweep(expand_grid(parse_grid_text(std::string("task.modulus = 10\nmodel.d_model = 16\n"
                                                                  "model.n_heads = 2\ntrain.steps = 10\n") +
                                                          size,
                                                      "g.toml")),
                          1, 0.02)
        ->flop;
  };
  EXPECT_EQ(flop("split.train_fraction = 0.29\n"), flop("split.train_size = 29\n"));
  EXPECT_NE(flop("split.train_fraction = 0.28\n"), flop("split.train_size = 29\n"));
}

// A text value that looks quoted, or has blanks around it, reaches the run as it stands in the file.
TEST_F(SweepTest, TextValuesAreNotReadTwice) {
  const SweepPlan plan =
      expand_grid(parse_grid_text("task.modulus = 7\nsplit.train_size = 20\noptim.decay = '\"*\"'\n"
                                  "[[then]]\noptim.decay = [' *', '*W_*']\n",
                                  "g.toml"));
  ASSERT_EQ(plan.runs.size(), 3u);
  EXPECT_EQ(plan.runs[0].config.optim.decay, "\"*\"");
  EXPECT_EQ(plan.runs[1].config.optim.decay, " *");
  EXPECT_EQ(plan.runs[2].config.optim.decay, "*W_*");
}

// Catches: an estimate that walks over every step of a run, or hears no interrupt.
TEST_F(SweepTest, TheEstimateOfLongRunsIsQuickAndCanBeInterrupted) {
  const Grid grid = parse_grid_text(
      "task.modulus = 7\nmodel.d_model = 16\nmodel.n_heads = 2\ntrain.steps = 1000000000000\n"
      "train.evaluate_every = 1\nseed = [0, 1]\n",
      "g.toml");
  const auto start = std::chrono::steady_clock::now();
  const auto estimate = estimate_sweep(expand_grid(grid), 1, 0.05);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  ASSERT_TRUE(estimate);
  EXPECT_EQ(estimate->steps, 2'000'000'000'000);
  const std::atomic<bool> interrupt{true};
  EXPECT_FALSE(estimate_sweep(expand_grid(grid), 1, 0.05, &interrupt));
  EXPECT_TRUE(expand_grid(grid, &interrupt).runs.empty());
}

}  // namespace
}  // namespace groklab
