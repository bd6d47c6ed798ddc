// Stores that become one: what is copied, what stays, what is refused.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "groklab/config.h"
#include "groklab/store/store.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

class StoreMergeTest : public ::testing::Test {
 protected:
  /// A run with records and states at steps 0, 10, ... up to `last`; `shift` makes its numbers others.
  void make_run(const std::string& store, const std::string& id, std::int64_t last, bool is_done, double shift = 0) {
    Store opened(directory_.path() / store);
    opened.create_run(id, Config(), "machine of " + store, layout_, true);
    const auto sink = opened.sink(id, layout_);
    for (std::int64_t step = 0; step <= last; step += 10) {
      Record record = sample_record(step, layout_);
      record.seconds = store.size() + 0.5;  // differs between stores: time is no result
      record.train.loss += shift;
      sink->on_record(record);
      TrainState state = sample_state(step, layout_, Precision::kFloat32, true);
      state.seconds = record.seconds;
      sink->on_checkpoint(state, true);
    }
    ProbeResult probe;
    probe.step = last;
    sink->on_probe(probe);
    Outcome outcome;
    outcome.status = is_done ? RunStatus::kFinished : RunStatus::kInterrupted;
    outcome.step = last;
    sink->on_outcome(outcome);
  }
  Store open(const std::string& store) { return Store(directory_.path() / store); }
  MergeReport merge(const std::string& from, const std::string& to, const std::atomic<bool>* interrupt = nullptr) {
    Store destination(directory_.path() / to);
    return destination.merge(Store(directory_.path() / from), interrupt);
  }
  double loss(const std::string& store, const std::string& id) { return open(store).records(id).front().train.loss; }

  TemporaryDirectory directory_;
  ParameterLayout layout_ = small_layout();
};

TEST_F(StoreMergeTest, EverythingOfARunIsCopiedAndOnlyOnce) {
  make_run("one", "a", 30, true);
  make_run("three", "b", 20, false);
  EXPECT_EQ(merge("one", "all").copied, 1);
  EXPECT_EQ(merge("three", "all").copied, 1);
  const MergeReport again = merge("one", "all");
  EXPECT_EQ(again.copied, 0);
  EXPECT_EQ(again.equal, 1);
  const Store all = open("all"), one = open("one");
  const std::vector<Record> records = all.records("a"), expected = one.records("a");
  ASSERT_EQ(records.size(), 4u);
  for (std::size_t i = 0; i < records.size(); ++i) expect_same(records[i], expected[i]);
  for (const std::int64_t step : {0, 10, 30}) {
    expect_same(all.load_checkpoint("a", step, layout_), one.load_checkpoint("a", step, layout_));
  }
  EXPECT_EQ(all.probes("a").size(), 1u);
  EXPECT_EQ(all.run("a").machine, "machine of one");
  EXPECT_EQ(all.run("b").status, RunStatus::kInterrupted);
  EXPECT_EQ(all.verify(), std::vector<std::string>());
}

// Catches: the locks of both stores taken one after the other, which two such threads do crosswise: they wait for ever.
TEST_F(StoreMergeTest, TwoThreadsMergeIntoEachOther) {
  make_run("one", "a", 30, true);
  make_run("three", "b", 20, true);
  Store one = open("one"), three = open("three");
  one.annotate({"a"}, {"first", {"kept"}, {}, {}});
  const auto merge_often = [](Store& to, const Store& from) {
    for (int i = 0; i < 20; ++i) to.merge(from, nullptr);
  };
  std::thread other([&] { merge_often(one, three); });
  merge_often(three, one);
  other.join();
  for (Store* store : {&one, &three}) {
    EXPECT_EQ(store->runs().size(), 2u);
    EXPECT_EQ(store->verify(), std::vector<std::string>());
  }
}

// Catches: a comparison that counts times, or that looks at no numbers.
TEST_F(StoreMergeTest, OtherNumbersAreReportedAndStay) {
  make_run("one", "a", 30, true);
  make_run("three", "a", 30, true, 1e-9);
  make_run("three", "b", 30, true);
  merge("one", "all");
  const double before = loss("all", "a");
  const MergeReport report = merge("three", "all");
  EXPECT_EQ(report.copied, 1) << "the other run";
  ASSERT_EQ(report.conflicts.size(), 1u);
  EXPECT_NE(report.conflicts[0].find("run a"), std::string::npos) << report.conflicts[0];
  EXPECT_NE(report.conflicts[0].find("at step 0, train_loss"), std::string::npos) << report.conflicts[0];
  EXPECT_EQ(loss("all", "a"), before);
}

