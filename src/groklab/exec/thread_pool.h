// Threads that run numbered tasks. Which thread runs a task never changes a result.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

namespace groklab {

/// A pool of `threads` workers, the calling thread included. Not re-entrant; one caller at a time.
class ThreadPool {
 public:
  /// threads >= 1. Throws Error(kConfig) otherwise.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const;
  /// Runs task(index, worker) for index = 0..count-1, in any order on any worker (0..threads-1), and returns when all
  /// are done. The tasks must not throw.
  void run(std::int64_t count, const std::function<void(std::int64_t index, int worker)>& task);

  /// Usable cores: the affinity mask's, at least 1.
  static int default_threads();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace groklab
