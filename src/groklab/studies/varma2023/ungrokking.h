// Claim 6, ungrokking: a network that generalises loses test accuracy when it trains on below D_crit rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/training_curve.h"
#include "groklab/studies/varma2023/common.h"

namespace groklab::studies::varma2023 {

inline constexpr double kUngrokFall = 0.5;      ///< half of all test rows
inline constexpr double kSharp = 1494.0 / 390;  ///< the range of sizes within which the paper shows the transition
inline constexpr double kStillFitted = 0.99;    ///< train accuracy
inline constexpr double kIntact = 0.9;          ///< test accuracy above the transition
/// Catastrophic forgetting predicts that removed rows, which were fitted once, keep far more accuracy than rows never
/// seen; efficiency predicts equality. Ten points are a tenth of what forgetting could show.
inline constexpr double kSameAccuracy = 0.1;

struct UngrokkingSizes {
  TaskNetwork network;
  SeedRange seeds;
  double weight_decay = 1;
  std::vector<std::int64_t> rows;          ///< D' around the transition, ascending, from the full table
  std::int64_t partial_rows = 0;           ///< parent's D for the split of removed and never-seen rows
  std::vector<std::int64_t> partial_cuts;  ///< D' from those
  Budgets budgets;
};
template <class F>
void visit_fields(UngrokkingSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("weight_decay", s.weight_decay);
  field("rows", s.rows);
  field("partial_rows", s.partial_rows);
  field("partial_cuts", s.partial_cuts);
  field("budgets", s.budgets);
}
std::string complaint(const UngrokkingSizes& s);

struct UngrokkingRuns {
  std::vector<PlannedPoint> full, partial;  ///< seeds x D'
};

/// A fork of the full table's network at its end.
struct FullFork {
  std::int64_t seed = 0, rows = 0;
  double train_accuracy = 0, test_accuracy = 0;
};
template <class F>
void visit_fields(FullFork& f, F&& field) {
  field("seed", f.seed);
  field("rows", f.rows);
  field("train_accuracy", f.train_accuracy);
  field("test_accuracy", f.test_accuracy);
}

/// A fork of a network that had seen a part of the table, at its end.
struct PartialFork {
  std::int64_t seed = 0, rows = 0;
  double removed_accuracy = 0, never_seen_accuracy = 0;
};
template <class F>
void visit_fields(PartialFork& f, F&& field) {
  field("seed", f.seed);
  field("rows", f.rows);
  field("removed_accuracy", f.removed_accuracy);
  field("never_seen_accuracy", f.never_seen_accuracy);
}

/// Those runs that did not fail.
struct UngrokkingMeasurement {
  UngrokkingSizes sizes;
  std::vector<FullFork> full;
  std::vector<PartialFork> partial;
  std::vector<NamedCurve> curves;  ///< of the first seed's forks of the full table
};
template <class F>
void visit_fields(UngrokkingMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("full", m.full);
  field("partial", m.partial);
  field("curves", m.curves);
}

UngrokkingSizes ungrokking_sizes(const Scale& scale);
UngrokkingRuns plan(SweepPlan& plan, const UngrokkingSizes& sizes);
UngrokkingMeasurement measure(const RunResults& results, const UngrokkingSizes& sizes, const UngrokkingRuns& runs);
Judgement judge(const UngrokkingMeasurement& measurement);
std::vector<report::Chart> figures(const UngrokkingMeasurement& measurement);

Claim claim_ungrokking();

}  // namespace groklab::studies::varma2023
