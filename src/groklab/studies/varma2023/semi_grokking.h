// Claim 8, semi-grokking: from scratch near D_crit some runs end, or stay for long, at middling test accuracy.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/training_curve.h"
#include "groklab/studies/varma2023/common.h"

namespace groklab::studies::varma2023 {

/// A fraction of plateaus whose interval excludes 2 %: a single run of 40 that the classification took wrongly would
/// already give an estimate above that.
inline constexpr double kRare = 0.02;

struct SemiGrokkingSizes {
  TaskNetwork network;
  SeedRange seeds;
  double weight_decay = 1;
  std::vector<std::int64_t> rows;         ///< D from scratch, around the transition, ascending
  std::int64_t steps = 0;                 ///< budget from scratch
  std::vector<std::int64_t> ungrok_rows;  ///< D' of forks, ascending
  Budgets budgets;
};
template <class F>
void visit_fields(SemiGrokkingSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("weight_decay", s.weight_decay);
  field("rows", s.rows);
  field("steps", s.steps);
  field("ungrok_rows", s.ungrok_rows);
  field("budgets", s.budgets);
}
std::string complaint(const SemiGrokkingSizes& s);

struct SemiGrokkingRuns {
  std::vector<PlannedPoint> scratch;  ///< D x seeds
  std::vector<PlannedPoint> forks;    ///< seeds x D'
};

struct CurveOfRun {
  std::int64_t seed = 0, rows = 0;
  TrainingCurve curve;
};
template <class F>
void visit_fields(CurveOfRun& c, F&& field) {
  field("seed", c.seed);
  field("rows", c.rows);
  field("curve", c.curve);
}

/// Those runs that did not fail.
struct SemiGrokkingMeasurement {
  SemiGrokkingSizes sizes;
  std::vector<CurveOfRun> scratch;  ///< D x seeds
  std::vector<CurveOfRun> forks;    ///< seeds x D'
};
template <class F>
void visit_fields(SemiGrokkingMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("scratch", m.scratch);
  field("forks", m.forks);
}

SemiGrokkingSizes semi_grokking_sizes(const Scale& scale);
SemiGrokkingRuns plan(SweepPlan& plan, const SemiGrokkingSizes& sizes);
SemiGrokkingMeasurement measure(const RunResults& results, const SemiGrokkingSizes& sizes,
                                const SemiGrokkingRuns& runs);
Judgement judge(const SemiGrokkingMeasurement& measurement);
std::vector<report::Chart> figures(const SemiGrokkingMeasurement& measurement);

Claim claim_semi_grokking();

}  // namespace groklab::studies::varma2023
