// ThreadPool: every task once, on workers of this pool, all done when run() returns. Waits have a deadline, so that a
// broken pool fails instead of hanging.
#include "groklab/exec/thread_pool.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "groklab/base/error.h"

namespace groklab {
namespace {

/// Waits until `condition` holds; false if it does not within 30 s.
bool wait_for(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

// Catches: a worker's range of indices that begins or ends one off; a range that is lost when count < threads.
TEST(ThreadPool, RunsEveryTaskExactlyOnceOnAWorkerOfThePool) {
  for (const int threads : {1, 2, 3, 5, 8}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (const int count : {0, 1, threads - 1, threads, threads + 1, 2 * threads + 1, 1000}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(count));
      std::atomic<int> outside{0};
      pool.run(count, [&](std::int64_t index, int worker) {
        if (index < 0 || index >= count || worker < 0 || worker >= threads) {
          ++outside;
        } else {
          ++runs[static_cast<std::size_t>(index)];
        }
      });
      EXPECT_EQ(outside, 0);
      for (std::size_t i = 0; i < runs.size(); ++i) {
        EXPECT_EQ(runs[i], 1) << i << " of " << count << ", " << threads << " threads";
      }
    }
  }
}

// Catches: a pool that gives every task worker 0. Two tasks with one worker number would share its scratch memory.
TEST(ThreadPool, NoTwoTasksHaveTheSameWorkerAtOnce) {
  ThreadPool pool(4);
  std::vector<std::atomic<int>> busy(4);
  std::atomic<int> clashes{0};
  pool.run(400, [&](std::int64_t, int worker) {
    std::atomic<int>& mine = busy[static_cast<std::size_t>(worker)];
    if (mine.fetch_add(1) != 0) ++clashes;
    std::this_thread::yield();
    mine.fetch_sub(1);
  });
  EXPECT_EQ(clashes, 0);
}

// Catches: workers that never wake (the caller would do everything by itself).
TEST(ThreadPool, TasksRunAtTheSameTime) {
  ThreadPool pool(3);
  std::atomic<int> arrived{0}, alone{0};
  pool.run(3, [&](std::int64_t, int) {
    ++arrived;
    if (!wait_for([&] { return arrived == 3; })) ++alone;
  });
  EXPECT_EQ(alone, 0);
}

// Catches: a worker that leaves the others' tasks to them. Task 0 ends only when all others, those of its own range
// too, were taken by the other worker.
TEST(ThreadPool, AWorkerTakesWhatAnotherDoesNotGetTo) {
  ThreadPool pool(2);
  std::atomic<int> done{0};
  std::atomic<bool> late{false};
  pool.run(100, [&](std::int64_t index, int) {
    if (index == 0 && !wait_for([&] { return done == 99; })) late = true;
    ++done;
  });
  EXPECT_FALSE(late);
  EXPECT_EQ(done, 100);
}

// Catches: run() that returns while a worker is inside a task.
TEST(ThreadPool, ReturnsWhenTheLastTaskIsDone) {
  ThreadPool pool(3);
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> done{0};
    pool.run(5, [&](std::int64_t index, int) {
      std::this_thread::sleep_for(std::chrono::milliseconds(index % 3));
      ++done;
    });
    EXPECT_EQ(done, 5);
  }
}

// Catches: a late worker of one job that takes a task of the next with the old job's function, or none.
TEST(ThreadPool, ManyShortJobsOneAfterTheOther) {
  for (const int threads : {2, 3}) {
    ThreadPool pool(threads);
    std::int64_t wrong = 0;
    for (std::int64_t job = 0; job < 5000; ++job) {
      std::int64_t results[4] = {-1, -1, -1, -1};  // plain memory: run() orders it
      const std::int64_t count = 1 + job % 4;
      pool.run(count, [&results, job](std::int64_t index, int) { results[index] = job + index; });
      for (std::int64_t i = 0; i < 4; ++i) wrong += results[i] != (i < count ? job + i : -1);
    }
    EXPECT_EQ(wrong, 0);
  }
}

// Catches: a worker that sees a task left, takes the next number and runs it although another was faster; workers of a
// job that is over who run a task when its data are gone.
TEST(ThreadPool, WorkersThatMeetAtTheEndOfAJobRunEveryTaskOnce) {
  for (const int threads : {2, 3, 16}) {
    ThreadPool pool(threads);
    std::int64_t wrong = 0;
    for (int job = 0; job < (threads <= 3 ? 20000 : 1000); ++job) {
      std::atomic<int> runs[4] = {};  // gone when the job is over
      std::atomic<int> outside{0};
      pool.run(4, [&](std::int64_t index, int) {
        ++(index < 4 ? runs[index] : outside);
        for (int i = 0; i < 300; ++i) asm volatile("");  // long enough for the others to come
      });
      wrong += outside;
      for (const std::atomic<int>& n : runs) wrong += n != 1;
    }
    EXPECT_EQ(wrong, 0) << threads << " threads";
  }
}

TEST(ThreadPool, ATaskMayUseAPoolOfItsOwn) {
  ThreadPool outer(2);
  std::atomic<int> runs{0};
  outer.run(4, [&](std::int64_t, int) {
    ThreadPool inner(2);
    inner.run(10, [&](std::int64_t, int) { ++runs; });
  });
  EXPECT_EQ(runs, 40);
}

// Catches: an exception of a worker that ends the process or is lost; one that comes up again in the next job.
TEST(ThreadPool, ATasksExceptionReachesTheCallerAndThePoolGoesOn) {
  for (const int threads : {1, 2, 4}) {
    ThreadPool pool(threads);
    for (const std::int64_t thrower : {0, 7, 19}) {
      try {
        pool.run(20, [&](std::int64_t index, int) {
          if (index == thrower) throw std::runtime_error("task " + std::to_string(index));
        });
        ADD_FAILURE() << "nothing thrown, " << threads << " threads";
      } catch (const std::runtime_error& error) {
        EXPECT_EQ(error.what(), "task " + std::to_string(thrower));
      }
      std::atomic<int> runs{0};
      pool.run(20, [&](std::int64_t, int) { ++runs; });
      EXPECT_EQ(runs, 20);
    }
    EXPECT_THROW(pool.run(20, [](std::int64_t, int) { throw std::runtime_error("all"); }), std::runtime_error);
  }
}

TEST(ThreadPool, ThreadsOutOfRangeAreRefused) {
  for (const int threads : {-1, 0, 1025}) EXPECT_THROW(ThreadPool pool(threads), Error) << threads;
}

cpu_set_t cores_of_this_thread() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  EXPECT_EQ(sched_getaffinity(0, sizeof(cores), &cores), 0);
  return cores;
}

