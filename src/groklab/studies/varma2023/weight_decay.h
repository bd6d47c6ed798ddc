// Claim 7, weight-decay: the ungrokking transition does not depend on the strength of weight decay.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/varma2023/common.h"

namespace groklab::studies::varma2023 {

/// Midpoints within a factor of 1.25 for a factor of 2 in weight decay count as equal. If D_crit scaled with weight
/// decay at all (exponent 1 or 1/2), it would move by a factor of 2 or 1.41.
inline const double kSameMidpoint = std::log(1.25);

struct WeightDecaySizes {
  TaskNetwork network;
  SeedRange seeds;
  double weight_decay = 1;            ///< that the others are compared with
  std::vector<double> weight_decays;  ///< ascending, `weight_decay` among them
  std::vector<std::int64_t> rows;     ///< D' around the transition, ascending
  Budgets budgets;
};
template <class F>
void visit_fields(WeightDecaySizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("weight_decay", s.weight_decay);
  field("weight_decays", s.weight_decays);
  field("rows", s.rows);
  field("budgets", s.budgets);
}
std::string complaint(const WeightDecaySizes& s);

struct WeightDecayRuns {
  std::vector<PlannedPoint> forks;  ///< seeds x weight decays x D'
};

/// A fork of the full table's network; NaN where the run failed.
struct WeightDecayFork {
  std::int64_t seed = 0, rows = 0;
  double weight_decay = 0;
  double at_equal_decay = 0;  ///< test accuracy after Budgets::ungrok / weight_decay steps
  double at_equal_steps = 0;  ///< test accuracy after Budgets::ungrok steps
  double time_to_ungrok = 0;  ///< first step at which test accuracy is below half of what it was at the fork, or NaN
};
template <class F>
void visit_fields(WeightDecayFork& f, F&& field) {
  field("seed", f.seed);
  field("rows", f.rows);
  field("weight_decay", f.weight_decay);
  field("at_equal_decay", f.at_equal_decay);
  field("at_equal_steps", f.at_equal_steps);
  field("time_to_ungrok", f.time_to_ungrok);
}

struct WeightDecayMeasurement {
  WeightDecaySizes sizes;
  std::vector<WeightDecayFork> forks;
};
template <class F>
void visit_fields(WeightDecayMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("forks", m.forks);
}

WeightDecaySizes weight_decay_sizes(const Scale& scale);
WeightDecayRuns plan(SweepPlan& plan, const WeightDecaySizes& sizes);
WeightDecayMeasurement measure(const RunResults& results, const WeightDecaySizes& sizes, const WeightDecayRuns& runs);
Judgement judge(const WeightDecayMeasurement& measurement);
std::vector<report::Chart> figures(const WeightDecayMeasurement& measurement);

Claim claim_weight_decay();

}  // namespace groklab::studies::varma2023
