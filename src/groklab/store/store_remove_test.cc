// Deleted runs and garbage: what goes, what must not, and what is left where a program dies in between.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/store/store.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

class StoreRemoveTest : public ::testing::Test {
 protected:
  /// A run with states at 0, 10, ... `last`.
  void make_run(Store& store, const std::string& id, std::int64_t last, const std::string& parent = "",
                std::int64_t step = 0) const {
    Config config;
    config.fork.run = parent;
    config.fork.step = step;
    store.create_run(id, config, "machine", layout_, true);
    const auto sink = store.sink(id, layout_);
    for (std::int64_t s = 0; s <= last; s += 10) {
      sink->on_record(sample_record(s, layout_));
      sink->on_checkpoint(sample_state(s, layout_, Precision::kFloat32, true), true);
    }
    Outcome outcome;
    outcome.status = RunStatus::kFinished;
    outcome.step = last;
    sink->on_outcome(outcome);
  }
  std::vector<std::int64_t> states(const Store& store, const std::string& id) const {
    std::vector<std::int64_t> steps;
    for (const CheckpointInfo& info : store.checkpoints(id)) {
      steps.push_back(info.step);
      EXPECT_TRUE(fs::exists(info.file)) << info.file;
    }
    return steps;
  }

  TemporaryDirectory directory_;
  fs::path path_ = directory_.path() / "store";
  ParameterLayout layout_ = small_layout();
};

TEST_F(StoreRemoveTest, ARunGoesWithAllThatIsItsAndNothingElse) {
  Store store(path_);
  make_run(store, "a", 20);
  make_run(store, "b", 10);
  store.annotate({"a"}, {.name = "one", .tags = {"t"}});
  const StoredSize size = store.size_of("a");
  EXPECT_EQ(size.records, 3);
  EXPECT_EQ(size.states, 3);
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(path_ / "checkpoints" / "a")) bytes += entry.file_size();
  EXPECT_EQ(size.file_bytes, bytes);
  EXPECT_GT(size.row_bytes, 3u * 20 * 8);
  store.remove_runs({"a"});
  EXPECT_FALSE(store.contains("a"));
  EXPECT_FALSE(fs::exists(path_ / "checkpoints" / "a"));
  EXPECT_EQ(store.records("b").size(), 2u);
  EXPECT_TRUE(store.verify().empty());
  EXPECT_TRUE(store.garbage(0).annotations.empty());
  make_run(store, "a", 0);
  EXPECT_EQ(store.run("a").annotation.name, "") << "it was deleted with the run";
}

TEST_F(StoreRemoveTest, AParentStaysWhileItHasForks) {
  Store store(path_);
  make_run(store, "a", 20);
  make_run(store, "b", 10, "a", 10);
  make_run(store, "c", 10, "b", 10);
  EXPECT_EQ(store.forks_of({"a"}), std::vector<std::string>{"b"});
  EXPECT_TRUE(store.forks_of({"a", "b", "c"}).empty());
  EXPECT_THROW(store.remove_runs({"a"}), Error);
  EXPECT_THROW(store.remove_runs({"c", "none"}), Error);
  EXPECT_EQ(store.runs().size(), 3u) << "all or none";
  store.remove_runs({"a", "b", "c"});
  EXPECT_TRUE(store.runs().empty());
}

