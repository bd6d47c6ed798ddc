// Claim middling-endings: where runs from scratch end at middling test accuracy, their number of rows lies near D_crit.
// Counts plateaus and runs that still move, so that the question has an answer where level plateaus are rare, over
// sizes wide enough that the answer can be no.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/sizes.h"
#include "groklab/studies/varma2023/common.h"
#include "groklab/studies/varma2023/resting.h"
#include "groklab/studies/varma2023/semi_grokking.h"

namespace groklab::studies::varma2023_audit {

/// No farther from D_crit than the paper's plateaus: geometric means of 1500 to 2050 and of 500 to 1000.
inline const double kPlateausWithin = std::log(std::sqrt(1500.0 * 2050.0) / std::sqrt(500.0 * 1000.0));

struct MiddlingSizes {
  TaskNetwork network;
  SeedRange seeds;
  std::vector<std::int64_t> rows;  ///< D from scratch, from D_crit to the full table, ascending
  std::int64_t steps = 0;
  std::int64_t parent_rows = 0, parent_steps = 0;
  std::vector<std::int64_t> fork_rows;  ///< D' of forks of networks that generalise, for D_crit, ascending
  varma2023::Relaxation relaxation;
};
template <class F>
void visit_fields(MiddlingSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("rows", s.rows);
  field("steps", s.steps);
  field("parent_rows", s.parent_rows);
  field("parent_steps", s.parent_steps);
  field("fork_rows", s.fork_rows);
  field("relaxation", s.relaxation);
}
std::string complaint(const MiddlingSizes& s);

struct MiddlingRuns {
  std::vector<PlannedPoint> scratch, forks;  ///< seeds x sizes
};

struct MiddlingMeasurement {
  MiddlingSizes sizes;
  std::vector<varma2023::CurveOfRun> scratch;  ///< those that did not fail
  std::vector<varma2023::RestingState> forks;
};
template <class F>
void visit_fields(MiddlingMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("scratch", m.scratch);
  field("forks", m.forks);
}

MiddlingSizes middling_sizes(const Scale& scale);
MiddlingRuns plan(SweepPlan& plan, const MiddlingSizes& sizes);
MiddlingMeasurement measure(const RunResults& results, const MiddlingSizes& sizes, const MiddlingRuns& runs);
Judgement judge(const MiddlingMeasurement& measurement);
std::vector<report::Chart> figures(const MiddlingMeasurement& measurement);

Claim claim_middling();

}  // namespace groklab::studies::varma2023_audit
