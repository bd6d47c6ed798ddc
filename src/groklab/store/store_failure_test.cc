// A killed process or a full disk leaves a store that opens and is consistent.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <thread>

#include "groklab/base/error.h"
#include "groklab/files/failing_sync_test.h"
#include "groklab/files/file_io.h"
#include "groklab/store/store.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

constexpr int kWrongError = 11;
constexpr int kNotPossible = 12;

class StoreFailureTest : public ::testing::Test {
 protected:
  TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_.path() / "store";
  ParameterLayout layout_ = small_layout();

  /// Trains for ever, as far as the store can tell.
  void fill(Store& store, const std::string& id) const {
    auto sink = store.sink(id, layout_);
    for (std::int64_t step = 1;; ++step) {
      sink->on_record(sample_record(step, layout_));
      if (step % 3 == 0) {
        sink->on_checkpoint(sample_state(step, layout_, Precision::kFloat32, true), step % 300 == 0);
      }
    }
  }
  /// Fills until Error(kIo) with one line; checks that what was stored before is still there and can be read.
  int fill_until_full(Store& store) const {
    try {
      fill(store, "a");
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kIo || std::string(error.what()).find('\n') != std::string::npos) {
        ::dprintf(2, "unexpected: %s\n", error.what());
        return kWrongError;
      }
    }
    return 0;
  }
  void expect_consistent(const std::filesystem::path& path) const {
    if (!std::filesystem::exists(path / "groklab.sqlite")) return;  // killed before it was created
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open((path / "groklab.sqlite").c_str(), &connection), SQLITE_OK);
    std::string answer;
    sqlite3_exec(
        connection, "PRAGMA integrity_check",
        [](void* out, int, char** values, char**) {
          *static_cast<std::string*>(out) += values[0];
          return 0;
        },
        &answer, nullptr);
    sqlite3_close(connection);
    EXPECT_EQ(answer, "ok");

    const Store store(path);
    for (const RunInfo& run : store.runs()) {
      const std::vector<Record> records = store.records(run.id);
      std::int64_t expected = 1;
      for (const Record& record : records) expect_same(record, sample_record(expected++, layout_));
      for (const CheckpointInfo& info : store.checkpoints(run.id)) {
        expect_same(store.load_checkpoint(run.id, info.step, layout_),
                    sample_state(info.step, layout_, Precision::kFloat32, true));
        EXPECT_LE(info.step, static_cast<std::int64_t>(records.size())) << "records are stored with the checkpoint";
      }
    }
  }
};

TEST_F(StoreFailureTest, KillAtAnyMomentLeavesAUsableStore) {
  std::size_t checkpoints = 0;
  for (int round = 0; round < 12; ++round) {
    const int child = start_child([&] {
      Store store(path_);
      store.create_run("a", Config(), "machine", layout_, true);
      fill(store, "a");
      return 1;
    });
    ASSERT_GE(child, 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(3 + 7 * round));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child must not end by itself";
    expect_consistent(path_);

    Store store(path_);
    if (!store.contains("a")) continue;
    checkpoints += store.checkpoints("a").size();
    const auto sink = store.sink("a", layout_);  // removes what nobody registered
    const auto files = path_ / "checkpoints" / "a";
    if (!std::filesystem::exists(files)) continue;
    const auto count = std::distance(std::filesystem::directory_iterator(files), std::filesystem::directory_iterator());
    EXPECT_EQ(static_cast<std::size_t>(count), store.checkpoints("a").size());
  }
  EXPECT_GT(checkpoints, 0u) << "the test must reach the interesting part";
}

