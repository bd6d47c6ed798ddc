// Claim 5, dcrit: where C_mem comes to need as much norm as C_gen, ungrokking sets in. Prediction against observation.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/varma2023/common.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023 {

/// A prediction within a factor of 1.5 of the observation, over conditions, counts as right: the paper itself reads
/// D_crit off as "500 to 1000" from norms and as 800 to 1000 from ungrokking, a factor of 1.4 to 2 each.
inline const double kRightWithin = std::log(1.5);

struct DcritCondition {
  TaskNetwork network;
  double weight_decay = 1;
  SeedRange seeds;
};
template <class F>
void visit_fields(DcritCondition& c, F&& field) {
  field("network", c.network);
  field("weight_decay", c.weight_decay);
  field("seeds", c.seeds);
}

struct DcritSizes {
  std::vector<DcritCondition> conditions;
  std::int64_t main = 0;                     ///< the condition that the sentence and the second figure are about
  std::vector<std::int64_t> rows;            ///< D' around the transition, ascending; those that a table has
  std::vector<std::int64_t> memorised_rows;  ///< D of the C_mem curve, ascending; those that a table has
  Budgets budgets;
};
template <class F>
void visit_fields(DcritSizes& s, F&& field) {
  field("conditions", s.conditions);
  field("main", s.main);
  field("rows", s.rows);
  field("memorised_rows", s.memorised_rows);
  field("budgets", s.budgets);
}
std::string complaint(const DcritSizes& s);

struct DcritRuns {
  struct Condition {
    CircuitRuns circuits;
    std::vector<PlannedPoint> forks;  ///< seeds x D'
  };
  std::vector<Condition> conditions;
};

/// Test accuracy of a fork, at as much decay as weight decay 1 has in Budgets::ungrok steps.
struct ForkAccuracy {
  std::int64_t seed = 0, rows = 0;
  double test_accuracy = 0;  ///< NaN: the run failed
};
template <class F>
void visit_fields(ForkAccuracy& a, F&& field) {
  field("seed", a.seed);
  field("rows", a.rows);
  field("test_accuracy", a.test_accuracy);
}

struct DcritConditionMeasurement {
  CircuitPoints points;
  std::vector<ForkAccuracy> forks;
};
template <class F>
void visit_fields(DcritConditionMeasurement& c, F&& field) {
  field("points", c.points);
  field("forks", c.forks);
}

struct DcritMeasurement {
  DcritSizes sizes;
  std::vector<DcritConditionMeasurement> conditions;  ///< as in sizes
};
template <class F>
void visit_fields(DcritMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("conditions", m.conditions);
}
std::string complaint(const DcritMeasurement& m);

DcritSizes dcrit_sizes(const Scale& scale);
DcritRuns plan(SweepPlan& plan, const DcritSizes& sizes);
DcritMeasurement measure(const RunResults& results, const DcritSizes& sizes, const DcritRuns& runs);
Judgement judge(const DcritMeasurement& measurement);
std::vector<report::Chart> figures(const DcritMeasurement& measurement);

Claim claim_dcrit();

}  // namespace groklab::studies::varma2023
