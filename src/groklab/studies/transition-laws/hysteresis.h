// Claim hysteresis: between D_crit and some larger size a network has two states at rest, and its past decides in which
// it is: the one that memorises has the higher objective and stays.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/sizes.h"
#include "groklab/studies/varma2023/common.h"
#include "groklab/studies/varma2023/resting.h"

namespace groklab::studies::transition_laws {

/// Sizes that differ by less than a factor of 1.25 count as one elsewhere too (varma2023, weight-decay).
inline const double kOneSize = std::log(1.25);
/// Shares of the generalising circuit that differ by less than 0.1 count as equal; in between they differ by 0.5 and
/// more. Objectives are no measure of this: networks that generalise differ by 15 % in it, as they found other
/// frequencies.
inline constexpr double kOneShare = 0.1;

struct HysteresisSizes {
  TaskNetwork network;
  SeedRange seeds;
  std::int64_t parent_rows = 0, parent_steps = 0;
  std::vector<std::int64_t> fork_rows;     ///< D' of forks of networks that generalise, ascending
  std::vector<std::int64_t> scratch_rows;  ///< D from scratch, ascending
  std::int64_t between = 0;                ///< in both: above D_crit, below where training from scratch generalises
  std::int64_t above = 0;                  ///< in both: where both paths generalise
  varma2023::Relaxation forks, scratch;
};
template <class F>
void visit_fields(HysteresisSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("parent_rows", s.parent_rows);
  field("parent_steps", s.parent_steps);
  field("fork_rows", s.fork_rows);
  field("scratch_rows", s.scratch_rows);
  field("between", s.between);
  field("above", s.above);
  field("forks", s.forks);
  field("scratch", s.scratch);
}
std::string complaint(const HysteresisSizes& s);

struct HysteresisRuns {
  std::vector<PlannedPoint> forks, scratch;  ///< seeds x sizes
};

struct HysteresisMeasurement {
  HysteresisSizes sizes;
  std::vector<varma2023::RestingState> forks, scratch;  ///< seeds x sizes
};
template <class F>
void visit_fields(HysteresisMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("forks", m.forks);
  field("scratch", m.scratch);
}

HysteresisSizes hysteresis_sizes(const Scale& scale);
HysteresisRuns plan(SweepPlan& plan, const HysteresisSizes& sizes);
HysteresisMeasurement measure(const RunResults& results, const HysteresisSizes& sizes, const HysteresisRuns& runs);
Judgement judge(const HysteresisMeasurement& measurement);
std::vector<report::Chart> figures(const HysteresisMeasurement& measurement);

Claim claim_hysteresis();

}  // namespace groklab::studies::transition_laws
