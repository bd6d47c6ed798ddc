// Measurements of the weights of stored runs, against the same made by hand.
#include "groklab/studies/run_results.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <filesystem>

#include "groklab/base/error.h"
#include "groklab/engine/engine.h"
#include "groklab/lab/prepared_run.h"
#include "groklab/probe/norm_at_margin.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies {
namespace {

namespace fs = std::filesystem;
using varma2023::Budgets;

/// Networks on x + y mod 5 and x^2 + y^2 mod 5, trained for a moment.
class RunResultsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ =
        fs::path(::testing::TempDir()) / ("run_results_" + std::to_string(::getpid()));  // tests run side by side
    fs::remove_all(directory_);
    const Budgets budgets{800, 60, 40};
    plan_ = SweepPlan();
    scratch_ = varma2023::scratch_run(plan_, modular_network(5, 8), 3, 15, 1, 30);
    converged_ = varma2023::converged_run(plan_, budgets, modular_network(5, 8), 3, 25, 1);
    squares_ = varma2023::converged_run(plan_, budgets, modular_network(5, 8, "sum_of_squares"), 3, 15, 1);
    fork_ = varma2023::fork_of(plan_, budgets, converged_, 10, 2, 40);
    results_ = run_plan(plan_, std::vector<double>(plan_.runs.size(), 1.0), directory_, {});
  }
  static void TearDownTestSuite() { fs::remove_all(directory_); }

  static inline fs::path directory_;
  static inline SweepPlan plan_;
  static inline std::vector<PlannedResult> results_;
  static inline RunIndex scratch_, converged_, squares_, fork_;
  ThreadPool pool_{1};
};

TEST_F(RunResultsTest, PlansKeepTheBudgetsOfTheirKinds) {
  EXPECT_EQ(plan_.runs.size(), 4u) << "the fork shares its parent";
  EXPECT_EQ(plan_.runs[converged_].config.train.steps, 800);
  EXPECT_EQ(plan_.runs[fork_].parent, static_cast<std::ptrdiff_t>(converged_));
  EXPECT_EQ(plan_.runs[fork_].config.train.steps, 40);
  EXPECT_EQ(plan_.runs[fork_].config.train.evaluate_every, 10) << "a quarter of S";
}

// Catches: a setting of the kind that is left at its default.
TEST_F(RunResultsTest, PlansSetWhatTheyAreAskedFor) {
  SweepPlan plan;
  const Config& config = plan.runs[varma2023::scratch_run(plan, modular_network(7, 12), 4, 20, 0.5, 90)].config;
  EXPECT_EQ(config.seed, 4);
  EXPECT_EQ(config.task.modulus, 7);
  EXPECT_EQ(config.model.d_model, 12);
  EXPECT_EQ(config.split.train_size, 20);
  EXPECT_EQ(config.optim.weight_decay, 0.5);
  EXPECT_EQ(config.train.evaluate_every, 0);
  EXPECT_EQ(config.train.evaluate_per_decade, 25);
  EXPECT_EQ(config.train.steps, 90);
  EXPECT_EQ(config.train.checkpoint_per_decade, 8);
}

// Catches: a read through a store that is not there.
TEST(RunResults, OfAPlanWithoutRunsNothingCanBeRead) {
  const RunResults none(2);
  EXPECT_FALSE(none.has(1));
  EXPECT_EQ(none.mixed_arithmetic(), "");
  EXPECT_THROW(none.records(1), Error);
  EXPECT_THROW(none.degrees(1), Error);
}

TEST_F(RunResultsTest, ArithmeticsAreNotMixedUnnoticed) {
  const Store store(directory_);
  const RunResults results(store, results_, pool_);
  EXPECT_EQ(results.mixed_arithmetic(), "");
  const auto set_column = [&](const std::string& column, const std::string& value) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open((directory_ / "groklab.sqlite").c_str(), &connection), SQLITE_OK);
    const std::string sql = "UPDATE runs SET checksum = NULL, " + column + " = '" + value + "' WHERE number = 1";
    EXPECT_EQ(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(connection);
  };
  const std::string present = store.runs().back().engine;
  set_column("engine", "abacus/1");
  EXPECT_NE(results.mixed_arithmetic().find("abacus/1 (1 run)"), std::string::npos) << results.mixed_arithmetic();
  set_column("engine", present);
  const std::string own = store.runs().back().instruction_set;
  set_column("instruction_set", "NEON-2");
  EXPECT_NE(results.mixed_arithmetic().find("one instruction set, found"), std::string::npos)
      << results.mixed_arithmetic();
  EXPECT_NE(results.mixed_arithmetic().find("NEON-2 (1 run)"), std::string::npos) << results.mixed_arithmetic();
  set_column("instruction_set", "");
  EXPECT_EQ(results.mixed_arithmetic(), "") << "an old store does not tell";
  set_column("instruction_set", own);
}