// Catches: a pool that binds the thread of a host program that did not ask for it.
TEST(ThreadPool, LeavesEveryThreadsCoresAloneUnlessAsked) {
  const cpu_set_t before = cores_of_this_thread();
  EXPECT_EQ(ThreadPool::default_threads(), CPU_COUNT(&before));
  ThreadPool pool(ThreadPool::default_threads());
  std::atomic<int> bound{0};
  pool.run(8, [&](std::int64_t, int) {
    const cpu_set_t cores = cores_of_this_thread();
    if (!CPU_EQUAL(&before, &cores)) ++bound;
  });
  EXPECT_EQ(bound, 0);
}

// Catches: a program's pool that does not bind, and one that leaves the caller bound when it is gone.
TEST(ThreadPool, BindsEachThreadToOneCoreWhenAskedAndGivesTheCallersBack) {
  const cpu_set_t before = cores_of_this_thread();
  if (CPU_COUNT(&before) < 2) GTEST_SKIP() << "one core";
  {
    ThreadPool pool(2, Binding::kAll);
    std::atomic<int> unbound{0};
    pool.run(2, [&](std::int64_t, int) {
      const cpu_set_t cores = cores_of_this_thread();
      if (CPU_COUNT(&cores) != 1) ++unbound;
    });
    EXPECT_EQ(unbound, 0);
  }
  const cpu_set_t after = cores_of_this_thread();
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
}

// Catches: a thread that cannot be started and ends the program.
TEST(ThreadPool, FewerThreadsThanAskedForDoTheSameWork) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "a sanitizer's own memory does not fit into the limit";
#endif
  const pid_t child = fork();
  if (child == 0) {
    const rlimit limit = {400'000'000, 400'000'000};  // of addresses: stacks of 8 MB each for some forty threads
    if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(3);
    std::atomic<std::int64_t> sum{0};
    bool is_smaller = false;
    {
      ThreadPool pool(1024);
      is_smaller = pool.threads() < 1024;
      for (int i = 0; i < 3; ++i) pool.run(1000, [&](std::int64_t index, int) { sum += index; });
    }
    _exit(sum == 3 * 499'500 ? (is_smaller ? 0 : 4) : 5);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
  if (WEXITSTATUS(status) == 4) GTEST_SKIP() << "the limit does not hold here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace groklab