TEST_F(StoreFailureTest, StaleTemporariesAreRemoved) {
  Store store(path_);
  store.create_run("a", Config(), "machine", layout_, false);
  const auto files = path_ / "checkpoints" / "a";
  std::filesystem::create_directories(files);
  pid_t dead = ::fork();
  if (dead == 0) ::_exit(0);
  ::waitpid(dead, nullptr, 0);
  const auto touch = [&](const std::string& name) {
    std::ofstream(files / name) << "x";
    return files / name;
  };
  const auto of_dead = touch(".step-1.safetensors." + std::to_string(dead) + "-0.tmp");
  const auto of_living = touch(".step-1.safetensors." + std::to_string(::getpid()) + "-0.tmp");
  const auto unregistered = touch("step-5.safetensors");
  const auto notes = touch("my notes.txt");
  store.sink("a", layout_);
  EXPECT_FALSE(std::filesystem::exists(of_dead));
  EXPECT_FALSE(std::filesystem::exists(unregistered));
  EXPECT_TRUE(std::filesystem::exists(of_living));
  EXPECT_TRUE(std::filesystem::exists(notes)) << "not ours";
}

TEST_F(StoreFailureTest, FilesThatMayNotGrowEndInOneLine) {
  {
    Store store(path_);
    store.create_run("a", Config(), "machine", layout_, false);
  }
  EXPECT_EQ(with_file_size_limit(300'000,
                                 [&] {
                                   Store store(path_);
                                   return fill_until_full(store);
                                 }),
            0);
  expect_consistent(path_);
  EXPECT_GT(Store(path_).records("a").size(), 10u);
}

TEST_F(StoreFailureTest, FullDiskEndsInOneLineAndTheStoreGoesOn) {
  const auto disk = directory_.path() / "disk";
  std::filesystem::create_directory(disk);
  const int code = in_child([&] {
    // A small disk of our own, in a mount namespace that ends with this process.
    if (::unshare(CLONE_NEWNS) != 0) return kNotPossible;
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return kNotPossible;
    if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0) return kNotPossible;
    {
      Store store(disk);
      store.create_run("a", Config(), "machine", layout_, false);
      const int result = fill_until_full(store);
      if (result != 0) return result;
      const std::size_t before = store.records("a").size();
      if (before < 10) return kWrongError;
    }
    if (::mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=8m") != 0) return kNotPossible;
    expect_consistent(disk);
    Store store(disk);
    auto sink = store.sink("a", layout_);  // with space again, training goes on
    sink->on_checkpoint(sample_state(999999, layout_, Precision::kFloat32, true), true);
    return ::testing::Test::HasFailure() ? 1 : 0;
  });
  if (code == kNotPossible) GTEST_SKIP() << "no permission to mount a small disk";
  EXPECT_EQ(code, 0);
}

TEST_F(StoreFailureTest, FullDeviceIsReported) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  try {
    write_file("/dev/full", std::string(100, 'x'), Durability::kSync);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
    EXPECT_NE(std::string(error.what()).find("No space left"), std::string::npos) << error.what();
  }
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full")) << "devices are written in place, not replaced";
}

// Catches: states of a short run that the disk could not take, in a store that says nothing and makes their rows
// durable.
TEST_F(StoreFailureTest, StatesThatCannotBeSyncedAreToldAndTheirRowsStayInTheLog) {
  const auto log = path_ / "groklab.sqlite-wal";
  for (const bool fails : {false, true}) {
    const std::string id = fails ? "b" : "a";
    std::optional<FailingSync> disk;
    {
      Store store(path_);
      store.create_run(id, Config(), "machine", layout_, false);
      const auto sink = store.sink(id, layout_);
      sink->on_checkpoint(sample_state(1, layout_, Precision::kFloat32, true),
                          true);  // within a second: not synced yet
      sink->on_outcome({RunStatus::kFinished, 1, "", 0.1});
      if (fails) disk.emplace(path_ / "checkpoints" / id / "step-1.safetensors", EIO);
      if (!fails) {
        EXPECT_NO_THROW(store.sync());
      } else {
        EXPECT_THROW(store.sync(), Error);
      }
    }
    EXPECT_EQ(std::filesystem::exists(log), fails);
  }
  const Store store(path_);
  EXPECT_EQ(store.run("b").status, RunStatus::kFinished) << "what is in the log is read";
}

}  // namespace
}  // namespace groklab
