// See run_plan.h.
#include "groklab/sweep/run_plan.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/lab/fork_config.h"
#include "groklab/lab/prepared_run.h"
#include "groklab/lab/run_arithmetic.h"
#include "groklab/lab/run_lock.h"
#include "groklab/lab/run_state.h"
#include "groklab/lab/run_training.h"
#include "groklab/store/store_locked.h"

namespace groklab {
namespace {

using Clock = std::chrono::steady_clock;

/// Between two looks at a run that another process trains.
constexpr std::chrono::milliseconds kElsewhere{500};

/// Adds up the steps that all workers make, and says how far this run is.
class StepCounter : public RunObserver {
 public:
  StepCounter(std::atomic<std::int64_t>& total, std::atomic<double>& fraction) : total_(total), fraction_(fraction) {}
  void on_start(const PreparedRun& run, std::int64_t step, std::span<const Record>) override {
    last_ = step;
    steps_ = std::max<std::int64_t>(run.config->train.steps, 1);
  }
  void on_progress(std::int64_t step) override { add(step); }
  void on_outcome(const Outcome& outcome) override { add(outcome.step); }

 private:
  void add(std::int64_t step) {
    total_.fetch_add(step - last_, std::memory_order_relaxed);
    last_ = step;
    fraction_.store(static_cast<double>(step) / static_cast<double>(steps_), std::memory_order_relaxed);
  }
  std::atomic<std::int64_t>& total_;
  std::atomic<double>& fraction_;
  std::int64_t last_ = 0, steps_ = 1;
};

class Runner {
 public:
  Runner(const SweepPlan& plan, const std::vector<double>& seconds, const std::filesystem::path& store,
         const SweepOptions& options)
      : plan_(plan), seconds_(seconds), store_(store), options_(options), results_(plan.runs.size()) {
    require(seconds.size() == plan.runs.size(), "run_plan needs an estimate per run");
    children_.resize(plan.runs.size());
    urgency_ = seconds;
    for (std::size_t i = plan.runs.size(); i-- > 0;) {  // children stand behind their parents
      total_seconds_ += seconds[i];
      if (plan.runs[i].parent == kNoParent) continue;
      const auto parent = static_cast<std::size_t>(plan.runs[i].parent);
      require(parent < i, "a plan's parents stand before their forks");
      children_[parent].push_back(i);
      urgency_[parent] = std::max(urgency_[parent], seconds[parent] + urgency_[i]);
    }
    for (std::size_t i = 0; i < plan.runs.size(); ++i) {
      if (plan.runs[i].parent == kNoParent) make_ready(i);
    }
  }

  std::vector<PlannedResult> run() {
    { const Store create(store_); }  // the schema, before several threads open it
    const int jobs = std::max(1, options_.jobs);
    under_way_ = std::vector<UnderWay>(static_cast<std::size_t>(jobs));
    ThreadPool pool(jobs, Binding::kAll);
    std::exception_ptr first_error;
    std::thread watcher;
    if (options_.progress) watcher = std::thread([&] { watch(); });
    pool.run(jobs, [&](std::int64_t slot, int) {
      try {
        work(under_way_[static_cast<std::size_t>(slot)]);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!first_error) first_error = std::current_exception();
        broken_ = true;
        changed_.notify_all();
      }
    });
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    if (watcher.joinable()) watcher.join();
    if (first_error) std::rethrow_exception(first_error);
    return std::move(results_);
  }

 private:
  bool stops() const { return broken_ || (options_.interrupt != nullptr && options_.interrupt->load()); }
  void make_ready(std::size_t i) { ready_.emplace(-urgency_[i], i); }

  /// What a worker is at.
  struct UnderWay {
    double seconds = 0;               ///< estimate of its run, 0 between runs; under the lock
    std::atomic<double> fraction{0};  ///< of its steps
  };

  void work(UnderWay& under_way) {
    Store store(store_);
    train_what_is_ready(store, under_way);
    store.sync();
  }

  void train_what_is_ready(Store& store, UnderWay& under_way) {
    ThreadPool single(1);
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      while (ready_.empty() && (running_ > 0 || !elsewhere_.empty()) && !stops()) {
        changed_.wait_for(lock, std::chrono::milliseconds(200));
        look_again();
      }
      if (ready_.empty() || stops()) return;
      const std::size_t index = ready_.begin()->second;
      ready_.erase(ready_.begin());
      ++running_;
      under_way.fraction.store(0);
      under_way.seconds = seconds_[index];
      lock.unlock();
      std::optional<PlannedResult> result = run_one(index, store, single, under_way.fraction);
      lock.lock();
      --running_;
      under_way.seconds = 0;
      if (result) {
        finish(index, std::move(*result));
      } else {
        elsewhere_.emplace_back(Clock::now() + kElsewhere, index);
      }
      changed_.notify_all();
    }
  }

