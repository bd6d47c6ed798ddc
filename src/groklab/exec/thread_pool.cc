// Workers spin briefly between jobs (a training step has some eight jobs, microseconds apart), then sleep.
#include "groklab/exec/thread_pool.h"

#include <sched.h>

#include <atomic>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/exec/cores.h"
#include "groklab/exec/flush_denormals.h"

namespace groklab {

namespace {

/// Some tens of cycles between two looks at a shared word. Not the processor's pause: a hypervisor may take a core from
/// a guest that pauses in a loop, which cost a step of two threads up to 1 ms.
void relax() {
  for (int i = 0; i < 64; ++i) asm volatile("nop");
}

/// Keeps the calling thread on one core: number `index` of `cores`, modulo their number.
void bind_to_core(const std::vector<int>& cores, int index) {
  if (cores.empty()) return;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cores[static_cast<std::size_t>(index) % cores.size()], &one);
  sched_setaffinity(0, sizeof(one), &one);  // a refusal costs speed, nothing else
}

}  // namespace

struct ThreadPool::Impl {
  std::vector<std::thread> workers;
  bool bound = false;
  cpu_set_t callers_cores;
  int spins = 0;

  // The job. Written by the caller while no worker is inside, read by workers inside an open job.
  void (*call)(void*, std::int64_t, int) = nullptr;
  void* context = nullptr;
  /// Tasks of one worker: a range of the indices, of which others take what it does not get to.
  struct alignas(64) Range {
    std::atomic<std::int64_t> next{0};
    std::int64_t end = 0;
  };
  std::vector<Range> ranges;
  /// Whether a worker may be in the job. A line of each worker's own: one shared count would go from core to core twice
  /// a worker and job.
  struct alignas(64) Inside {
    std::atomic<bool> now{false};
  };
  std::vector<Inside> inside;
  std::atomic<bool> failed{false};  ///< a task of this job threw
  std::exception_ptr error;         ///< what the first of them threw; read by the caller when the job is closed
  alignas(64) std::atomic<std::uint32_t> generation{0};
  std::atomic<bool> open{false};
  std::atomic<bool> stopping{false};

  void work(int worker) {
    const std::size_t own = static_cast<std::size_t>(worker);
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      Range& range = ranges[(own + i) % ranges.size()];
      // Looking leaves the line where it is; taking moves it here, even if nothing is left. With 16 workers that would
      // be 16 x 16 moves a job.
      while (range.next.load(std::memory_order_relaxed) < range.end) {
        const std::int64_t index = range.next.fetch_add(1, std::memory_order_acq_rel);
        if (index >= range.end) break;
        try {
          call(context, index, worker);
        } catch (...) {
          if (!failed.exchange(true)) error = std::current_exception();
        }
      }
    }
  }

  void worker_loop(int worker) {
    std::uint32_t seen = 0;
    for (;;) {
      std::uint32_t now = generation.load(std::memory_order_acquire);
      for (int spin = 0; now == seen && spin < spins; ++spin) {
        relax();
        now = generation.load(std::memory_order_acquire);
      }
      while (now == seen) {
        generation.wait(seen);
        now = generation.load(std::memory_order_acquire);
      }
      seen = now;
      if (stopping.load()) return;
      // A worker announces itself before it looks whether the job is still open, so that the caller, who closes the
      // job before it looks whether anyone is inside, never returns under a worker that is about to take a task.
      std::atomic<bool>& mine = inside[static_cast<std::size_t>(worker)].now;
      mine.store(true);
      if (open.load()) work(worker);
      mine.store(false);
    }
  }
};

ThreadPool::ThreadPool(int threads, Binding binding) : impl_(std::make_unique<Impl>()) {
  if (threads < 1 || threads > 1024) fail(ErrorKind::kConfig, "threads = {}: expected 1 to 1024", threads);
  // With more threads than cores a spinning worker would keep a working one from its core.
  impl_->spins = threads <= default_threads() ? 20000 : 0;
  CPU_ZERO(&impl_->callers_cores);
  impl_->bound = binding == Binding::kAll && threads >= 2 && threads <= default_threads() &&
                 sched_getaffinity(0, sizeof(cpu_set_t), &impl_->callers_cores) == 0;
  impl_->ranges = std::vector<Impl::Range>(static_cast<std::size_t>(threads));
  impl_->inside = std::vector<Impl::Inside>(static_cast<std::size_t>(threads));
  const std::vector<int> cores = impl_->bound ? cores_in_order() : std::vector<int>{};
  impl_->workers.reserve(static_cast<std::size_t>(threads));
  for (int worker = 1; worker < threads; ++worker) {
    try {
      impl_->workers.emplace_back([this, worker, cores] {
        bind_to_core(cores, worker);
        const FlushDenormals flush;
        impl_->worker_loop(worker);
      });
    } catch (const std::system_error&) {
      break;  // the system has no more threads for us: those that there are do all the work, to the same bits
    }
  }
  bind_to_core(cores, 0);  // last: until then a worker inherits all of the caller's cores
}

ThreadPool::~ThreadPool() {
  impl_->stopping.store(true);
  impl_->generation.fetch_add(1);
  impl_->generation.notify_all();
  for (std::thread& worker : impl_->workers) worker.join();
  if (impl_->bound) sched_setaffinity(0, sizeof(cpu_set_t), &impl_->callers_cores);
}

int ThreadPool::threads() const { return static_cast<int>(impl_->workers.size()) + 1; }

void ThreadPool::run_raw(std::int64_t count, void (*call)(void*, std::int64_t, int), void* context) {
  const FlushDenormals flush;
  if (impl_->workers.empty() || count <= 1) {
    for (std::int64_t index = 0; index < count; ++index) call(context, index, 0);
    return;
  }
  Impl& job = *impl_;
  job.call = call;
  job.context = context;
  const auto workers = static_cast<std::int64_t>(job.ranges.size());
  for (std::int64_t worker = 0; worker < workers; ++worker) {
    Impl::Range& range = job.ranges[static_cast<std::size_t>(worker)];
    range.end = count * (worker + 1) / workers;
    range.next.store(count * worker / workers, std::memory_order_release);
  }
  job.open.store(true);
  job.generation.fetch_add(1);
  job.generation.notify_all();
  job.work(0);
  job.open.store(false);
  for (const Impl::Inside& worker : job.inside) {
    while (worker.now.load()) {
      if (job.spins > 0) {
        relax();
      } else {
        std::this_thread::yield();
      }
    }
  }
  if (job.failed.exchange(false)) std::rethrow_exception(std::exchange(job.error, nullptr));
}

int ThreadPool::default_threads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) {
    const int cores = CPU_COUNT(&set);
    if (cores >= 1) return cores;
  }
  return 1;
}

}  // namespace groklab
