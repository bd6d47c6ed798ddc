// Claim 11, adamw-objective: what weight decay minimises under AdamW, and the law of the training loss that follows.
//
// At rest theta . grad loss = -pull, pull = theta . grad R (optim/decay_term.h). If logits are homogeneous of degree k
// in theta and the loss is the exponential of the margin, theta . grad loss = -k margin loss. So loss = pull / (k
// margin), with the same k for every strength of decay and for Adam with L2 (docs/decisions/objective.md).
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/varma2023/common.h"
#include "groklab/studies/varma2023/runs.h"
#include "groklab/studies/varma2023/weight_decay.h"

namespace groklab::studies::varma2023 {

/// k may change by a factor of 1.25 while the strength of decay changes by a million; the loss changes by a million.
inline const double kFlatDegree = std::log(1.25) / std::log(1e6);

struct AdamwObjectiveSizes {
  TaskNetwork network;
  SeedRange seeds;
  std::int64_t rows = 0;  ///< D, enough to generalise
  std::vector<DecaySetting> settings;
  Relaxation relaxation;
};
template <class F>
void visit_fields(AdamwObjectiveSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("rows", s.rows);
  field("settings", s.settings);
  field("relaxation", s.relaxation);
}
std::string complaint(const AdamwObjectiveSizes& s);

struct AdamwObjectiveRuns {
  std::vector<PlannedPoint> runs;  ///< seeds x settings
};

/// A network at rest. NaN where the run failed.
struct RestingLoss {
  std::int64_t seed = 0;
  std::int64_t setting = 0;  ///< index
  double train_loss = 0, margin = 0, norm = 0;
  double pull = 0;  ///< theta . grad R
  bool stationary = false;
};
template <class F>
void visit_fields(RestingLoss& r, F&& field) {
  field("seed", r.seed);
  field("setting", r.setting);
  field("train_loss", r.train_loss);
  field("margin", r.margin);
  field("norm", r.norm);
  field("pull", r.pull);
  field("stationary", r.stationary);
}

struct AdamwObjectiveMeasurement {
  AdamwObjectiveSizes sizes;
  std::vector<RestingLoss> runs;  ///< seeds x settings
};
template <class F>
void visit_fields(AdamwObjectiveMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("runs", m.runs);
}
std::string complaint(const AdamwObjectiveMeasurement& m);

AdamwObjectiveSizes adamw_objective_sizes(const Scale& scale);
AdamwObjectiveRuns plan(SweepPlan& plan, const AdamwObjectiveSizes& sizes);
AdamwObjectiveMeasurement measure(const RunResults& results, const AdamwObjectiveSizes& sizes,
                                  const AdamwObjectiveRuns& runs);
Judgement judge(const AdamwObjectiveMeasurement& measurement);
std::vector<report::Chart> figures(const AdamwObjectiveMeasurement& measurement);

Claim claim_adamw_objective();

}  // namespace groklab::studies::varma2023