// A process that dies behind the rows leaves files that nothing needs, and these are garbage.
TEST_F(StoreRemoveTest, FilesWithoutRowsAreGarbage) {
  Store store(path_);
  make_run(store, "a", 20);
  make_run(store, "b", 10);
  store.annotate({"a"}, {.name = "one"});
  sqlite3* connection = nullptr;
  ASSERT_EQ(sqlite3_open((path_ / "groklab.sqlite").c_str(), &connection), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(connection,
                         "PRAGMA foreign_keys = ON; DELETE FROM runs WHERE id = 'a'; "
                         "DELETE FROM checkpoints WHERE step = 0",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(connection);
  std::ofstream(path_ / "checkpoints" / "b" / ".step-10.safetensors.1-0.tmp") << "cut";
  std::ofstream(path_ / "checkpoints" / "b" / "notes.txt") << "not ours";
  const Garbage garbage = store.garbage(0);
  ASSERT_EQ(garbage.leftovers.size(), 3u);
  EXPECT_EQ(garbage.leftovers[0].file.filename(), "a");
  EXPECT_EQ(garbage.leftovers[0].run, "");
  EXPECT_GT(garbage.leftovers[0].bytes, 0u);
  EXPECT_EQ(garbage.leftovers[2].run, "b");
  EXPECT_EQ(garbage.annotations, std::vector<std::string>{"a"});
  store.remove_garbage(garbage);
  EXPECT_FALSE(fs::exists(path_ / "checkpoints" / "a"));
  EXPECT_EQ(states(store, "b"), std::vector<std::int64_t>{10});
  EXPECT_TRUE(fs::exists(path_ / "checkpoints" / "b" / "notes.txt"));
  EXPECT_TRUE(store.verify().empty());
  EXPECT_TRUE(store.garbage(0).empty());
}

TEST_F(StoreRemoveTest, OldStatesGoButThoseThatForksStartFrom) {
  Store store(path_);
  make_run(store, "a", 50);
  make_run(store, "b", 20, "a", 10);
  store.create_run("c", Config(), "machine", layout_, true);  // not done: it goes on from its states
  const auto sink = store.sink("c", layout_);
  for (const std::int64_t s : {0, 10, 20})
    sink->on_checkpoint(sample_state(s, layout_, Precision::kFloat32, true), true);
  EXPECT_TRUE(store.garbage(0).states.empty());
  const Garbage garbage = store.garbage(2);
  EXPECT_EQ(garbage.states.size(), 3u + 1u);
  store.remove_garbage(garbage);
  EXPECT_EQ(states(store, "a"), (std::vector<std::int64_t>{10, 40, 50}));
  EXPECT_EQ(states(store, "b"), (std::vector<std::int64_t>{10, 20}));
  EXPECT_EQ(states(store, "c"), (std::vector<std::int64_t>{0, 10, 20}));
  EXPECT_FALSE(fs::exists(path_ / "checkpoints" / "a" / "step-20.safetensors"));
  EXPECT_TRUE(store.verify().empty());
}

// Catches: a collection that believes what was looked at before.
TEST_F(StoreRemoveTest, WhatCameToBeNeededStays) {
  Store store(path_);
  make_run(store, "a", 30);
  const Garbage before = store.garbage(1);
  ASSERT_EQ(before.states.size(), 3u);
  make_run(store, "b", 0, "a", 20);
  store.remove_garbage(before);
  EXPECT_EQ(states(store, "a"), (std::vector<std::int64_t>{20, 30}));
}

TEST_F(StoreRemoveTest, WhatPacksHoldGoesToo) {
  Store store(path_);
  make_run(store, "a", 20);
  make_run(store, "b", 20);
  store.pack();
  EXPECT_GT(store.size_of("a").file_bytes, 1000u);
  EXPECT_TRUE(store.garbage(1).states.empty()) << "a pack does not shrink by a state";
  store.remove_runs({"a"});
  EXPECT_TRUE(store.verify().empty());
  EXPECT_EQ(store.checkpoint_file("b", 20).metadata.at("step"), "20");
  sqlite3* connection = nullptr;
  ASSERT_EQ(sqlite3_open((path_ / "groklab.sqlite").c_str(), &connection), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(connection, "PRAGMA foreign_keys = ON; DELETE FROM runs", nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(connection);
  const Garbage garbage = store.garbage(0);
  ASSERT_EQ(garbage.leftovers.size(), 1u) << "packed states without a row";
  EXPECT_GT(garbage.leftovers[0].bytes, 1000u);
  store.remove_garbage(garbage);
  EXPECT_TRUE(store.verify().empty());
}

TEST_F(StoreRemoveTest, InputsOfNoRunGoWhenTheyAreOld) {
  Store store(path_);
  make_run(store, "a", 0);
  const auto put = [&](const char* digest) {
    fs::create_directories(path_ / "inputs" / digest);
    std::ofstream(path_ / "inputs" / digest / "table.csv") << "0,1\n1,0\n";
  };
  put("0123");
  put("4567");
  fs::last_write_time(path_ / "inputs" / "4567", fs::file_time_type::clock::now() - std::chrono::hours(2));
  const Garbage garbage = store.garbage(0);
  ASSERT_EQ(garbage.inputs.size(), 1u);
  store.remove_garbage(garbage);
  EXPECT_TRUE(fs::exists(path_ / "inputs" / "0123"));
  EXPECT_FALSE(fs::exists(path_ / "inputs" / "4567"));
}

TEST_F(StoreRemoveTest, TheDatabaseShrinks) {
  Store store(path_);
  for (int i = 0; i < 40; ++i) make_run(store, "run" + std::to_string(i), 100);
  std::vector<std::string> ids;
  for (const RunInfo& info : store.runs()) ids.push_back(info.id);
  store.remove_runs(ids);
  const Garbage garbage = store.garbage(0);
  EXPECT_GT(garbage.database_bytes, 50'000u);
  store.remove_garbage(garbage);
  EXPECT_LT(fs::file_size(path_ / "groklab.sqlite"), 100'000u);
  EXPECT_LT(store.garbage(0).database_bytes, 1'000u);
  make_run(store, "again", 10);
  EXPECT_TRUE(store.verify().empty());
}

}  // namespace
}  // namespace groklab
