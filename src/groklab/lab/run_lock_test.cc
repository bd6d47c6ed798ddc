// RunLock: one holder per run, in this process or another, freed when the holder ends in any way.
#include "groklab/lab/run_lock.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>

#include "groklab/base/error.h"

namespace groklab {
namespace {

class RunLockTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::path(::testing::TempDir()) /
                 (std::string("lock_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  /// The error of a second holder; "" if there is none.
  std::string refusal(const std::string& id) {
    try {
      const RunLock lock(directory_, id);
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kStore);
      return error.what();
    }
  }

  /// Another process that holds the lock until it is killed. Returns when it holds it.
  pid_t holder(const std::string& id) {
    int ready[2];
    EXPECT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
      char word = 'n';
      std::optional<RunLock> lock;
      try {
        lock.emplace(directory_, id);
        word = 'y';
      } catch (...) {
      }
      if (write(ready[1], &word, 1) != 1) _exit(1);
      for (;;) pause();
    }
    close(ready[1]);
    char word = 0;
    EXPECT_EQ(read(ready[0], &word, 1), 1);
    close(ready[0]);
    EXPECT_EQ(word, 'y');
    return child;
  }
  static void end(pid_t child, int signal) {
    ASSERT_GT(child, 0);
    kill(child, signal);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status));
  }
  std::filesystem::path directory_;
};

// Catches: LOCK_EX made LOCK_SH; a lock that waits (the test would hang).
TEST_F(RunLockTest, ASecondHolderIsRefusedAndTheErrorNamesTheRun) {
  const RunLock lock(directory_, "abc123");
  EXPECT_NE(refusal("abc123").find("abc123"), std::string::npos);
}

// Catches: a destructor that keeps the file open.
TEST_F(RunLockTest, IsFreeAgainAfterItsHolder) {
  for (int round = 0; round < 3; ++round) EXPECT_EQ(refusal("run"), "");
}

// Catches: one lock for the whole store, or one file for all runs.
TEST_F(RunLockTest, OtherRunsAndOtherStoresAreFree) {
  const RunLock lock(directory_, "one");
  EXPECT_EQ(refusal("two"), "");
  EXPECT_NO_THROW(RunLock(directory_ / "other", "one"));
}

// Catches: a lock that holds within one process only (a mutex, or fcntl's, which a process always gets twice).
TEST_F(RunLockTest, AnotherProcessKeepsItUntilItIsKilled) {
  const pid_t child = holder("run");
  EXPECT_NE(refusal("run"), "");
  EXPECT_NE(refusal("run"), "") << "a refused attempt frees the lock";
  end(child, SIGKILL);
  EXPECT_EQ(refusal("run"), "");
}

// Catches: a lock file that is removed on release, which lets two processes lock two files of one name.
TEST_F(RunLockTest, TheFileStays) {
  { const RunLock lock(directory_, "run"); }
  EXPECT_TRUE(std::filesystem::exists(directory_ / "locks" / "run"));
}

TEST_F(RunLockTest, ADirectoryThatCannotBeMadeIsAnIoError) {
  try {
    const RunLock lock(directory_ / std::string(300, 'x'), "run");  // longer than a file system allows
    ADD_FAILURE() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
  }
}

}  // namespace
}  // namespace groklab
