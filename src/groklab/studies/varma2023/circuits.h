// Claim 9, circuits: both circuits inside one network over training, and their balance after ungrokking.
#pragma once

#include <cstdint>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/varma2023/common.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023 {

/// A rank correlation of 0.8 over 6 or 7 sizes is monotone up to one exchange of neighbours or two.
inline constexpr double kMonotone = 0.8;
/// Of C_mem's largest logit: what is left of it at the end if it gives way.
inline constexpr double kGivesWay = 0.5;

struct CircuitsSizes {
  TaskNetwork network;
  SeedRange seeds;
  double weight_decay = 1;
  std::int64_t rows = 0;                           ///< D from scratch, at which the network groks
  std::int64_t steps = 0;                          ///< budget from scratch
  std::int64_t parent_rows = 0, parent_steps = 0;  ///< of the network that generalises
  std::vector<std::int64_t> ungrok_rows;           ///< D' of its forks, ascending
  Relaxation relaxation;
};
template <class F>
void visit_fields(CircuitsSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("weight_decay", s.weight_decay);
  field("rows", s.rows);
  field("steps", s.steps);
  field("parent_rows", s.parent_rows);
  field("parent_steps", s.parent_steps);
  field("ungrok_rows", s.ungrok_rows);
  field("relaxation", s.relaxation);
}

struct CircuitsRuns {
  std::vector<RunIndex> scratch;    ///< [seeds]
  std::vector<PlannedPoint> forks;  ///< seeds x D'
};

/// Both circuits at a kept checkpoint. The verdict reads the first two: a lookup table has no general logit on rows it
/// was not trained on, whereas its invariant component, a mean over all rows, has D / N of its height.
struct CircuitsCheckpoint {
  std::int64_t step = 0;
  double general_logit = 0;       ///< G: mean centred correct logit on test rows
  double memorised_logit = 0;     ///< M: the same on training rows, less G
  double invariant_logit = 0;     ///< the paper's Fig. 9: correct logit of the invariant component, on test rows
  double memorised_strength = 0;  ///< and of the residual: on training rows less on test rows
  double invariant_fraction = 0;  ///< of the logits' squared norm
  double general_test_loss = 0, residual_train_loss = 0, residual_test_loss = 0;  ///< of each part alone
};
template <class F>
void visit_fields(CircuitsCheckpoint& c, F&& field) {
  field("step", c.step);
  field("general_logit", c.general_logit);
  field("memorised_logit", c.memorised_logit);
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

/// Both circuits of a fork at rest.
struct CircuitsFork {
  std::int64_t seed = 0, rows = 0;
  double general_logit = 0, memorised_logit = 0;
};
template <class F>
void visit_fields(CircuitsFork& f, F&& field) {
  field("seed", f.seed);
  field("rows", f.rows);
  field("general_logit", f.general_logit);
  field("memorised_logit", f.memorised_logit);
}

/// Those runs that did not fail, and of the forks those that came to rest.
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
