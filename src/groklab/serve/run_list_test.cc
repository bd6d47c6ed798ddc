// Tests of run_list.h: that the list follows what other processes do, and reads no more than that.
#include "groklab/serve/run_list.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include "groklab/serve/service_for_test.h"

namespace groklab::serve {
namespace {

using nlohmann::json;

TEST(ServeRunList, FollowsTheStore) {
  ServedStore served;
  served.add("aaaaaaaaaaaa", small_config(), {record_at(0, 0.1, 0.1)});
  RunList list(served.path);
  const std::uint64_t first = list.snapshot()->version;
  list.refresh();
  EXPECT_EQ(list.snapshot()->version, first) << "nothing changed";

  // A run that begins, goes on and ends, as another process writes it.
  Store writer(served.path);
  writer.create_run("bbbbbbbbbbbb", small_config({"seed=1"}), "machine", small_layout(), false);
  list.refresh();
  ASSERT_NE(list.snapshot()->find("bbbbbbbbbbbb"), nullptr);
  const auto sink = writer.sink("bbbbbbbbbbbb", small_layout());
  for (int i = 0; i <= 4; ++i) sink->on_record(record_at(10 * i, 1, i < 2 ? 0.1 : 1));
  sink->on_checkpoint(sample_state(40, small_layout(), Precision::kFloat32, true), false);  // flushes
  list.refresh();
  EXPECT_EQ(list.snapshot()->find("bbbbbbbbbbbb")->run.times.grok, 20);
  EXPECT_EQ(list.snapshot()->find("bbbbbbbbbbbb")->last_step, 40);
  const std::uint64_t before_end = list.snapshot()->version;
  sink->on_outcome({RunStatus::kFinished, 40, "", 1});
  list.refresh();
  EXPECT_EQ(list.snapshot()->find("bbbbbbbbbbbb")->run.info.status, RunStatus::kFinished);
  // The change holds the one run.
  const json change = json::parse(list.snapshot()->change_json(before_end));
  ASSERT_EQ(change["rows"].size(), 1u);
  EXPECT_EQ(change["rows"][0][0], "bbbbbbbbbbbb");
  EXPECT_EQ(change["full"], false);
}

// The same events whether records come at once or one by one.
TEST(ServeRunList, EventsDoNotDependOnWhenItLooks) {
  ServedStore served;
  Store writer(served.path);
  writer.create_run("aaaaaaaaaaaa", small_config(), "machine", small_layout(), false);
  const auto sink = writer.sink("aaaaaaaaaaaa", small_layout());
  RunList often(served.path);
  for (int i = 0; i <= 12; ++i) {
    sink->on_record(record_at(10 * i, i > 1 ? 1 : 0, i > 3 && i < 9 ? 1 : 0.1));
    sink->on_checkpoint(sample_state(10 * i, small_layout(), Precision::kFloat32, true), false);
    often.refresh();
  }
  RunList once(served.path);
  const EventTimes &a = often.snapshot()->find("aaaaaaaaaaaa")->run.times,
                   &b = once.snapshot()->find("aaaaaaaaaaaa")->run.times;
  EXPECT_EQ(a.fit, 20);
  EXPECT_EQ(a.grok, 40);
  EXPECT_EQ(a.ungrok, 90);
  EXPECT_EQ(a.fit, b.fit);
  EXPECT_EQ(a.grok, b.grok);
  EXPECT_EQ(a.ungrok, b.ungrok);
}

TEST(ServeRunList, TellsWhatIsGone) {
  ServedStore served;
  served.add("aaaaaaaaaaaa", small_config(), {record_at(0, 0.1, 0.1)});
  {
    Store store(served.path);  // without states: training it anew replaces it at once
    store.create_run("bbbbbbbbbbbb", small_config({"seed=1"}), "machine", small_layout(), false);
  }
  RunList list(served.path);
  const std::uint64_t before = list.snapshot()->version;
  {
    Store store(served.path);
    store.create_run("bbbbbbbbbbbb", small_config({"seed=1"}), "another", small_layout(), true);
  }
  list.refresh();
  EXPECT_EQ(list.snapshot()->entries.size(), 2u);
  EXPECT_EQ(list.snapshot()->find("bbbbbbbbbbbb")->run.info.machine, "another");
  EXPECT_EQ(json::parse(list.snapshot()->change_json(before))["removed"], json::array());  // it is there again
}

// Catches: columns that the first list had and later rows do not.
TEST(ServeRunList, ANewKeyChangesTheColumnsOfAll) {
  ServedStore served;
  served.add("aaaaaaaaaaaa", small_config(), {record_at(0, 0.1, 0.1)});
  RunList list(served.path);
  const std::size_t before = list.snapshot()->columns.size();
  served.add("bbbbbbbbbbbb", small_config({"optim.beta1=0.5"}), {record_at(0, 0.1, 0.1)});
  list.refresh();
  const auto now = list.snapshot();
  EXPECT_EQ(now->columns.size(), before + 1);
  EXPECT_EQ(now->columns.back().name, "optim.beta1");
  for (const auto& entry : now->entries) EXPECT_EQ(json::parse(entry->cells).size(), before + 1);
}

TEST(ServeRunList, ADamagedRowHidesNoOther) {
  ServedStore served;
  served.add("aaaaaaaaaaaa", small_config(), {record_at(0, 0.1, 0.1)});
  served.add("bbbbbbbbbbbb", small_config({"seed=1"}), {record_at(0, 0.1, 0.1)});
  SQLite::Database(served.path + "/groklab.sqlite", SQLite::OPEN_READWRITE)
      .exec("UPDATE runs SET config = '{\"seed\":' WHERE id = 'bbbbbbbbbbbb'");
  RunList list(served.path);
  EXPECT_EQ(list.snapshot()->entries.size(), 1u);
  ASSERT_EQ(list.snapshot()->damaged.size(), 1u);
  EXPECT_NE(list.snapshot()->damaged[0].find("bbbbbbbbbbbb"), std::string::npos);
}

TEST(ServeRunList, NamesAndTagsAreChangesToo) {
  ServedStore served;
  served.add("aaaaaaaaaaaa", small_config(), {record_at(0, 0.1, 0.1)});
  RunList list(served.path);
  const std::uint64_t before = list.snapshot()->version;
  Store(served.path).annotate({"aaaaaaaaaaaa"}, {"first", {"b", "a"}, {}, {}});
  list.refresh();
  const json change = json::parse(list.snapshot()->change_json(before));
  ASSERT_EQ(change["rows"].size(), 1u);
  EXPECT_EQ(change["rows"][0][1], "first");
  EXPECT_EQ(change["rows"][0][2], json({"a", "b"}));
}

// `groklab delete` in another terminal.
TEST(ServeRunList, RemovedRunsLeaveTheList) {
  ServedStore served;
  served.add("aaaaaaaaaaaa", small_config(), {record_at(0, 0.1, 0.1)});
  served.add("bbbbbbbbbbbb", small_config({"seed=1"}), {record_at(0, 0.1, 0.1)});
  RunList list(served.path);
  const std::uint64_t before = list.snapshot()->version;
  Store(served.path).remove_runs({"bbbbbbbbbbbb"});
  list.refresh();
  EXPECT_EQ(list.snapshot()->find("bbbbbbbbbbbb"), nullptr);
  const json change = json::parse(list.snapshot()->change_json(before));
  EXPECT_EQ(change["removed"], json({"bbbbbbbbbbbb"}));
  EXPECT_EQ(change["full"], false);
  for (const json& column : change["columns"]) EXPECT_NE(column["name"], "seed");  // nothing differs any more
}

TEST(ServeRunList, WaitsForWhatIsNewer) {
  ServedStore served;
  served.add("aaaaaaaaaaaa", small_config(), {record_at(0, 0.1, 0.1)});
  RunList list(served.path);
  const std::uint64_t version = list.snapshot()->version;
  EXPECT_EQ(list.newer_than(version, std::chrono::milliseconds(1))->version, version);
  EXPECT_EQ(list.newer_than(version - 1, std::chrono::hours(1))->version, version);
}

}  // namespace
}  // namespace groklab::serve
