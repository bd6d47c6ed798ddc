// A database that is lost comes back from the runs' own files, bit by bit; what cannot is told.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/store/store.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

class StoreRebuildTest : public ::testing::Test {
 protected:
  fs::path store() const { return directory_.path() / "store"; }
  fs::path database() const { return store() / "groklab.sqlite"; }
  fs::path run_file(const std::string& folder) const { return store() / "checkpoints" / folder / "run.rows"; }

  /// Records at steps 0, 10, ..., a kept state and one that the next replaces at each. Without an outcome it was
  /// killed.
  void make_run(const std::string& id, std::int64_t last, const RunStatus* status, bool replace = false) {
    Store opened(store());
    const std::string made = opened.create_run(id, Config(), "a machine", layout_, replace, "AVX2");
    const auto sink = opened.sink(made, layout_);
    for (std::int64_t step = 0; step <= last; step += 10) {
      sink->on_record(sample_record(step, layout_));
      sink->on_checkpoint(sample_state(step, layout_, Precision::kFloat32, true), step % 20 == 0);
    }
    ProbeResult probe;
    probe.step = last;
    sink->on_probe(probe);
    if (status == nullptr) return;
    Outcome outcome;
    outcome.status = *status;
    outcome.reason = "a reason";
    outcome.step = last;
    outcome.seconds = 1.5;
    sink->on_outcome(outcome);
  }
  void make_runs() {
    const RunStatus finished = RunStatus::kFinished, interrupted = RunStatus::kInterrupted;
    make_run("b", 50, &finished);
    make_run("a", 30, &interrupted);
    make_run("c", 20, &finished);
    make_run("c", 40, &finished, true);     // in the folder c-4
    make_run("b", 10, &interrupted, true);  // b-new
    Store opened(store());
    opened.add_probes("b", {ProbeResult{}});
    AnnotationChange said;
    said.name = "the best";
    said.note = "a note";
    said.tags = {"one", "two"};
    opened.annotate({"b"}, said);
  }
  void remove_index() {
    for (const char* end : {"", "-wal", "-shm"}) fs::remove(database().string() + end);
  }
  /// Every cell of every table, as SQLite prints it with all bits.
  std::map<std::string, std::vector<std::string>> rows() {
    SQLite::Database opened(database().string(), SQLite::OPEN_READWRITE);
    std::map<std::string, std::vector<std::string>> all;
    for (const std::string table : {"runs", "records", "probes", "checkpoints", "annotations", "tags"}) {
      SQLite::Statement query(opened, "SELECT * FROM " + table + " ORDER BY 1, 2");
      while (query.executeStep()) {
        std::string line;
        for (int i = 0; i < query.getColumnCount(); ++i) {
          const SQLite::Column cell = query.getColumn(i);
          line += std::to_string(cell.getType()) + ":";
          const double real = cell.getType() == SQLite::FLOAT ? cell.getDouble() : 0;
          line +=
              cell.getType() == SQLite::FLOAT ? std::string(reinterpret_cast<const char*>(&real), 8) : cell.getString();
          line += "|";
        }
        all[table].push_back(line);
      }
    }
    return all;
  }
  void flip(const fs::path& path, std::streamoff at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const char byte = static_cast<char>(file.get() ^ 4);
    file.seekp(at);
    file.put(byte);
  }

  TemporaryDirectory directory_;
  ParameterLayout layout_ = small_layout();
};

