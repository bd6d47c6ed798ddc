// Files of finished runs in packs: read, verified, copied, merged and rebuilt as before.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/store/pack.h"
#include "groklab/store/store.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

class StorePackTest : public ::testing::Test {
 protected:
  fs::path path(const std::string& name = "store") const { return directory_.path() / name; }
  fs::path pack_file(int number) const { return path() / "packs" / ("00000" + std::to_string(number) + ".pack"); }

  void make_run(const std::string& id, RunStatus status = RunStatus::kFinished, bool replace = false) {
    Store opened(path());
    const std::string made = opened.create_run(id, Config(), "a machine", layout_, replace);
    const auto sink = opened.sink(made, layout_);
    for (const std::int64_t step : {0, 10}) {
      sink->on_record(sample_record(step, layout_));
      sink->on_checkpoint(state(step), true);
    }
    Outcome outcome;
    outcome.status = status;
    outcome.step = 10;
    sink->on_outcome(outcome);
  }
  TrainState state(std::int64_t step) const { return sample_state(step, layout_, Precision::kFloat32, true); }
  /// All states of a run, read through `store`.
  void expect_states(const Store& store, const std::string& id) {
    for (const std::int64_t step : {0, 10}) expect_same(store.load_checkpoint(id, step, layout_), state(step));
  }
  void remove_index() {
    for (const char* end : {"", "-wal", "-shm"}) fs::remove((path() / "groklab.sqlite").string() + end);
  }
  void flip(const fs::path& file, std::uint64_t at) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(at));
    const char byte = static_cast<char>(stream.get() ^ 4);
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put(byte);
  }

  TemporaryDirectory directory_;
  ParameterLayout layout_ = small_layout();
};

TEST_F(StorePackTest, FinishedRunsArePackedAndReadInPlace) {
  make_run("a");
  make_run("b", RunStatus::kInterrupted);
  Store store(path());
  const PackReport report = store.pack();
  EXPECT_EQ(report.runs, 1);
  EXPECT_EQ(report.files, 3) << "two states and the run's own file";
  EXPECT_EQ(report.packs, 1);
  EXPECT_FALSE(fs::exists(path() / "checkpoints" / "a"));
  EXPECT_TRUE(fs::exists(path() / "checkpoints" / "b" / "step-10.safetensors")) << "it may go on";
  expect_states(store, "a");
  EXPECT_EQ(store.verify(), std::vector<std::string>());
  const CheckpointInfo last = store.checkpoints("a").back();
  EXPECT_EQ(last.file, pack_file(1));
  EXPECT_GT(last.offset, 0u);
  std::ifstream file(last.file, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(last.offset + 8));
  EXPECT_EQ(file.get(), '{') << "the state lies there as it was";
  EXPECT_EQ(store.pack().files, 0) << "a second call has nothing to do";
  EXPECT_EQ(Store(path()).load_checkpoint("a", -1, layout_).step, 10) << "another program finds it too";
}

TEST_F(StorePackTest, OneStoreSeesWhatAnotherPacks) {
  make_run("a");
  const Store reader(path());
  expect_states(reader, "a");
  Store(path()).pack();
  expect_states(reader, "a");
}

TEST_F(StorePackTest, ManyPacksOfLimitedSize) {
  for (const char* id : {"a", "b", "c"}) make_run(id);
  Store store(path());
  EXPECT_EQ(store.pack(nullptr, 100).packs, 3);
  for (const char* id : {"a", "b", "c"}) expect_states(store, id);
}

TEST_F(StorePackTest, RebuildMergeAndBackupKnowPacks) {
  make_run("a");
  Store(path()).pack();
  make_run("b");
  remove_index();
  EXPECT_EQ(rebuild_store(path()).lost, std::vector<std::string>());
  const Store store(path());
  EXPECT_EQ(store.runs().size(), 2u);
  EXPECT_EQ(store.records("a").size(), 2u);
  expect_states(store, "a");
  store.backup(path("copy"));
  EXPECT_EQ(Store(path("copy")).verify(), std::vector<std::string>());
  expect_states(Store(path("copy")), "a");
  Store merged(path("merged"));
  EXPECT_EQ(merged.merge(store).copied, 2);
  expect_states(merged, "a");
  merged.pack();
  EXPECT_EQ(merged.merge(store).equal, 2) << "compared with what lies in packs";
}

