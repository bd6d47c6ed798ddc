// The runs behind the claims: which ones each claim asks for, and what they measured once they are in the store.
//
// A claim's plan() and judge() ask for runs through the same functions. While planning these add to the plan; while
// judging they find what was planned. So no claim keeps a list of its runs, and claims share runs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "groklab/exec/thread_pool.h"
#include "groklab/paper/scale.h"
#include "groklab/probe/circuit_split.h"
#include "groklab/store/store.h"
#include "groklab/sweep/plan.h"
#include "groklab/sweep/run_plan.h"

namespace groklab::paper {

/// Index of a run in the study's plan.
using RunIndex = std::size_t;

class Study {
 public:
  explicit Study(const Scale& scale) : scale_(scale) {}

  /// What is measured on weights, in place of the measurements themselves: tests judge runs that have none.
  struct Measurements {
    std::function<double(RunIndex run)> norm_at_margin;
    std::function<std::vector<std::pair<std::int64_t, CircuitMetrics>>(RunIndex run)> circuits_over_steps;
  };
  void replace_measurements(Measurements measurements) { replaced_ = std::move(measurements); }

  const Scale& scale() const { return scale_; }
  const SweepPlan& plan() const { return plan_; }

  /// From scratch on D training rows with true labels.
  RunIndex scratch(const Network& network, std::int64_t seed, std::int64_t rows, double weight_decay,
                   std::int64_t steps);
  /// The same for Scale::converged_steps / weight_decay steps: what an efficiency is measured on.
  RunIndex converged(const Network& network, std::int64_t seed, std::int64_t rows, double weight_decay);
  /// Random labels (C_mem alone), for as many steps. `labels`: "random" or "random_commutative".
  RunIndex memorised(const Network& network, std::int64_t seed, std::int64_t rows, double weight_decay,
                     const char* labels = "random");
  /// From a network trained on `parent_rows` until it generalised, further on D' of those rows.
  RunIndex ungrokked(const Network& network, std::int64_t seed, std::int64_t parent_rows, std::int64_t rows,
                     double weight_decay, std::int64_t steps);

  /// Once the runs are made: where they are.
  void attach(const Store& store, const std::vector<PlannedResult>& results, ThreadPool& pool);

  bool has(RunIndex run) const;  ///< whether it ended without error or divergence
  const PlannedResult& result(RunIndex run) const { return results_.at(run); }
  const std::vector<Record>& records(RunIndex run) const;
  const Record& last(RunIndex run) const { return records(run).back(); }
  /// Both circuits of the run's logits at its last checkpoint, or at all kept ones, ascending.
  CircuitMetrics circuits(RunIndex run) const;
  /// The norm that the run's final network has when all its parameters are scaled by one factor such that the mean
  /// margin of its training rows is `margin`: how much norm this very circuit needs for that logit (the paper's P_i,
  /// up to the unit). NaN if no factor from 0.2 to 1.5 does.
  double norm_at_margin(RunIndex run, double margin) const;
  std::vector<std::pair<std::int64_t, CircuitMetrics>> circuits_over_steps(RunIndex run) const;

 private:
  RunIndex add(const Config& config);
  RunIndex add_fork(RunIndex parent, const std::vector<std::string>& changes);
  std::vector<std::pair<std::int64_t, CircuitMetrics>> measure(RunIndex run, bool all) const;

  const Scale scale_;
  SweepPlan plan_;
  const Store* store_ = nullptr;
  ThreadPool* pool_ = nullptr;
  std::vector<PlannedResult> results_;
  mutable std::map<RunIndex, std::vector<Record>> records_;
  mutable std::map<RunIndex, CircuitMetrics> circuits_;
  mutable std::map<RunIndex, std::vector<std::pair<std::int64_t, CircuitMetrics>>> circuits_over_steps_;
  mutable std::map<std::pair<RunIndex, double>, double> norms_;
  mutable std::map<std::string, SymmetryOrbits> orbits_;
  Measurements replaced_;
};

}  // namespace groklab::paper
