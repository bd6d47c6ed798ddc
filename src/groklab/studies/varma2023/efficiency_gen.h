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
  std::int64_t parent_rows = 0, parent_steps = 0;  ///< of the network that generalises
  /// D, ascending, of its forks, all far above the transition, each until it rests: within a seed the circuit is the
  /// same.
  std::vector<std::int64_t> rows;
  std::vector<std::int64_t> memorised_rows;  ///< D of the negative control
  Relaxation relaxation;
};
template <class F>
void visit_fields(EfficiencyGenSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("weight_decay", s.weight_decay);
  field("parent_rows", s.parent_rows);
  field("parent_steps", s.parent_steps);
  field("rows", s.rows);
  field("memorised_rows", s.memorised_rows);
  field("relaxation", s.relaxation);
}
std::string complaint(const EfficiencyGenSizes& s);

/// Seeds x sizes each.
struct EfficiencyGenRuns {
  std::vector<PlannedPoint> forks, memorised;
};

struct EfficiencyGenMeasurement {
  EfficiencyGenSizes sizes;
  std::vector<EfficiencyPoint> forks, memorised;  ///< as measured, nothing left out
};
template <class F>
void visit_fields(EfficiencyGenMeasurement& m, F&& field) {
  field("sizes", m.sizes);
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
