// Trains the runs of a plan, one per core at a time, forks after their parents, and goes on where an earlier call
// stopped. A run that fails is recorded and the others go on.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "groklab/record/record.h"
#include "groklab/sweep/plan.h"

namespace groklab {

enum class PlannedState {
  kPending,  ///< not begun, or interrupted
  kDone,     ///< ended as its outcome says
  kFailed,   ///< an error; `error` has it
  kSkipped,  ///< a fork whose parent failed or diverged
};

struct PlannedResult {
  PlannedState state = PlannedState::kPending;
  std::string id;  ///< "" if it never came to be known
  Outcome outcome;
  bool was_done = false;  ///< the store held it already
  std::string error;
};

struct SweepProgress {
  std::int64_t runs = 0, done = 0, was_done = 0, running = 0, failed = 0;
  std::int64_t steps_made = 0;  ///< by this call
  double seconds = 0;           ///< of this call
  double fraction = 0;          ///< of the estimated work that is done, 0 to 1
  double seconds_left = -1;     ///< -1: not known yet
};

struct SweepOptions {
  int jobs = 1;
  const std::atomic<bool>* interrupt = nullptr;
  /// Called about twice a second and once at the end, from another thread; may be empty.
  std::function<void(const SweepProgress&)> progress;
  double checkpoint_seconds = 30.0;
  /// All runs are computed with this one, and one that the store holds from another is that run's error; "": new runs
  /// take the machine's best, others go on with their own.
  std::string instruction_set;
};

/// Trains what the store does not hold yet. `seconds` are estimates per run (estimate_sweep): the longest chains start
/// first, so that cores are busy to the end. Results do not depend on `jobs`. Throws Error(kStore|kIo) if the store
/// cannot be opened, Error(kConfig) if the machine lacks the instruction set; an error of one run is that run's result.
/// A run that another process trains meanwhile is waited for while there is nothing else to do.
std::vector<PlannedResult> run_plan(const SweepPlan& plan, const std::vector<double>& seconds,
                                    const std::filesystem::path& store_directory, const SweepOptions& options);

}  // namespace groklab
