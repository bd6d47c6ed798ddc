// Threads that run numbered tasks. Which thread runs a task never changes a result.
#pragma once

#include <cstdint>
#include <memory>

namespace groklab {

/// Which threads a pool keeps on a core of their own. A program asks for kAll: on some virtual machines nothing else
/// ever moves two busy threads apart (seen: both on one core for seconds). A library leaves its host's threads alone.
enum class Binding {
  kNone,
  kAll  ///< with 2 or more threads and a core for each; the caller until the pool is destroyed
};

/// A pool of `threads` workers, the calling thread included. Not re-entrant; one caller at a time.
class ThreadPool {
 public:
  /// threads in 1..1024. Throws Error(kConfig) otherwise. Where the system refuses more threads, the pool has fewer.
  explicit ThreadPool(int threads, Binding binding = Binding::kNone);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const;

  /// Runs task(index, worker) for index = 0..count-1, in any order on any worker (0..threads-1), and returns when all
  /// are done. If tasks throw, one of their exceptions is thrown here when no task runs any more; the tasks that had
  /// not begun by then may or may not have been run. Subnormal numbers count as zero in a task, on every thread
  /// (flush_denormals.h).
  template <class Task>
  void run(std::int64_t count, Task&& task) {
    auto call = [](void* context, std::int64_t index, int worker) {
      (*static_cast<std::remove_reference_t<Task>*>(context))(index, worker);
    };
    run_raw(count, call, &task);
  }

  /// Usable cores: those of the affinity mask, at least 1.
  static int default_threads();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;

  void run_raw(std::int64_t count, void (*call)(void*, std::int64_t, int), void* context);
};

}  // namespace groklab
