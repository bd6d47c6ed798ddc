// Claim 9, circuits: both circuits inside one network over training, and their balance after ungrokking.
#pragma once

#include <cstdint>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/varma2023/common.h"

namespace groklab::studies::varma2023 {

/// A rank correlation of 0.8 over 6 or 7 sizes is monotone up to one exchange of neighbours or two.
inline constexpr double kMonotone = 0.8;
/// Of C_mem's largest logit: what is left of it at the end if it gives way.
inline constexpr double kGivesWay = 0.5;

struct CircuitsSizes {
  TaskNetwork network;
  SeedRange seeds;
  double weight_decay = 1;
  std::int64_t rows = 0;                  ///< D from scratch, at which the network groks
  std::int64_t steps = 0;                 ///< budget from scratch
  std::vector<std::int64_t> ungrok_rows;  ///< D' of forks, ascending
  Budgets budgets;
};
template <class F>
void visit_fields(CircuitsSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("weight_decay", s.weight_decay);
  field("rows", s.rows);
  field("steps", s.steps);
  field("ungrok_rows", s.ungrok_rows);
  field("budgets", s.budgets);
}

struct CircuitsRuns {
  std::vector<RunIndex> scratch;    ///< [seeds]
  std::vector<PlannedPoint> forks;  ///< seeds x D'
};

/// Both circuits at a kept checkpoint: C_gen is the invariant component of the logits, C_mem the residual.
struct CircuitsCheckpoint {
  std::int64_t step = 0;
  double invariant_logit = 0;     ///< correct logit of C_gen on test rows
  double memorised_strength = 0;  ///< mean residual correct logit on training rows - on test rows
  double invariant_fraction = 0;  ///< of the logits' squared norm
  double general_test_loss = 0, residual_train_loss = 0, residual_test_loss = 0;  ///< of each part alone
};
template <class F>
void visit_fields(CircuitsCheckpoint& c, F&& field) {
  field("step", c.step);
  field("invariant_logit", c.invariant_logit);
  field("memorised_strength", c.memorised_strength);
  field("invariant_fraction", c.invariant_fraction);
  field("general_test_loss", c.general_test_loss);
  field("residual_train_loss", c.residual_train_loss);
  field("residual_test_loss", c.residual_test_loss);
}

struct CircuitsRun {
  std::int64_t seed = 0;
  std::vector<CircuitsCheckpoint> checkpoints;  ///< ascending
};
template <class F>
void visit_fields(CircuitsRun& r, F&& field) {
  field("seed", r.seed);
  field("checkpoints", r.checkpoints);
}

/// Both circuits at the end of a fork.
struct CircuitsFork {
  std::int64_t seed = 0, rows = 0;
  double invariant_logit = 0, memorised_strength = 0;
};
template <class F>
void visit_fields(CircuitsFork& f, F&& field) {
  field("seed", f.seed);
  field("rows", f.rows);
  field("invariant_logit", f.invariant_logit);
  field("memorised_strength", f.memorised_strength);
}

/// Those runs that did not fail.
struct CircuitsMeasurement {
  CircuitsSizes sizes;
  std::vector<CircuitsRun> scratch;
  std::vector<CircuitsFork> forks;
};
template <class F>
void visit_fields(CircuitsMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("scratch", m.scratch);
  field("forks", m.forks);
}

CircuitsSizes circuits_sizes(const Scale& scale);
CircuitsRuns plan(SweepPlan& plan, const CircuitsSizes& sizes);
CircuitsMeasurement measure(const RunResults& results, const CircuitsSizes& sizes, const CircuitsRuns& runs);
Judgement judge(const CircuitsMeasurement& measurement);
std::vector<report::Chart> figures(const CircuitsMeasurement& measurement);

Claim claim_circuits();

}  // namespace groklab::studies::varma2023