TEST_F(StoreRebuildTest, EveryRowComesBackBitByBit) {
  make_runs();
  const auto expected = rows();
  ASSERT_EQ(expected.at("runs").size(), 4u);
  ASSERT_EQ(expected.at("records").size(), 6u + 4 + 5 + 2);
  remove_index();
  const RebuildReport report = rebuild_store(store());
  EXPECT_EQ(report.lost, std::vector<std::string>());
  EXPECT_EQ(report.runs, 4);
  EXPECT_EQ(report.from_index, 0);
  EXPECT_TRUE(report.old_index.empty());
  EXPECT_EQ(rows(), expected);
  Store opened(store());
  EXPECT_EQ(opened.verify(), std::vector<std::string>());
  expect_same(opened.load_checkpoint("c", 40, layout_), sample_state(40, layout_, Precision::kFloat32, true));
  EXPECT_EQ(opened.runs().front().id, "b-new") << "the order of creation stays";
  opened.create_run("d", Config(), "a machine", layout_, false);  // and numbers go on behind the last
  EXPECT_EQ(opened.runs().front().id, "d");
}

TEST_F(StoreRebuildTest, AnIndexThatIsThereStaysBesideTheNewOne) {
  make_runs();
  const auto expected = rows();
  const RebuildReport report = rebuild_store(store());
  EXPECT_EQ(rows(), expected);
  ASSERT_TRUE(fs::exists(report.old_index));
  SQLite::Database old(report.old_index.string(), SQLite::OPEN_READONLY);
  EXPECT_EQ(old.execAndGet("SELECT count(*) FROM records").getInt64(), 17);
  EXPECT_NE(rebuild_store(store()).old_index, report.old_index);
}

TEST_F(StoreRebuildTest, WhatIsSaidOfRunsComesFromTheIndexThatIsThere) {
  make_runs();
  Store(store()).annotate({"c"}, {.name = "mine", .tags = {"good"}, .note = "a note"});
  rebuild_store(store());
  const Annotation said = Store(store()).run("c").annotation;
  EXPECT_EQ(said.name + said.note, "minea note");
  EXPECT_EQ(said.tags, std::vector<std::string>{"good"});
}

TEST_F(StoreRebuildTest, AnIndexThatIsDamagedIsNotNeeded) {
  make_runs();
  const auto expected = rows();
  Store(store()).verify();  // the log is in the database now
  fs::resize_file(database(), fs::file_size(database()) / 2);
  flip(database(), 3);
  const RebuildReport report = rebuild_store(store());
  ASSERT_EQ(report.lost.size(), 1u);
  EXPECT_NE(report.lost[0].find("the index that was there cannot be read"), std::string::npos) << report.lost[0];
  EXPECT_EQ(rows(), expected);
}

TEST_F(StoreRebuildTest, ARunOfAnOlderStoreComesFromTheIndexThatIsThere) {
  make_runs();
  const auto expected = rows();
  fs::remove(run_file("a"));
  flip(run_file("b"), static_cast<std::streamoff>(fs::file_size(run_file("b")) / 2));
  const RebuildReport report = rebuild_store(store());
  EXPECT_EQ(report.from_index, 2);
  EXPECT_EQ(report.lost, std::vector<std::string>());
  EXPECT_EQ(rows(), expected);
}

TEST_F(StoreRebuildTest, WhatIsDamagedIsToldAndTheOthersComeBack) {
  make_runs();
  const auto expected = rows();
  remove_index();
  fs::remove(run_file("a"));
  flip(run_file("b"), 40);  // its only frame
  fs::resize_file(store() / "checkpoints" / "c-4" / "step-40.safetensors", 100);
  const RebuildReport report = rebuild_store(store());
  ASSERT_EQ(report.lost.size(), 3u);
  EXPECT_NE(report.lost[0].find("run c: state at step 40"), std::string::npos) << report.lost[0];
  EXPECT_NE(report.lost[1].find("no file of the run is there"), std::string::npos) << report.lost[1];
  EXPECT_NE(report.lost[2].find("does not tell the run's row"), std::string::npos) << report.lost[2];
  const Store opened(store());
  EXPECT_EQ(opened.runs().size(), 2u);
  EXPECT_EQ(opened.run("c").status, RunStatus::kInterrupted) << "it goes on from the state before";
  EXPECT_EQ(opened.records("c").size(), 5u);
  EXPECT_EQ(opened.checkpoints("c").back().step, 20);
}

