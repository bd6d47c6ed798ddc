// Claim 8, semi-grokking: from scratch near D_crit some runs end, or stay for long, at middling test accuracy.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/training_curve.h"
#include "groklab/studies/varma2023/common.h"
#include "groklab/studies/varma2023/resting.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023 {

/// A fraction of plateaus whose interval over seeds excludes 2 %: a single run of 40 that the classification took
/// wrongly would already give an estimate above that.
inline constexpr double kRare = 0.02;
/// Plateaus count as near D_crit up to 4 times its size: the paper's lie at 1500 to 2050, 2 to 4 times the 500 to 1000
/// it reads off as D_crit. A plateau at 9 times, the full table of p = 31, would have nothing to do with it.
inline const double kNearDcrit = std::log(4.0);
/// Shown beside the claim, so that the first seeds suffice: five gave +-0.08 on ln of the ratio.
inline constexpr std::int64_t kMinibatchSeeds = 5;

struct SemiGrokkingSizes {
  TaskNetwork network;
  SeedRange seeds;
  double weight_decay = 1;
  std::vector<std::int64_t> rows;         ///< D from scratch, around the transition, ascending
  std::int64_t steps = 0;                 ///< budget from scratch
  std::vector<std::int64_t> ungrok_rows;  ///< D' of forks, ascending
  std::int64_t parent_rows = 0, parent_steps = 0;
  Relaxation relaxation;       ///< of the forks
  std::int64_t n_batches = 0;  ///< of the runs with minibatches: D / n_batches rows each; 0: no such runs
};
template <class F>
void visit_fields(SemiGrokkingSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("weight_decay", s.weight_decay);
  field("rows", s.rows);
  field("steps", s.steps);
  field("ungrok_rows", s.ungrok_rows);
  field("parent_rows", s.parent_rows);
  field("parent_steps", s.parent_steps);
  field("relaxation", s.relaxation);
  field("n_batches", s.n_batches);
}
std::string complaint(const SemiGrokkingSizes& s);

struct SemiGrokkingRuns {
  std::vector<PlannedPoint> scratch, minibatch;  ///< D x seeds
  std::vector<PlannedPoint> forks;               ///< seeds x D'
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
  std::vector<CurveOfRun> scratch;    ///< D x seeds
  std::vector<CurveOfRun> minibatch;  ///< D x seeds
  std::vector<CurveOfRun> forks;      ///< seeds x D'
  std::vector<RestingState> resting;  ///< of the forks
};
template <class F>
void visit_fields(SemiGrokkingMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("scratch", m.scratch);
  field("minibatch", m.minibatch);
  field("forks", m.forks);
  field("resting", m.resting);
}

SemiGrokkingSizes semi_grokking_sizes(const Scale& scale);
SemiGrokkingRuns plan(SweepPlan& plan, const SemiGrokkingSizes& sizes);
SemiGrokkingMeasurement measure(const RunResults& results, const SemiGrokkingSizes& sizes,
                                const SemiGrokkingRuns& runs);
Judgement judge(const SemiGrokkingMeasurement& measurement);
std::vector<report::Chart> figures(const SemiGrokkingMeasurement& measurement);

Claim claim_semi_grokking();

}  // namespace groklab::studies::varma2023
