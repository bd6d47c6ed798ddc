// Claim mixed-drift: from a state that holds both circuits in equal shares neither has a head start. Whether ln rho
// rises or falls from there, at a given number of rows, says which circuit gains; the size at which it does neither is
// an observation of D_crit that shares no fit with the others. The states come from training from scratch at a size at
// which the generalising circuit takes over slowly (docs/decisions/mixed-starts.md).
#pragma once

#include <cstdint>
#include <vector>

#include "groklab/analysis/censored_means.h"
#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/sizes.h"
#include "groklab/studies/varma2023/common.h"
#include "groklab/studies/varma2023/resting.h"

namespace groklab::studies::varma2023_audit {

struct DriftSizes {
  TaskNetwork network;
  SeedRange seeds;
  std::int64_t mixed_rows = 0;            ///< D from scratch at which both circuits are held for long
  std::vector<std::int64_t> mixed_steps;  ///< steps after which forks are taken, ascending
  std::vector<std::int64_t> rows;         ///< D' of the forks, ascending
  std::int64_t settle_steps = 0;  ///< the drift is read from here on: what single rows asked for is gone by then
  std::int64_t steps = 0;         ///< to the end
  std::int64_t parent_rows = 0, parent_steps = 0;  ///< of networks that generalise, for the other definitions
  std::vector<std::int64_t> resting_rows;          ///< D' of their forks, and D from scratch, ascending
  varma2023::Relaxation relaxation;
};
template <class F>
void visit_fields(DriftSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("mixed_rows", s.mixed_rows);
  field("mixed_steps", s.mixed_steps);
  field("rows", s.rows);
  field("settle_steps", s.settle_steps);
  field("steps", s.steps);
  field("parent_rows", s.parent_rows);
  field("parent_steps", s.parent_steps);
  field("resting_rows", s.resting_rows);
  field("relaxation", s.relaxation);
}
std::string complaint(const DriftSizes& s);

struct DriftRuns {
  struct Fork {
    RunIndex parent = 0, run = 0;
    std::int64_t seed = 0, start_step = 0, rows = 0;
  };
  std::vector<Fork> forks;                        ///< seeds x starts x rows
  std::vector<PlannedPoint> general, memorising;  ///< seeds x resting_rows
};

/// ln rho = ln G / M on the way: G from rows that no ancestor trained on, G + M from training rows, both mean centred
/// correct logits. NaN where a run failed.
struct DriftFork {
  std::int64_t seed = 0, start_step = 0, rows = 0;
  double start = 0;    ///< of the parent's end
  double settled = 0;  ///< at settle_steps
  double end = 0;      ///< at steps
};
template <class F>
void visit_fields(DriftFork& f, F&& field) {
  field("seed", f.seed);
  field("start_step", f.start_step);
  field("rows", f.rows);
  field("start", f.start);
  field("settled", f.settled);
  field("end", f.end);
}

struct DriftMeasurement {
  DriftSizes sizes;
  std::vector<DriftFork> forks;
  std::vector<varma2023::RestingState> general, memorising;
};
template <class F>
void visit_fields(DriftMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("forks", m.forks);
  field("general", m.general);
  field("memorising", m.memorising);
}

/// ln D at which the drift of a seed's mixed starts is 0: by the line through the sizes on both sides of the change of
/// sign. Beyond the sizes: censored; without a mixed start, or with several changes of sign: nothing known.
CensoredValue zero_drift(const DriftMeasurement& measurement, std::int64_t seed);

DriftSizes drift_sizes(const Scale& scale);
DriftRuns plan(SweepPlan& plan, const DriftSizes& sizes);
DriftMeasurement measure(const RunResults& results, const DriftSizes& sizes, const DriftRuns& runs);
Judgement judge(const DriftMeasurement& measurement);
std::vector<report::Chart> figures(const DriftMeasurement& measurement);

Claim claim_mixed_drift();

}  // namespace groklab::studies::varma2023_audit