TEST_F(StoreMergeTest, TheRunThatIsFurtherStays) {
  make_run("begun", "a", 10, false);
  make_run("further", "a", 20, false);
  make_run("done", "a", 30, true);
  merge("begun", "all");
  EXPECT_EQ(merge("further", "all").renewed, 1);
  EXPECT_EQ(merge("begun", "all").older, 1);
  EXPECT_EQ(open("all").run("a").step, 20);
  EXPECT_EQ(merge("done", "all").renewed, 1);
  EXPECT_EQ(merge("further", "all").older, 1);
  const Store all = open("all");
  EXPECT_EQ(all.run("a").status, RunStatus::kFinished);
  EXPECT_EQ(all.records("a").size(), 4u);
  EXPECT_EQ(all.verify(), std::vector<std::string>()) << "no folder of the replaced ones is left";
}

// Catches: a beginning that differs, taken for the beginning of the same run.
TEST_F(StoreMergeTest, AnUnfinishedRunOfOtherNumbersIsNoBeginning) {
  make_run("begun", "a", 10, false, 1e-9);
  make_run("done", "a", 30, true);
  merge("begun", "all");
  const MergeReport report = merge("done", "all");
  EXPECT_EQ(report.conflicts.size(), 1u);
  EXPECT_EQ(open("all").run("a").step, 10);
}

TEST_F(StoreMergeTest, WhatIsDamagedIsNamedAndLeftBehind) {
  make_run("one", "a", 30, true);
  make_run("one", "b", 30, true);
  make_run("one", "c", 30, true);
  {
    SQLite::Database database((directory_.path() / "one" / "groklab.sqlite").string(), SQLite::OPEN_READWRITE);
    database.exec("UPDATE records SET norm = 1 WHERE step = 10 AND run = (SELECT number FROM runs WHERE id = 'a')");
  }
  std::ofstream(directory_.path() / "one" / "checkpoints" / "b" / "step-10.safetensors", std::ios::app) << "more";
  const MergeReport report = merge("one", "all");
  EXPECT_EQ(report.copied, 1);
  EXPECT_EQ(report.conflicts.size(), 2u);
  EXPECT_FALSE(open("all").contains("a"));
  EXPECT_FALSE(open("all").contains("b"));
  EXPECT_TRUE(open("all").contains("c"));
}

TEST_F(StoreMergeTest, AnInterruptedMergeGoesOn) {
  for (const char* id : {"a", "b", "c"}) make_run("one", id, 10, true);
  const std::atomic<bool> at_once{true};
  EXPECT_TRUE(merge("one", "all", &at_once).interrupted);
  EXPECT_EQ(merge("one", "all").copied, 3);
}

// As on a network file system, where a store has no write-ahead log.
TEST_F(StoreMergeTest, AStoreWithTheOldJournalWorks) {
  open("all");
  {
    SQLite::Database database((directory_.path() / "all" / "groklab.sqlite").string(), SQLite::OPEN_READWRITE);
    database.exec("PRAGMA journal_mode = TRUNCATE");
  }
  make_run("all", "b", 20, true);
  make_run("one", "a", 30, true);
  EXPECT_EQ(merge("one", "all").copied, 1);
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "all" / "groklab.sqlite-wal"));
  EXPECT_EQ(open("all").verify(), std::vector<std::string>());
  EXPECT_EQ(open("all").records("b").size(), 3u);
}

/// What the system says of a path, said otherwise while it lives.
struct NetworkStores {
  NetworkStores() { ::setenv("GROKLAB_NETWORK_STORE", "1", 1); }
  ~NetworkStores() { ::unsetenv("GROKLAB_NETWORK_STORE"); }
};

// Catches: a write-ahead log on a network file system, where its users share no memory: a lost or damaged database.
TEST_F(StoreMergeTest, OnANetworkFileSystemThereIsNoWriteAheadLog) {
  const auto journal = [&](const std::string& store) {
    SQLite::Database database((directory_.path() / store / "groklab.sqlite").string(), SQLite::OPEN_READONLY);
    return database.execAndGet("PRAGMA journal_mode").getString();
  };
  make_run("local", "a", 30, true);
  EXPECT_EQ(journal("local"), "wal") << "the comparison below can fail";
  const NetworkStores all;
  make_run("made there", "b", 30, true);
  EXPECT_EQ(journal("made there"), "delete") << "what a reader sees of TRUNCATE";
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "made there" / "groklab.sqlite-wal"));
  EXPECT_EQ(open("local").records("a").size(), 4u) << "one that came from elsewhere leaves its log behind";
  EXPECT_EQ(journal("local"), "delete");
  EXPECT_EQ(merge("local", "made there").copied, 1);
  EXPECT_EQ(open("made there").verify(), std::vector<std::string>());
}

// Files come before rows: what a merge that was killed in between left is taken for nothing, and written anew.
TEST_F(StoreMergeTest, WhatAKilledMergeLeftIsWrittenAnew) {
  make_run("one", "a", 10, true);
  open("all");
  const std::filesystem::path folder = directory_.path() / "all" / "checkpoints" / "a";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "step-10.safetensors") << "half";
  EXPECT_EQ(merge("one", "all").copied, 1);
  EXPECT_EQ(open("all").verify(), std::vector<std::string>());
}

}  // namespace
}  // namespace groklab
