// Forks from states that hold both circuits, along nested splits.
#include "groklab/lab/mixed_start.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/lab/prepared_run.h"
#include "groklab/sweep/run_plan.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Config config_of(std::initializer_list<const char*> settings) {
  Config config;
  for (const char* s : settings) set_config_value(config, s);
  return config;
}

/// A network that generalises, and forks of it and of them, trained for a moment.
class MixedStart : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = fs::path(::testing::TempDir()) / ("mixed_start_" + std::to_string(::getpid()));  // side by side
    fs::remove_all(directory_);
    SweepPlan plan;
    parent_ =
        plan.add(config_of({"task.modulus=11", "split.train_size=96", "model.d_model=24", "model.n_heads=2",
                            "model.d_mlp=64", "optim.learning_rate=5e-3", "train.steps=600", "train.evaluate_every=0",
                            "train.evaluate_per_decade=8", "train.checkpoint_per_decade=8"}));
    fewer_ = plan.add_fork(parent_, {"split.train_size=40", "train.steps=60"});
    more_ = plan.add_fork(fewer_, {"split.train_size=50", "train.steps=30"});
    most_ = plan.add_fork(fewer_, {"split.train_size=60", "train.steps=30"});
    results_ = run_plan(plan, std::vector<double>(plan.runs.size(), 1.0), directory_, {});
  }
  static void TearDownTestSuite() { fs::remove_all(directory_); }
  static std::vector<std::int64_t> rows(const Store& store, std::size_t run) {
    return prepare_stored_run(store, results_[run].id).split.train;
  }

  static inline fs::path directory_;
  static inline std::size_t parent_, fewer_, more_, most_;
  static inline std::vector<PlannedResult> results_;
  ThreadPool pool_{1};
};

// Catches: a fork of a fork that starts from its grandparent, that draws its rows anew, or that splits independently of
// its siblings.
TEST_F(MixedStart, ForksOfForksGoAlongNestedSplits) {
  const Store store(directory_);
  for (const PlannedResult& r : results_) ASSERT_EQ(r.state, PlannedState::kDone) << r.error;
  EXPECT_EQ(store.run(results_[more_].id).config.fork.run, results_[fewer_].id);
  EXPECT_EQ(store.run(results_[more_].id).config.fork.step, 60);
  EXPECT_EQ(store.records(results_[more_].id).front().norm, store.records(results_[fewer_].id).back().norm);
  const auto within = [&](std::size_t a, std::size_t b) {
    const auto inner = rows(store, a), outer = rows(store, b);
    return inner.size() < outer.size() && std::includes(outer.begin(), outer.end(), inner.begin(), inner.end());
  };
  EXPECT_TRUE(within(fewer_, parent_));
  EXPECT_TRUE(within(fewer_, more_));
  EXPECT_TRUE(within(more_, most_)) << "siblings are nested too";
  EXPECT_TRUE(within(most_, parent_)) << "rows that come back are rows that the first parent knew";
}

// One orbit holds all labels of x + y, so that the probe's rho is the one of the record at the same step.
TEST_F(MixedStart, RatiosAreThoseOfTheStoredStates) {
  const Store store(directory_);
  const std::string& id = results_[parent_].id;
  const std::vector<MixedState> states = mixed_states(store, id, pool_);
  ASSERT_EQ(states.size(), store.checkpoints(id).size());
  int compared = 0;
  for (const Record& record : store.records(id)) {
    for (const MixedState& state : states) {
      if (state.step != record.step || std::isnan(state.ratio)) continue;
      const double memorised = record.train.correct_logit_centred - record.test.correct_logit_centred;
      EXPECT_NEAR(state.ratio, record.test.correct_logit_centred / memorised, 1e-4 * std::abs(state.ratio));
      ++compared;
    }
  }
  EXPECT_GT(compared, 5);
}

TEST_F(MixedStart, TheNearestStateIsTakenOrNone) {
  const Store store(directory_);
  const std::string& id = results_[parent_].id;
  int positive = 0;
  for (const MixedState& state : mixed_states(store, id, pool_)) {
    if (!(state.ratio > 0)) continue;
    EXPECT_EQ(mixed_start(store, id, state.ratio, pool_).step, state.step);
    ++positive;
  }
  EXPECT_GT(positive, 0);
  try {
    mixed_start(store, id, 1e12, pool_);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_NE(std::string(error.what()).find("within a factor 1.5 of 1000000000000, found"), std::string::npos)
        << error.what();
  }
}

// Catches: distances in rho instead of ln rho, by which 0.1 would be nearer to 1 than 3.
TEST(MixedStates, NearnessIsInLogarithms) {
  const std::vector<MixedState> states = {{1, kNaN}, {2, -1}, {3, 0.1}, {4, 3}, {5, 30}, {6, 0}};
  EXPECT_EQ(nearest_mixture(states, 1)->step, 4);
  EXPECT_EQ(nearest_mixture(states, 0.2)->step, 3);
  EXPECT_EQ(nearest_mixture({{1, 2}, {2, 0.5}}, 1)->step, 2) << "of two as near, the later";
  EXPECT_FALSE(nearest_mixture({{1, kNaN}, {2, -1}, {3, 0}}, 1));
}

TEST(MixedStates, TheWordMayHaveARatio) {
  EXPECT_EQ(parse_balance("balance"), 1.0);
  EXPECT_EQ(parse_balance("balance=2.5"), 2.5);
  EXPECT_FALSE(parse_balance("last"));
  EXPECT_FALSE(parse_balance("150"));
  EXPECT_FALSE(parse_balance("balanced"));
  for (const char* bad : {"balance=", "balance=0", "balance=-1", "balance=1x", "balance=inf", "balance=nan"}) {
    EXPECT_THROW(parse_balance(bad), Error) << bad;
  }
}

}  // namespace
}  // namespace groklab
