// Claim 3, efficiency-mem: memorising more rows needs more norm for the same logit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/varma2023/common.h"

namespace groklab::studies::varma2023 {

struct EfficiencyMemSizes {
  TaskNetwork network;
  SeedRange seeds;
  double weight_decay = 1;            ///< of the headline
  std::vector<double> weight_decays;  ///< ascending
  std::vector<std::int64_t> rows;     ///< D, ascending
  Relaxation relaxation;
};
template <class F>
void visit_fields(EfficiencyMemSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("weight_decay", s.weight_decay);
  field("weight_decays", s.weight_decays);
  field("rows", s.rows);
  field("relaxation", s.relaxation);
}
std::string complaint(const EfficiencyMemSizes& s);

struct EfficiencyMemRuns {
  std::vector<PlannedPoint> random, commutative;
};

struct EfficiencyMemMeasurement {
  EfficiencyMemSizes sizes;
  std::vector<EfficiencyPoint> random;       ///< seeds x D x weight decays
  std::vector<EfficiencyPoint> commutative;  ///< labels that commute; seeds x D
};
template <class F>
void visit_fields(EfficiencyMemMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("random", m.random);
  field("commutative", m.commutative);
}

EfficiencyMemSizes efficiency_mem_sizes(const Scale& scale);
EfficiencyMemRuns plan(SweepPlan& plan, const EfficiencyMemSizes& sizes);
EfficiencyMemMeasurement measure(const RunResults& results, const EfficiencyMemSizes& sizes,
                                 const EfficiencyMemRuns& runs);
Judgement judge(const EfficiencyMemMeasurement& measurement);
std::vector<report::Chart> figures(const EfficiencyMemMeasurement& measurement);

Claim claim_efficiency_mem();

}  // namespace groklab::studies::varma2023
