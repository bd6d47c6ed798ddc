// Claim 1, grokking: fit first, generalise much later, while the norm falls.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/training_curve.h"
#include "groklab/studies/varma2023/common.h"

namespace groklab::studies::varma2023 {

struct GrokkingSizes {
  TaskNetwork network;
  SeedRange seeds;
  double weight_decay = 1;
  std::int64_t rows = 0;   ///< D at which a delay is expected
  std::int64_t steps = 0;  ///< budget
};
template <class F>
void visit_fields(GrokkingSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("weight_decay", s.weight_decay);
  field("rows", s.rows);
  field("steps", s.steps);
}

struct GrokkingRuns {
  std::vector<RunIndex> runs;  ///< [seeds]
};

/// The paper's projection at a checkpoint: correct logits of its parts.
struct CircuitLogits {
  std::int64_t step = 0;
  double general = 0;    ///< of the invariant component, on test rows
  double memorised = 0;  ///< how much more the residual adds on training rows than on test rows
};
template <class F>
void visit_fields(CircuitLogits& c, F&& field) {
  field("step", c.step);
  field("general", c.general);
  field("memorised", c.memorised);
}

struct GrokkingRun {
  std::int64_t seed = 0;
  Delay delay;
  TrainingCurve curve;
  /// [evaluation steps] G: mean centred correct logit on test rows; M: that on training rows less G. Empty in
  /// measurements that were stored before they were taken.
  std::vector<double> general_logit, memorised_logit;
};
template <class F>
void visit_fields(GrokkingRun& r, F&& field) {
  field("seed", r.seed);
  field("delay", r.delay);
  field("curve", r.curve);
  field("general_logit", r.general_logit);
  field("memorised_logit", r.memorised_logit);
}
std::string complaint(const GrokkingRun& r);
/// Gives the runs of an earlier program's measurement the fields that it did not write yet, empty.
void upgrade_grokking(Json& measurement);

struct GrokkingMeasurement {
  GrokkingSizes sizes;
  std::vector<GrokkingRun> runs;        ///< those that did not fail
  std::vector<CircuitLogits> circuits;  ///< of the first seed's run
};
template <class F>
void visit_fields(GrokkingMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("runs", m.runs);
  field("circuits", m.circuits);
}

GrokkingSizes grokking_sizes(const Scale& scale);
GrokkingRuns plan(SweepPlan& plan, const GrokkingSizes& sizes);
GrokkingMeasurement measure(const RunResults& results, const GrokkingSizes& sizes, const GrokkingRuns& runs);
Judgement judge(const GrokkingMeasurement& measurement);
std::vector<report::Chart> figures(const GrokkingMeasurement& measurement);

Claim claim_grokking();

}  // namespace groklab::studies::varma2023
