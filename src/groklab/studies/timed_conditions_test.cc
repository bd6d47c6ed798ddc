// Timed conditions: their settings reach the runs, and what is measured is what the runs did.
#include "groklab/studies/timed_conditions.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "groklab/base/error.h"
#include "groklab/lab/prepared_run.h"
#include "groklab/studies/timed_made_up_for_test.h"

namespace groklab::studies {
namespace {

namespace fs = std::filesystem;

TimedSizes small_sizes() {
  TimedSizes s;
  s.network = modular_mlp(5, 8, 16, "relu");
  s.seeds = {3, 2};
  s.rows = 20;
  s.settings = {"optim.learning_rate=0.01"};
  s.conditions = {{"decay", 0, {"optim.weight_decay=0"}, 40}, {"decay", 1, {"optim.weight_decay=1"}, 60}};
  s.logits = true;
  return s;
}

TEST(TimedConditions, SettingsReachTheRuns) {
  SweepPlan plan;
  const TimedRuns runs = plan_timed(plan, small_sizes());
  ASSERT_EQ(runs.runs.size(), 4u);
  ASSERT_EQ(plan.runs.size(), 4u);
  const Config& second = plan.runs[runs.runs[1].run].config;
  EXPECT_EQ(second.seed, 3);
  EXPECT_EQ(second.optim.learning_rate, 0.01);
  EXPECT_EQ(second.optim.weight_decay, 1);
  EXPECT_EQ(second.train.steps, 60);
  EXPECT_EQ(second.train.stop_test_accuracy, 0.9);
  plan_timed(plan, small_sizes());
  EXPECT_EQ(plan.runs.size(), 4u) << "the same runs";
  TimedSizes wrong = small_sizes();
  wrong.conditions[0].settings = {"optim.weight_decoy=1"};
  EXPECT_THROW(plan_timed(plan, wrong), Error);
}

TEST(TimedConditions, MeasuresWhatTheRunsDid) {
  const fs::path directory = fs::path(::testing::TempDir()) / ("timed_" + std::to_string(::getpid()));
  fs::remove_all(directory);
  const TimedSizes sizes = small_sizes();
  SweepPlan plan;
  const TimedRuns runs = plan_timed(plan, sizes);
  const std::vector<PlannedResult> made = run_plan(plan, std::vector<double>(plan.runs.size(), 1.0), directory, {});
  {
    const Store store(directory);
    ThreadPool pool(1);
    const RunResults results(store, made, pool);
    const TimedMeasurement m = measure_timed(results, sizes, runs);
    ASSERT_EQ(m.runs.size(), 4u);
    const TimedRun* run = find_timed(m, 4, "decay", 1);
    ASSERT_NE(run, nullptr);
    const std::vector<Record>& records = results.records(runs.runs[3].run);
    EXPECT_EQ(run->delay.budget, records.back().step);
    EXPECT_EQ(run->norm, records.back().norm);
    EXPECT_EQ(run->train_accuracy, records.back().train.accuracy);
    // The norm of a row's logits is at least that of the correct one, and at most sqrt(classes) times the largest.
    EXPECT_GT(run->logit_norm, std::abs(records.back().train.correct_logit) / 5);
    EXPECT_LT(run->logit_norm, 1e3);
    EXPECT_EQ(find_timed(m, 5, "decay", 1), nullptr);
  }
  fs::remove_all(directory);
}

TEST(TimedConditions, TimesBeyondTheBudgetAreBounds) {
  TimedSizes sizes = small_sizes();
  sizes.conditions.push_back({"decay", 2, {}, 60});
  const TimedMeasurement m = made_up_runs(sizes, [](std::size_t seed, TimedRun& run) {
    set_grok(run, 2 * std::exp(-0.5 * run.x));
    if (seed == 0 && run.x == 0) {
      run.delay.budget = kMadeUpFit;  // half of its time
      set_no_grok(run);
    }
  });
  for (const double slope : log_slopes(m, "decay", false)) EXPECT_NEAR(slope, -0.5, 1e-3);
  EXPECT_NEAR(log_grok(m, 7, "decay", 0), std::log(kMadeUpFit), 1e-9) << "the budget stands for the time";
  EXPECT_NEAR(grokked_fraction(m, "decay", {0, 1}).value, 0.9, 1e-9);
  EXPECT_NEAR(median_grok(m, "decay", 0), 2 * kMadeUpFit, 1);
  Judgement result;
  finish_timed(m, result);
  EXPECT_EQ(result.n_censored, 1);
  EXPECT_EQ(result.n_seeds, 5);
}

}  // namespace
}  // namespace groklab::studies