  /// Runs that had to wait for another process: perhaps it is done by now, or was killed.
  void look_again() {
    for (std::size_t i = elsewhere_.size(); i-- > 0;) {
      if (elsewhere_[i].first > Clock::now()) continue;
      make_ready(elsewhere_[i].second);
      elsewhere_.erase(elsewhere_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  /// Nothing if another process, perhaps a sweep of the same plan, is training it now, or holds the store.
  std::optional<PlannedResult> run_one(std::size_t index, Store& store, ThreadPool& pool,
                                       std::atomic<double>& fraction) {
    const PlannedRun& planned = plan_.runs[index];
    PlannedResult result;
    try {
      Config config = planned.config;
      if (planned.parent != kNoParent) {
        const std::string parent = results_[static_cast<std::size_t>(planned.parent)].id;
        const std::int64_t step = planned.fork_step >= 0 ? planned.fork_step : last_checkpoint_step(store, parent);
        config = fork_config(store, parent, step, planned.changes);
      }
      const PreparedRun run = prepare_run(config, &store);
      result.id = run.id;
      check_instruction_set(store, run.id);
      StepCounter counter(steps_made_, fraction);
      TrainingOptions training;
      training.interrupt = options_.interrupt;
      training.observer = &counter;
      training.checkpoint_seconds = options_.checkpoint_seconds;
      training.instruction_set = options_.instruction_set;
      const TrainingResult trained = run_training(run, store, pool, training);
      result.outcome = trained.outcome;
      result.was_done = trained.was_done;
      const bool interrupted = trained.outcome.status == RunStatus::kInterrupted;
      result.state = interrupted ? PlannedState::kPending : PlannedState::kDone;
    } catch (const RunBusy&) {
      return std::nullopt;
    } catch (const StoreLocked&) {
      return std::nullopt;
    } catch (const Error& error) {
      result.state = PlannedState::kFailed;
      result.error = error.what();
    } catch (const std::bad_alloc&) {
      result.state = PlannedState::kFailed;
      result.error = "out of memory";
    }
    return result;
  }

  /// A plan that pins one takes no result of another, whoever computed it.
  void check_instruction_set(const Store& store, const std::string& id) const {
    const std::string& pinned = options_.instruction_set;
    if (pinned.empty() || !store.contains(id)) return;
    const std::string found = store.run(id).instruction_set;
    if (found.empty() || found == pinned) return;
    fail(ErrorKind::kStore, "run {}: expected it computed with {}, as --isa says, found {} in the store", id, pinned,
         found);
  }

  /// Under the lock.
  void finish(std::size_t index, PlannedResult result) {
    results_[index] = std::move(result);
    const PlannedResult& r = results_[index];
    if (r.state == PlannedState::kPending) return;
    seconds_ended_ += seconds_[index];
    if (r.was_done) seconds_found_ += seconds_[index];
    const bool usable = r.state == PlannedState::kDone && r.outcome.status != RunStatus::kDiverged;
    for (const std::size_t child : children_[index]) {
      if (usable) {
        make_ready(child);
      } else {
        PlannedResult skipped;
        skipped.state = PlannedState::kSkipped;
        skipped.error = r.state == PlannedState::kDone ? "its parent " + r.id + " diverged"
                                                       : "its parent " + (r.id.empty() ? "run" : r.id) + " failed";
        finish(child, std::move(skipped));
      }
    }
  }

  SweepProgress progress() const {
    SweepProgress p;
    p.runs = static_cast<std::int64_t>(results_.size());
    for (const PlannedResult& r : results_) {
      p.done += r.state == PlannedState::kDone ? 1 : 0;
      p.was_done += r.was_done ? 1 : 0;
      p.failed += r.state == PlannedState::kFailed || r.state == PlannedState::kSkipped ? 1 : 0;
    }
    p.running = running_;
    p.steps_made = steps_made_.load(std::memory_order_relaxed);
    p.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    double ended = seconds_ended_;
    for (const UnderWay& one : under_way_) ended += one.seconds * one.fraction.load();
    p.fraction = total_seconds_ > 0 ? ended / total_seconds_ : 1.0;
    const double made = ended - seconds_found_;
    if (p.done + p.failed == p.runs) {
      p.fraction = 1;
      p.seconds_left = 0;
    } else if (made > 0 && p.seconds > 1) {
      p.seconds_left = (total_seconds_ - ended) * p.seconds / made;
    }
    return p;
  }

  void watch() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!ended_) {
      const SweepProgress p = progress();
      lock.unlock();
      options_.progress(p);
      lock.lock();
      const auto until = Clock::now() + std::chrono::milliseconds(500);
      while (!ended_ && Clock::now() < until) changed_.wait_until(lock, until);
    }
    const SweepProgress p = progress();
    lock.unlock();
    options_.progress(p);
  }

  const SweepPlan& plan_;
  const std::vector<double>& seconds_;
  const std::filesystem::path store_;
  const SweepOptions& options_;
  std::vector<std::vector<std::size_t>> children_;
  std::vector<double> urgency_;  ///< seconds to the end of the longest chain that starts here
  double total_seconds_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::pair<double, std::size_t>> ready_;                    ///< (-urgency, run)
  std::vector<std::pair<Clock::time_point, std::size_t>> elsewhere_;  ///< when to look at a run again
  std::vector<PlannedResult> results_;
  std::vector<UnderWay> under_way_;  ///< [jobs]
  std::int64_t running_ = 0;
  double seconds_ended_ = 0, seconds_found_ = 0;
  bool ended_ = false;
  std::atomic<bool> broken_{false};
  std::atomic<std::int64_t> steps_made_{0};
  const Clock::time_point start_ = Clock::now();
};

}  // namespace

std::vector<PlannedResult> run_plan(const SweepPlan& plan, const std::vector<double>& seconds,
                                    const std::filesystem::path& store_directory, const SweepOptions& options) {
  arithmetic_of_new_run(options.instruction_set);  // refuses what this machine lacks
  return Runner(plan, seconds, store_directory, options).run();
}

}  // namespace groklab
