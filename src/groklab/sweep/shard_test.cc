// Plans that are cut, and what their shards become together.
#include "groklab/sweep/shard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <set>
#include <string>

#include "groklab/base/error.h"
#include "groklab/config/grid.h"
#include "groklab/store/store.h"
#include "groklab/store/support_test.h"
#include "groklab/sweep/cost.h"
#include "groklab/sweep/run_plan.h"

namespace groklab {
namespace {

/// 12 trees: a run of 20 or 30 rows and its two forks.
SweepPlan forked_plan() {
  return expand_grid(parse_grid_text(
      "seed = { from = 0, to = 5 }\ntask.modulus = 7\nmodel.d_model = 16\nmodel.n_heads = 2\n"
      "split.train_size = [20, 30]\ntrain.steps = 40\n[[then]]\nsplit.train_size = 10\ntrain.steps = 30\n"
      "optim.weight_decay = [0.5, 1]\n",
      "g.toml"));
}

TEST(Shard, IsWrittenAsOneOfMany) {
  EXPECT_EQ(parse_shard("3/8"), (Shard{3, 8}));
  EXPECT_EQ(parse_shard("1/1"), (Shard{1, 1}));
  EXPECT_EQ(shard_text({3, 8}), "3/8");
  for (const char* text : {"", "3", "/", "0/8", "9/8", "3/", "/8", "3/8/9", " 3/8", "-1/8", "3/1000000", "a/b"}) {
    EXPECT_THROW(parse_shard(text), Error) << text;
  }
}

TEST(Shard, EveryRunIsInOneAndForksAreWithTheirParents) {
  const SweepPlan plan = forked_plan();
  ASSERT_EQ(plan.runs.size(), 36u);
  for (const int count : {1, 2, 5, 12, 40}) {
    const std::vector<int> shards = assign_shards(plan, planned_work(plan), count);
    std::size_t runs = 0;
    for (int i = 0; i < count; ++i) runs += shard_of(plan, shards, i).runs.size();
    EXPECT_EQ(runs, plan.runs.size()) << count;
    for (std::size_t i = 0; i < shards.size(); ++i) {
      EXPECT_LT(shards[i], count);
      const std::ptrdiff_t parent = plan.runs[i].parent;
      EXPECT_EQ(shards[i], parent == kNoParent ? shards[i] : shards[static_cast<std::size_t>(parent)]);
    }
  }
}

// Catches: shards by number of runs, or in the plan's order.
TEST(Shard, TheWorkIsSharedOutEvenly) {
  SweepPlan plan;
  for (int i = 0; i < 20; ++i) {
    Config config;
    config.seed = i;
    config.task.modulus = 7;
    config.train.steps = i == 19 ? 10000 : 1000;  // the last one is as long as ten others
    plan.add(config);
  }
  std::vector<double> work(20, 1.0), loads(3, 0.0);
  work[19] = 10;
  const std::vector<int> shards = assign_shards(plan, work, 3);
  for (std::size_t i = 0; i < shards.size(); ++i) loads[static_cast<std::size_t>(shards[i])] += work[i];
  EXPECT_EQ(*std::max_element(loads.begin(), loads.end()), 10) << "the long one is alone";
  EXPECT_EQ(*std::min_element(loads.begin(), loads.end()), 9);
  EXPECT_GT(planned_work(plan)[19], 9 * planned_work(plan)[1]);
}

TEST(Shard, ASchedulePacksShardsOntoNodes) {
  SweepPlan plan;
  for (int i = 0; i < 100; ++i) {
    Config config;
    config.seed = i;
    config.task.modulus = 7;
    plan.add(config);
  }
  const std::vector<double> seconds(100, 360.0);  // ten hours of one core
  const ShardSchedule one = schedule_shards(plan, seconds, 1, 2, 3600.0);
  EXPECT_EQ(one.shards, 5);
  EXPECT_NEAR(one.longest, 3600, 1);
  EXPECT_NEAR(one.total, 5 * 3600, 1);
  EXPECT_NEAR(schedule_shards(plan, seconds, 5, 2, 3600.0).total, 3600, 1);
  const ShardSchedule four = schedule_shards(plan, seconds, 4, 2, 3600.0);
  EXPECT_EQ(four.shards, 8) << "five would leave three nodes idle half of the time";
  EXPECT_LT(four.total, 1.4 * 3600);
  EXPECT_EQ(schedule_given_shards(plan, seconds, 4, 2, 10).shards, 10) << "as many as are asked for";
  std::vector<double> uneven = seconds;
  uneven[0] = 36000;  // as long as all others together: one shard for each of two nodes, not one of it alone
  EXPECT_EQ(schedule_shards(plan, uneven, 2, 2, 60.0).shards, 2);
  EXPECT_EQ(schedule_shards(plan, seconds, 1000, 2, 1.0).shards, 100) << "no more than runs";
  EXPECT_NEAR(schedule_shards(plan, seconds, 1000, 2, 1.0).longest, 360, 1) << "nor shorter than a run";
}

/// Everything of the runs but times.
std::string texts_of(const Store& store) {
  std::set<std::string> texts;
  for (const RunInfo& run : store.runs()) {
    std::string text = run.id;
    for (const Record& record : store.records(run.id)) {
      text += "|" + std::to_string(record.step) + ":" + std::to_string(record.train.loss);
    }
    const auto state = store.checkpoint_file(run.id, -1);
    for (const FileTensor& tensor : state.tensors) {
      text += tensor.name + std::string(reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size());
    }
    texts.insert(text);
  }
  return std::accumulate(texts.begin(), texts.end(), std::string());
}

TEST(Shard, MergedShardsAreTheSweepBitForBit) {
  const TemporaryDirectory directory;
  const SweepPlan plan = forked_plan();
  const auto train = [&](const SweepPlan& part, const std::string& store) {
    run_plan(part, std::vector<double>(part.runs.size(), 1.0), directory.path() / store, {});
  };
  train(plan, "whole");
  Store all(directory.path() / "all");
  for (const int i : {3, 1, 2}) {
    const std::string store = "shard" + std::to_string(i);
    train(shard_of(plan, {i, 3}), store);
    all.merge(Store(directory.path() / store));
  }
  EXPECT_EQ(all.runs().size(), plan.runs.size());
  EXPECT_EQ(texts_of(all), texts_of(Store(directory.path() / "whole")));
}

}  // namespace
}  // namespace groklab
