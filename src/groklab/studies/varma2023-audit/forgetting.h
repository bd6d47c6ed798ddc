// Claim forgetting: ungrokking is weight decay at work on what no row asks for any more. Rows that a network stored are
// lost under decay and kept without it, also where it generalises beside; changed labels, the positive control, take
// generalisation away without decay as well.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/sizes.h"
#include "groklab/studies/varma2023/common.h"

namespace groklab::studies::varma2023_audit {

/// Removed rows count as never seen if accuracies differ by less, as in varma2023's claim ungrokking; a parent counts
/// as one that stores its rows if they differ by more.
inline constexpr double kStored = 0.1;
/// Fraction of the test accuracy that is lost: half, and a tenth that counts as nothing.
inline constexpr double kMostLost = 0.5;
inline constexpr double kNothingLost = 0.1;

struct ForgettingSizes {
  TaskNetwork network;
  SeedRange seeds;
  std::int64_t parent_rows = 0, parent_steps = 0;
  double wrong_labels = 0;      ///< fraction of the storing parents' labels
  std::int64_t kept_rows = 0;   ///< of the storing parents' rows, above D_crit
  double changed_labels = 0;    ///< fraction of labels that become wrong in a network that generalises
  std::int64_t few_rows = 0;    ///< far below D_crit
  std::int64_t fork_steps = 0;  ///< at a constant learning rate, without decay and after a change of labels
  varma2023::Relaxation relaxation;
};
template <class F>
void visit_fields(ForgettingSizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("parent_rows", s.parent_rows);
  field("parent_steps", s.parent_steps);
  field("wrong_labels", s.wrong_labels);
  field("kept_rows", s.kept_rows);
  field("changed_labels", s.changed_labels);
  field("few_rows", s.few_rows);
  field("fork_steps", s.fork_steps);
  field("relaxation", s.relaxation);
}
std::string complaint(const ForgettingSizes& s);

/// What becomes of a fork. Text reaches the disk: the names of fork_kind_name().
enum class ForkKind {
  kStored,       ///< fewer rows of a parent with wrong labels, weight decay 1
  kStoredFree,   ///< the same without weight decay
  kChanged,      ///< as many rows, part of them with changed labels, weight decay 1
  kChangedFree,  ///< the same without weight decay
  kFewRows,      ///< fewer rows of a parent that generalises, weight decay 1
  kFewRowsFree   ///< the same without weight decay
};
inline constexpr ForkKind kForkKinds[] = {ForkKind::kStored,      ForkKind::kStoredFree, ForkKind::kChanged,
                                          ForkKind::kChangedFree, ForkKind::kFewRows,    ForkKind::kFewRowsFree};
const char* fork_kind_name(ForkKind kind);

struct ForgettingRuns {
  struct Fork {
    RunIndex run = 0;
    std::int64_t seed = 0;
    ForkKind kind = ForkKind::kStored;
  };
  std::vector<Fork> forks;  ///< seeds x kinds
};

/// A fork over training, by true labels. NaN where a group of rows is empty.
struct ForkCurve {
  std::int64_t seed = 0;
  std::string kind;
  bool stationary = false;
  std::vector<std::int64_t> step;
  std::vector<double> removed_accuracy, never_seen_accuracy;  ///< [evaluation steps]
};
template <class F>
void visit_fields(ForkCurve& c, F&& field) {
  field("seed", c.seed);
  field("kind", c.kind);
  field("stationary", c.stationary);
  field("step", c.step);
  field("removed_accuracy", c.removed_accuracy);
  field("never_seen_accuracy", c.never_seen_accuracy);
}
std::string complaint(const ForkCurve& c);

struct ForgettingMeasurement {
  ForgettingSizes sizes;
  std::vector<ForkCurve> forks;  ///< those that did not fail
};
template <class F>
void visit_fields(ForgettingMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("forks", m.forks);
}

ForgettingSizes forgetting_sizes(const Scale& scale);
ForgettingRuns plan(SweepPlan& plan, const ForgettingSizes& sizes);
ForgettingMeasurement measure(const RunResults& results, const ForgettingSizes& sizes, const ForgettingRuns& runs);
Judgement judge(const ForgettingMeasurement& measurement);
std::vector<report::Chart> figures(const ForgettingMeasurement& measurement);

Claim claim_forgetting();

}  // namespace groklab::studies::varma2023_audit
