// What a sweep will cost, from a short calibration of its own networks on this machine.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "groklab/sweep/plan.h"

namespace groklab {

/// Upper bounds: runs that stop early take less.
struct SweepEstimate {
  std::int64_t runs = 0;
  std::int64_t steps = 0;
  double flop = 0;
  double core_seconds = 0;
  double wall_seconds = 0;      ///< on `jobs` cores: the larger of the sum shared out and the longest chain of forks
  double bytes = 0;             ///< in the store: records and kept checkpoints
  std::vector<double> seconds;  ///< [runs] of one core, per run
};

/// Trains a few steps of each network size of the plan (about `seconds` in all) and scales by steps and rows.
/// Nothing if interrupted.
std::optional<SweepEstimate> estimate_sweep(const SweepPlan& plan, int jobs, double seconds = 2.0,
                                            const std::atomic<bool>* interrupt = nullptr);

/// [runs] FLOP of each run, with a charge for what a step of any size costs: known without training anything, and the
/// same on every machine. Shares out runs; says nothing about time.
std::vector<double> planned_work(const SweepPlan& plan);

}  // namespace groklab
