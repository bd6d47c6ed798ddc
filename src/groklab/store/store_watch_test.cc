// Tests of what a program that follows a store asks (store_watch.cc).
#include <gtest/gtest.h>

#include <cmath>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/store/record_columns.h"
#include "groklab/store/store.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

class StoreWatch : public testing::Test {
 protected:
  /// Records at steps 0, 1, ..., the last of them at `last`.
  void add(const std::string& id, std::int64_t last, bool ended = true) {
    Store store(path_);
    store.create_run(id, Config(), "machine", small_layout(), false);
    const auto sink = store.sink(id, small_layout());
    for (std::int64_t step = 0; step <= last; ++step) sink->on_record(sample_record(step, small_layout()));
    if (ended) sink->on_outcome({RunStatus::kFinished, last, "", 1});
  }

  TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_.path() / "store";
};

TEST_F(StoreWatch, CounterMovesWithOthersAlone) {
  add("a", 3);
  const Store watcher(path_);
  const std::int64_t before = watcher.change_counter();
  watcher.runs();
  EXPECT_EQ(watcher.change_counter(), before);
  add("b", 3);
  EXPECT_NE(watcher.change_counter(), before);
}

TEST_F(StoreWatch, MarksMoveWithTheirRun) {
  add("a", 3);
  add("b", 3, false);
  Store store(path_);
  const std::vector<RunMark> before = store.marks();
  ASSERT_EQ(before.size(), 2u);
  EXPECT_EQ(store.marks(), before);
  const auto sink = store.sink("b", small_layout());
  sink->on_record(sample_record(4, small_layout()));
  sink->on_outcome({RunStatus::kInterrupted, 4, "", 1});
  const std::vector<RunMark> after = store.marks();
  EXPECT_EQ(after[0], before[0]);
  EXPECT_NE(after[1], before[1]);
  EXPECT_EQ(after[1].number, before[1].number);
  const std::vector<NumberedRun> rows = store.numbered_runs({after[1].number, 999});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].info.id, "b");
  EXPECT_EQ(store.numbers("status = 'finished'"), std::vector<std::int64_t>{after[0].number});
  EXPECT_EQ(store.numbers("").size(), 2u);
}

// A run in training whose row says nothing new yet.
TEST_F(StoreWatch, MarksMoveWithRecords) {
  add("a", 3, false);
  Store store(path_);
  const std::vector<RunMark> before = store.marks();
  {
    const auto sink = store.sink("a", small_layout());
    sink->on_record(sample_record(4, small_layout()));
  }
  EXPECT_NE(store.marks(), before);
}

TEST_F(StoreWatch, TablesHaveTheColumnsOfRecords) {
  add("a", 5);
  const Store store(path_);
  const std::vector<Record> records = store.records("a");
  const RecordTable table = store.record_table("a", {"test_accuracy", "removed_loss", "step"}, 1, 100);
  ASSERT_EQ(table.steps, (std::vector<std::int64_t>{2, 3, 4, 5}));
  for (std::size_t i = 0; i < table.steps.size(); ++i) {
    EXPECT_EQ(table.columns[0][i], records[i + 2].test.accuracy);
    EXPECT_EQ(std::isnan(table.columns[1][i]), std::isnan(records[i + 2].removed.loss));
    EXPECT_EQ(table.columns[2][i], static_cast<double>(table.steps[i]));
  }
  for (const char* name : {"id", "tensor_norms", "step FROM records; --", ""}) {
    EXPECT_THROW(store.record_table("a", {name}, -1, 100), Error) << name;
  }
  EXPECT_THROW(store.record_table("nothing", {"step"}, -1, 100), Error);
}

TEST_F(StoreWatch, LongRunsAreThinnedOnBothScales) {
  add("a", 20000);
  const Store store(path_);
  const RecordTable table = store.record_table("a", {"norm"}, -1, 100);
  EXPECT_LE(table.steps.size(), 102u);
  EXPECT_GE(table.steps.size(), 70u);
  EXPECT_EQ(table.steps.front(), 0);
  EXPECT_EQ(table.steps.back(), 20000);
  const auto within = [&](std::int64_t low, std::int64_t high) {
    return std::count_if(table.steps.begin(), table.steps.end(), [&](std::int64_t s) { return s >= low && s < high; });
  };
  EXPECT_GE(within(0, 100), 15);        // where curves with logarithmic steps begin
  EXPECT_GE(within(10000, 20000), 20);  // where those with linear ones are
  // The same ones whole, as they are stored.
  const std::vector<Record> records = store.sampled_records("a", 100);
  ASSERT_EQ(records.size(), table.steps.size());
  for (const Record& record : records) expect_same(record, sample_record(record.step, small_layout()));
  EXPECT_EQ(store.sampled_records("a", 30000).size(), 20001u);
}

TEST_F(StoreWatch, OutlinesAreRecordsInShort) {
  add("a", 3);
  add("b", 5);
  const Store store(path_);
  const std::vector<RunMark> marks = store.marks();
  std::vector<std::vector<std::int64_t>> steps(2);
  store.visit_outlines({{marks[0].number, -1}, {marks[1].number, 3}}, [&](std::size_t place, const Record& record) {
    steps[place].push_back(record.step);
    const Record whole = sample_record(record.step, small_layout());
    EXPECT_EQ(record.test.accuracy, whole.test.accuracy);
    EXPECT_EQ(record.train.accuracy, whole.train.accuracy);
    EXPECT_EQ(record.test.loss, whole.test.loss);
    EXPECT_EQ(record.norm, whole.norm);
  });
  EXPECT_EQ(steps[0], (std::vector<std::int64_t>{0, 1, 2, 3}));
  EXPECT_EQ(steps[1], (std::vector<std::int64_t>{4, 5}));
}

}  // namespace
}  // namespace groklab
