// What a study's runs measured, once they are in the store: records, and measurements of their final weights.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "groklab/analysis/stationarity.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/optim/decay_term.h"
#include "groklab/probe/circuit_split.h"
#include "groklab/probe/ipr_pruning.h"
#include "groklab/probe/scaling.h"
#include "groklab/probe/weights.h"
#include "groklab/store/store.h"
#include "groklab/sweep/run_plan.h"

namespace groklab::studies {

/// Index of a run in the study's plan.
using RunIndex = std::size_t;

/// Both circuits of a run's logits at one step.
struct CircuitsAtStep {
  std::int64_t step = 0;
  CircuitMetrics metrics;
};

/// Every measurement is made once and kept. Not thread-safe. Store and pool outlive it.
class RunResults {
 public:
  RunResults(const Store& store, std::vector<PlannedResult> results, ThreadPool& pool);
  /// Of a plan none of whose `n_runs` runs was made: has() is false for each.
  explicit RunResults(std::size_t n_runs) : results_(n_runs) {}

  /// "" if all runs come from one engine, version of its arithmetic and instruction set; else the line that says from
  /// which.
  std::string mixed_arithmetic() const;
  bool has(RunIndex run) const;  ///< whether it ended without error or divergence
  const std::vector<Record>& records(RunIndex run) const;
  const Record& last(RunIndex run) const { return records(run).back(); }
  /// Whether it had come to rest at its end.
  Stationarity stationarity(RunIndex run) const;
  /// What weight decay adds to the objective at the last checkpoint; NaN where no such term is known.
  DecayTerm decay_term(RunIndex run) const;
  /// At the last checkpoint. Nothing for a task without a known symmetry.
  std::optional<CircuitMetrics> circuits(RunIndex run) const;
  /// At all kept checkpoints, ascending; empty for a task without a known symmetry.
  std::vector<CircuitsAtStep> circuits_over_steps(RunIndex run) const;
  /// norm_at_margin() of the final network on its training rows.
  double norm_at_margin(RunIndex run, double margin) const;
  /// norm_at_logit() and homogeneity_degrees() of the same.
  double norm_at_logit(RunIndex run, double logit) const;
  Degrees degrees(RunIndex run) const;
  /// weight_norms() of the final network.
  WeightNorms weight_norms(RunIndex run) const;
  /// Mean over all rows of the Euclidean norm of the logits of the task's classes, at the last checkpoint.
  double logit_norm(RunIndex run) const;
  /// prune_by_ipr() of the final network, a number of neurons for each fraction of them; the run's seed draws the
  /// random order.
  IprPruning ipr_pruning(RunIndex run, std::span<const double> fractions) const;
  /// Fraction of the training rows that the loss leaves without any gradient, at the last checkpoint.
  double without_gradient(RunIndex run) const;

 private:
  /// Of runs that were made: a plan without any has none, and nothing of it may be asked for.
  const Store& store() const;
  ThreadPool& pool() const;
  /// measure(run) of the network at the last checkpoint, and of its engine, task and training rows alone.
  template <typename Measure>
  auto of_last_run(RunIndex run, Measure&& measure) const;
  template <typename Measure>
  auto of_last_network(RunIndex run, Measure&& measure) const;
  std::vector<CircuitsAtStep> measure_checkpoints(RunIndex run, bool all) const;

  const Store* const store_ = nullptr;
  const std::vector<PlannedResult> results_;
  ThreadPool* const pool_ = nullptr;
  mutable std::map<RunIndex, std::vector<Record>> records_;
  mutable std::map<RunIndex, std::vector<CircuitsAtStep>> last_circuits_, all_circuits_;
  mutable std::map<std::pair<RunIndex, double>, double> norms_, norms_at_logit_;
  mutable std::map<RunIndex, Degrees> degrees_;
  mutable std::map<std::string, std::optional<SymmetryOrbits>> orbits_;  ///< by task
};

}  // namespace groklab::studies