TEST_F(StoreRebuildTest, NoByteOfARunsFileIsBelievedUnchecked) {
  const RunStatus finished = RunStatus::kFinished;
  make_run("a", 20, &finished);
  const auto expected = rows();
  const auto size = static_cast<std::streamoff>(fs::file_size(run_file("a")));
  for (std::streamoff at = 0; at < size; at += 97) {
    remove_index();
    flip(run_file("a"), at);
    EXPECT_EQ(rebuild_store(store()).lost.size(), 1u) << "byte " << at;
    flip(run_file("a"), at);
  }
  remove_index();
  EXPECT_EQ(rebuild_store(store()).lost.size(), 0u);
  EXPECT_EQ(rows(), expected);
}

/// Checkpoints that wait for the disk write the file as the run goes; a killed one comes back as it was at the last.
TEST_F(StoreRebuildTest, ARunThatWasKilledComesBackAsOfItsLastState) {
  ASSERT_EQ(in_child([&] {
              Store opened(store());
              opened.create_run("a", Config(), "a machine", layout_, false);
              const auto sink = opened.sink("a", layout_);
              for (std::int64_t step = 0; step <= 30; step += 10) {
                sink->on_record(sample_record(step, layout_));
                if (step == 10) ::usleep(1'100'000);
                sink->on_checkpoint(sample_state(step, layout_, Precision::kFloat32, false), false);
              }
              sink->on_record(sample_record(35, layout_));
              ::_exit(7);
              return 0;
            }),
            7);
  remove_index();
  EXPECT_EQ(rebuild_store(store()).lost, std::vector<std::string>());
  Store opened(store());
  EXPECT_EQ(opened.run("a").status, RunStatus::kRunning);
  EXPECT_EQ(opened.records("a").size(), 4u);
  ASSERT_EQ(opened.checkpoints("a").size(), 1u);
  EXPECT_EQ(opened.checkpoints("a")[0].step, 30);
  const auto sink = opened.sink("a", layout_);  // resumed: the file goes on
  sink->on_record(sample_record(40, layout_));
  Outcome outcome;
  outcome.status = RunStatus::kFinished;
  outcome.step = 40;
  sink->on_outcome(outcome);
  const auto expected = rows();
  remove_index();
  EXPECT_EQ(rebuild_store(store()).lost, std::vector<std::string>());
  EXPECT_EQ(rows(), expected);
}

TEST_F(StoreRebuildTest, WithoutSpaceTheOldIndexStays) {
  make_runs();
  const auto expected = rows();
  const int code = with_file_size_limit(20'000, [&] {
    try {
      rebuild_store(store());
    } catch (const Error& error) {
      return error.kind() == ErrorKind::kIo ? 3 : 4;
    }
    return 0;
  });
  EXPECT_EQ(code, 3);
  EXPECT_EQ(rows(), expected);
  EXPECT_FALSE(fs::exists(store() / "groklab.sqlite.rebuilding"));
}

TEST_F(StoreRebuildTest, WhereNoStoreIsNothingIsMade) {
  EXPECT_THROW(rebuild_store(store()), Error);
  EXPECT_FALSE(fs::exists(store()));
}

TEST_F(StoreRebuildTest, VerifyReadsTheFilesAndRepairWritesThemAnew) {
  make_runs();
  flip(run_file("b"), 40);
  {
    Store opened(store());
    const std::vector<std::string> faults = opened.verify();
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_NE(faults[0].find("run b: "), std::string::npos) << faults[0];
    opened.repair();
    EXPECT_EQ(opened.verify(), std::vector<std::string>());
  }
  const auto expected = rows();
  remove_index();
  EXPECT_EQ(rebuild_store(store()).lost, std::vector<std::string>());
  EXPECT_EQ(rows(), expected);
}

}  // namespace
}  // namespace groklab
