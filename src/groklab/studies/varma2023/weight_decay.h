// Claim 7, weight-decay: the ungrokking transition does not depend on the strength of weight decay.
//
// Under AdamW the strength that a resting network feels is alpha = epsilon lambda (docs/decisions/objective.md), so
// that a weight decay of 0.5 to 2 hardly changes anything but time. The strength is varied here over decades: by
// lambda, by epsilon, and by Adam with L2, whose alpha is lambda itself.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "groklab/studies/claim.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/varma2023/common.h"
#include "groklab/studies/varma2023/resting.h"
#include "groklab/studies/varma2023/runs.h"

namespace groklab::studies::varma2023 {

/// Midpoints within a factor of 1.25 count as equal. If D_crit scaled with weight decay at all, by an exponent of 1/2,
/// a factor of 2 in weight decay would move it by 1.41, and three decades by 32.
inline const double kSameMidpoint = std::log(1.25);
/// The same as an exponent: three decades of strength move the midpoint by less than a factor of 1.25.
inline const double kFlatInStrength = kSameMidpoint / std::log(1000.0);

/// One optimiser with its strength.
struct DecaySetting {
  std::string name;
  double strength = 0;               ///< alpha: epsilon lambda under AdamW, lambda under Adam with L2
  double pace = 1;                   ///< steps are Relaxation::steps / pace, for as much lr lambda steps
  std::vector<std::string> changes;  ///< of the fork, "key=value"
};
template <class F>
void visit_fields(DecaySetting& s, F&& field) {
  field("name", s.name);
  field("strength", s.strength);
  field("pace", s.pace);
  field("changes", s.changes);
}

struct WeightDecaySizes {
  TaskNetwork network;
  SeedRange seeds;
  std::int64_t parent_rows = 0, parent_steps = 0;
  std::vector<std::int64_t> rows;      ///< D' around the transition, ascending
  std::vector<DecaySetting> settings;  ///< the first is the default, with which the others are compared
  Relaxation relaxation;
  std::vector<double> weight_decays;  ///< of the paper's protocol, ascending; 1 among them
  Budgets budgets;                    ///< of the paper's protocol: forks read after the same number of steps
};
template <class F>
void visit_fields(WeightDecaySizes& s, F&& field) {
  field("network", s.network);
  field("seeds", s.seeds);
  field("parent_rows", s.parent_rows);
  field("parent_steps", s.parent_steps);
  field("rows", s.rows);
  field("settings", s.settings);
  field("relaxation", s.relaxation);
  field("weight_decays", s.weight_decays);
  field("budgets", s.budgets);
}
std::string complaint(const WeightDecaySizes& s);

struct WeightDecayRuns {
  std::vector<std::vector<PlannedPoint>> resting;  ///< [settings] seeds x D'
  std::vector<PlannedPoint> forks;                 ///< the paper's protocol: seeds x weight decays x D'
};

/// A fork of the paper's protocol: constant learning rate. NaN where the run failed.
struct WeightDecayFork {
  std::int64_t seed = 0, rows = 0;
  double weight_decay = 0;
  double at_equal_steps = 0;  ///< test accuracy after Budgets::ungrok steps
  double time_to_ungrok = 0;  ///< first step at which test accuracy is below half of what it was at the fork, or NaN
};
template <class F>
void visit_fields(WeightDecayFork& f, F&& field) {
  field("seed", f.seed);
  field("rows", f.rows);
  field("weight_decay", f.weight_decay);
  field("at_equal_steps", f.at_equal_steps);
  field("time_to_ungrok", f.time_to_ungrok);
}

struct SettingMeasurement {
  std::vector<RestingState> states;  ///< seeds x D'
};
template <class F>
void visit_fields(SettingMeasurement& s, F&& field) {
  field("states", s.states);
}

struct WeightDecayMeasurement {
  WeightDecaySizes sizes;
  std::vector<SettingMeasurement> settings;  ///< as in sizes
  std::vector<WeightDecayFork> forks;
};
template <class F>
void visit_fields(WeightDecayMeasurement& m, F&& field) {
  field("sizes", m.sizes);
  field("settings", m.settings);
  field("forks", m.forks);
}
std::string complaint(const WeightDecayMeasurement& m);

WeightDecaySizes weight_decay_sizes(const Scale& scale);
WeightDecayRuns plan(SweepPlan& plan, const WeightDecaySizes& sizes);
WeightDecayMeasurement measure(const RunResults& results, const WeightDecaySizes& sizes, const WeightDecayRuns& runs);
Judgement judge(const WeightDecayMeasurement& measurement);
std::vector<report::Chart> figures(const WeightDecayMeasurement& measurement);

Claim claim_weight_decay();

}  // namespace groklab::studies::varma2023
