// Claim 4, efficiency-gen: generalising needs the same norm whatever the number of training rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/varma2023/common.h"

namespace groklab::studies::varma2023 {

struct EfficiencyGenSizes {
  TaskNetwork network;
  SeedRange seeds;
  double weight_decay = 1;
  std::vector<std::int64_t> rows;  ///< D from scratch, ascending, the full table last
  /// D' above the transition of forks that count as C_gen too: they generalise on few rows, which training from scratch
  /// does not, and so lengthen the curve.
  std::vector<std::int64_t> fork_rows;
  std::vector<std::int64_t> memorised_rows;  ///< D of the negative control
  Budgets budgets;
};
template <class F>
void visit_fields(EfficiencyGenSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("weight_decay", s.weight_decay);
  field("rows", s.rows);
  field("fork_rows", s.fork_rows);
  field("memorised_rows", s.memorised_rows);
  field("budgets", s.budgets);
}
std::string complaint(const EfficiencyGenSizes& s);

/// Seeds x sizes each.
struct EfficiencyGenRuns {
  std::vector<PlannedPoint> scratch, forks, memorised;
};

struct EfficiencyGenMeasurement {
  EfficiencyGenSizes sizes;
  std::vector<EfficiencyPoint> scratch, forks, memorised;  ///< as measured, nothing left out
};
template <class F>
void visit_fields(EfficiencyGenMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("scratch", m.scratch);
  field("forks", m.forks);
  field("memorised", m.memorised);
}

EfficiencyGenSizes efficiency_gen_sizes(const Scale& scale);
EfficiencyGenRuns plan(SweepPlan& plan, const EfficiencyGenSizes& sizes);
EfficiencyGenMeasurement measure(const RunResults& results, const EfficiencyGenSizes& sizes,
                                 const EfficiencyGenRuns& runs);
Judgement judge(const EfficiencyGenMeasurement& measurement);
std::vector<report::Chart> figures(const EfficiencyGenMeasurement& measurement);

Claim claim_efficiency_gen();

}  // namespace groklab::studies::varma2023
