// Claim 6, ungrokking: a network that generalises loses test accuracy when it trains on below D_crit rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/training_curve.h"
#include "groklab/studies/varma2023/common.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023 {

inline constexpr double kUngrokFall = 0.5;      ///< half of all test rows
inline constexpr double kSharp = 1494.0 / 390;  ///< the range of sizes within which the paper shows the transition
inline constexpr double kStillFitted = 0.99;    ///< train accuracy
inline constexpr double kIntact = 0.9;          ///< test accuracy above the transition
/// A row that nothing asks for any more costs norm and is given up under decay: at rest removed rows fare as rows never
/// seen. Ten points are a tenth of what a network that keeps them shows, as the control without decay does.
inline constexpr double kSameAccuracy = 0.1;
/// The control must see stored rows: half of what a network shows that has kept them all.
inline constexpr double kStoredRows = 0.5;

struct UngrokkingSizes {
  TaskNetwork network;
  SeedRange seeds;
  double weight_decay = 1;
  std::vector<std::int64_t> rows;  ///< D' around the transition, ascending, from the full table
  std::int64_t stored_rows = 0;    ///< D of a memorising parent, which stores each of its rows
  std::int64_t kept_rows = 0;      ///< D' of its forks
  std::int64_t stored_steps = 0;
  Relaxation relaxation;
  Budgets budgets;
};
template <class F>
void visit_fields(UngrokkingSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("weight_decay", s.weight_decay);
  field("rows", s.rows);
  field("stored_rows", s.stored_rows);
  field("kept_rows", s.kept_rows);
  field("stored_steps", s.stored_steps);
  field("relaxation", s.relaxation);
  field("budgets", s.budgets);
}
std::string complaint(const UngrokkingSizes& s);

struct UngrokkingRuns {
  std::vector<PlannedPoint> full;      ///< seeds x D'
  std::vector<PlannedPoint> decaying;  ///< [seeds] forks of memorising networks at weight decay 1
  std::vector<PlannedPoint> control;   ///< [seeds] the same without weight decay
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

/// A fork of a memorising network over training: accuracy on the rows that were taken away and on rows never seen.
struct StoredRowsFork {
  std::int64_t seed = 0;
  double weight_decay = 0;
  bool stationary = false;
  std::vector<std::int64_t> step;
  std::vector<double> removed_accuracy, never_seen_accuracy;  ///< [evaluation steps]
};
template <class F>
void visit_fields(StoredRowsFork& f, F&& field) {
  field("seed", f.seed);
  field("weight_decay", f.weight_decay);
  field("stationary", f.stationary);
  field("step", f.step);
  field("removed_accuracy", f.removed_accuracy);
  field("never_seen_accuracy", f.never_seen_accuracy);
}
std::string complaint(const StoredRowsFork& f);

/// Those runs that did not fail.
struct UngrokkingMeasurement {
  UngrokkingSizes sizes;
  std::vector<FullFork> full;
  std::vector<StoredRowsFork> stored;  ///< both weight decays
  std::vector<NamedCurve> curves;      ///< of the first seed's forks of the full table
};
template <class F>
void visit_fields(UngrokkingMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("full", m.full);
  field("stored", m.stored);
  field("curves", m.curves);
}

UngrokkingSizes ungrokking_sizes(const Scale& scale);
UngrokkingRuns plan(SweepPlan& plan, const UngrokkingSizes& sizes);
UngrokkingMeasurement measure(const RunResults& results, const UngrokkingSizes& sizes, const UngrokkingRuns& runs);
Judgement judge(const UngrokkingMeasurement& measurement);
std::vector<report::Chart> figures(const UngrokkingMeasurement& measurement);

Claim claim_ungrokking();

}  // namespace groklab::studies::varma2023