TEST_F(StorePackTest, ARunThatReplacesAPackedOneTakesItsPlace) {
  make_run("a");
  Store(path()).pack();
  make_run("a", RunStatus::kFinished, true);
  {
    Store store(path());
    expect_states(store, "a");
    EXPECT_EQ(store.verify(), std::vector<std::string>()) << "nothing is left of the old one";
  }
  remove_index();
  EXPECT_EQ(rebuild_store(path()).lost, std::vector<std::string>());
  EXPECT_EQ(Store(path()).runs().size(), 1u);
  Store store(path());
  EXPECT_EQ(store.pack().packs, 1);
  EXPECT_FALSE(fs::exists(pack_file(1))) << "a pack that nothing needs goes";
  EXPECT_TRUE(fs::exists(pack_file(2)));
  expect_states(store, "a");
}

TEST_F(StorePackTest, PacksOfWhichHalfIsNeededNoMoreAreWrittenAnew) {
  for (const char* id : {"a", "b", "c"}) make_run(id);
  Store(path()).pack();
  for (const char* id : {"b", "c"}) make_run(id, RunStatus::kFinished, true);
  Store store(path());
  store.pack();
  EXPECT_FALSE(fs::exists(pack_file(1)));
  for (const char* id : {"a", "b", "c"}) expect_states(store, id);
  EXPECT_EQ(store.verify(), std::vector<std::string>());
}

TEST_F(StorePackTest, WhatChangesAPackedRunIsNewerThanThePack) {
  make_run("a");
  Store store(path());
  store.pack();
  ProbeResult probe;
  probe.step = 10;
  store.add_probes("a", {probe});
  remove_index();
  EXPECT_EQ(rebuild_store(path()).probes, 1);
  Store again(path());
  again.pack();
  remove_index();
  EXPECT_EQ(rebuild_store(path()).probes, 1);
}

TEST_F(StorePackTest, ADamagedStateIsLeftWhereItIsAndTold) {
  make_run("a");
  make_run("b");
  flip(path() / "checkpoints" / "a" / "step-10.safetensors", 700);
  Store store(path());
  const PackReport report = store.pack();
  EXPECT_EQ(report.runs, 1);
  ASSERT_EQ(report.damaged.size(), 1u);
  EXPECT_TRUE(fs::exists(path() / "checkpoints" / "a" / "step-10.safetensors"));
}

TEST_F(StorePackTest, EveryByteOfAPackIsChecked) {
  make_run("a");
  {
    Store store(path());
    store.pack();
  }
  const std::uint64_t size = fs::file_size(pack_file(1));
  for (std::uint64_t at = 0; at < size; at += 61) {
    flip(pack_file(1), at);
    const std::vector<std::string> faults = Store(path()).verify();
    // Heads of entries are needed only where the directory is lost.
    bool is_head = faults.empty();
    flip(pack_file(1), at);
    if (!is_head) continue;
    const std::vector<PackEntry> entries = read_pack_directory(pack_file(1));
    for (const PackEntry& entry : entries) is_head = is_head && !(at >= entry.offset && at < entry.offset + entry.size);
    EXPECT_TRUE(is_head) << "byte " << at;
  }
}

TEST_F(StorePackTest, WithoutItsDirectoryAPackIsReadAllTheSame) {
  make_run("a");
  Store(path()).pack();
  flip(pack_file(1), fs::file_size(pack_file(1)) - 3);
  Store store(path());
  expect_states(store, "a");
  ASSERT_EQ(store.verify().size(), 1u);
  EXPECT_NE(store.verify()[0].find("without its end"), std::string::npos) << store.verify()[0];
  store.pack();
  EXPECT_EQ(store.verify(), std::vector<std::string>()) << "written anew";
  expect_states(store, "a");
}

TEST_F(StorePackTest, WithoutSpaceEverythingStaysWhereItIs) {
  for (const char* id : {"a", "b", "c", "d", "e", "f", "g", "h"}) make_run(id);
  const int code = with_file_size_limit(40'000, [&] {
    try {
      Store(path()).pack();
    } catch (const Error& error) {
      return error.kind() == ErrorKind::kIo ? 3 : 4;
    }
    return 0;
  });
  EXPECT_EQ(code, 3);
  ASSERT_TRUE(fs::exists(path() / "packs")) << "it came as far as the pack";
  EXPECT_TRUE(fs::is_empty(path() / "packs"));
  expect_states(Store(path()), "a");
}

TEST_F(StorePackTest, RunsOfOlderStoresGetTheirOwnFiles) {
  make_run("a");
  fs::remove(path() / "checkpoints" / "a" / "run.rows");
  Store(path()).pack();
  remove_index();
  EXPECT_EQ(rebuild_store(path()).runs, 1);
}

}  // namespace
}  // namespace groklab