TEST_F(RunResultsTest, NormsAreThoseOfTheLastCheckpointOnTrainingRows) {
  const Store store(directory_);
  const RunResults results(store, results_, pool_);
  ASSERT_TRUE(results.has(converged_));
  const PreparedRun run = prepare_stored_run(store, results_[converged_].id);
  const auto engine = make_engine(run.config, run.task, run.split, pool_);
  engine->import_state(store.load_checkpoint(run.id, -1, engine->layout()));
  const double margin = 0.9 * results.last(converged_).train.margin;
  ASSERT_GT(margin, 0);
  const double expected = norm_at_margin(*engine, run.task, run.split.train, margin);
  ASSERT_TRUE(std::isfinite(expected));
  EXPECT_EQ(results.norm_at_margin(converged_, margin), expected);
  EXPECT_EQ(results.norm_at_margin(converged_, margin), expected) << "asked twice";
  EXPECT_LT(expected, results.last(converged_).norm);
  const double logit = 0.9 * results.last(converged_).train.correct_logit_centred;
  const double at_logit = norm_at_logit(*engine, run.task, run.split.train, logit);
  ASSERT_TRUE(std::isfinite(at_logit));
  EXPECT_EQ(results.norm_at_logit(converged_, logit), at_logit);
  const Degrees degrees = homogeneity_degrees(*engine, run.task, run.split.train);
  EXPECT_EQ(results.degrees(converged_).margin, degrees.margin);
  EXPECT_EQ(results.degrees(converged_).correct_logit, degrees.correct_logit);
  EXPECT_GT(degrees.margin, 1);
}

TEST_F(RunResultsTest, CircuitsAreThoseOfKeptCheckpoints) {
  const Store store(directory_);
  const RunResults results(store, results_, pool_);
  const auto over = results.circuits_over_steps(scratch_);
  ASSERT_GT(over.size(), 3u);
  EXPECT_EQ(over.back().step, 30);
  for (std::size_t i = 1; i < over.size(); ++i) EXPECT_LT(over[i - 1].step, over[i].step);
  EXPECT_EQ(results.circuits(scratch_)->memorised_strength, over.back().metrics.memorised_strength);
  const RunResults fresh(store, results_, pool_);  // where no other step is known yet
  EXPECT_EQ(fresh.circuits(scratch_)->memorised_strength, over.back().metrics.memorised_strength);
  EXPECT_NE(over.front().metrics.memorised_strength, over.back().metrics.memorised_strength);
  EXPECT_FALSE(results.circuits(squares_).has_value()) << "x^2 + y^2 has no known symmetry";
  EXPECT_TRUE(results.circuits_over_steps(squares_).empty());
}

TEST_F(RunResultsTest, PointsHoldWhatTheRecordsSay) {
  const Store store(directory_);
  std::vector<PlannedResult> some = results_;
  some[scratch_].state = PlannedState::kFailed;
  some[fork_].outcome.status = RunStatus::kDiverged;
  const RunResults results(store, some, pool_);
  const std::vector<PlannedPoint> planned = {
      {scratch_, 3, 15, 1}, {converged_, 3, 25, 1}, {squares_, 3, 15, 0.5}, {fork_, 3, 10, 2}};
  const auto points = measure_points(results, planned, true);
  ASSERT_EQ(points.size(), 2u) << "failed and diverged runs are left out";
  const Record& last = results.last(converged_);
  EXPECT_EQ(points[0].seed, 3);
  EXPECT_EQ(points[0].rows, 25);
  EXPECT_EQ(points[1].weight_decay, 0.5);
  EXPECT_EQ(points[0].norm, last.norm);
  EXPECT_EQ(points[0].margin, last.train.margin);
  EXPECT_TRUE(std::isnan(points[0].test_accuracy)) << "the full table has no test rows";
  EXPECT_TRUE(points[0].has_circuits);
  EXPECT_EQ(points[0].invariant_fraction, results.circuits(converged_)->invariant_fraction);
  EXPECT_FALSE(points[1].has_circuits);
  const Record& squares = results.last(squares_);
  EXPECT_EQ(points[1].test_accuracy, squares.test.accuracy);
  ASSERT_TRUE(std::isfinite(squares.test.accuracy));
  EXPECT_EQ(points[0].objective, last.objective);
  EXPECT_NE(points[0].objective, last.train.loss + 0.5 * last.norm * last.norm) << "not lambda/2 |theta|^2";
  EXPECT_EQ(points[0].degree, results.degrees(converged_).margin);
  EXPECT_EQ(points[0].logit_degree, results.degrees(converged_).correct_logit);
  EXPECT_FALSE(measure_points(results, planned, false)[0].has_circuits);
}

TEST_F(RunResultsTest, AccuracyIsReadAtOrBeforeAStep) {
  const Store store(directory_);
  const RunResults results(store, results_, pool_);
  const std::vector<Record>& records = results.records(fork_);
  EXPECT_EQ(varma2023::accuracy_at(results, fork_), records.back().test.accuracy);
  EXPECT_EQ(varma2023::accuracy_at(results, fork_, 0), records.front().test.accuracy);
  const Record& middle = records.at(records.size() / 2);
  EXPECT_EQ(varma2023::accuracy_at(results, fork_, middle.step), middle.test.accuracy);
}

}  // namespace
}  // namespace groklab::studies
