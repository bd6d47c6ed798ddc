// How much parameter norm a circuit needs for a given logit: converged networks as points, and curves through them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "groklab/analysis/estimate.h"
#include "groklab/probe/reference_levels.h"
#include "groklab/studies/run_results.h"

namespace groklab::studies {

/// The paper's filter for C_gen, as it words it: at least 95 % of the logits' norm (not its square) in the invariant
/// component.
inline constexpr double kInvariantNorm = 0.95;
/// Accuracy from which a converged network counts as having fitted, or as generalising.
inline constexpr double kFittedAccuracy = 0.99;

/// A run that is to become a point.
struct PlannedPoint {
  RunIndex run = 0;
  std::int64_t seed = 0, rows = 0;
  double weight_decay = 0;
};

/// A converged network.
struct EfficiencyPoint {
  std::int64_t seed = 0, rows = 0;
  double weight_decay = 0;
  double train_accuracy = 0, test_accuracy = 0;  ///< at the end; NaN for a group without rows
  double norm = 0;                               ///< ||theta||_2 as trained
  double margin = 0;                             ///< mean over training rows, as trained
  double norm_at_margin = 0;                     ///< ||theta||_2 scaled to kReferenceMargin
  double norm_at_logit = 0;                      ///< ||theta||_2 scaled to kReferenceLogit
  double degree = 0;                             ///< d ln margin / d ln scale of theta at the weights as trained
  double logit_degree = 0;                       ///< the same of the mean centred correct logit
  double objective = 0;                          ///< F of the last record, what the optimiser minimises; NaN: not known
  bool stationary = false;                       ///< RunResults::stationarity: only such a network counts
  bool has_circuits = false;                     ///< whether the logits were split (the task has a known symmetry)
  double invariant_fraction = 0;                 ///< of the logits' squared norm; 0 without circuits
};
template <class F>
void visit_fields(EfficiencyPoint& p, F&& field) {
  field("seed", p.seed);
  field("rows", p.rows);
  field("weight_decay", p.weight_decay);
  field("train_accuracy", p.train_accuracy);
  field("test_accuracy", p.test_accuracy);
  field("norm", p.norm);
  field("margin", p.margin);
  field("norm_at_margin", p.norm_at_margin);
  field("norm_at_logit", p.norm_at_logit);
  field("degree", p.degree);
  field("logit_degree", p.logit_degree);
  field("objective", p.objective);
  field("stationary", p.stationary);
  field("has_circuits", p.has_circuits);
  field("invariant_fraction", p.invariant_fraction);
}

/// Points of those runs that ended without error. `circuits`: split their logits too.
std::vector<EfficiencyPoint> measure_points(const RunResults& results, std::span<const PlannedPoint> runs,
                                            bool circuits);

/// Those that rest and have fitted their training rows.
std::vector<EfficiencyPoint> fitted(std::span<const EfficiencyPoint> points);
/// Those that generalise: fitted, at rest, and with as high a test accuracy, if there are test rows.
std::vector<EfficiencyPoint> generalising(std::span<const EfficiencyPoint> points);
/// Those that pass the filter kInvariantNorm; where the task has no known symmetry all do.
std::vector<EfficiencyPoint> passing(std::span<const EfficiencyPoint> points);

/// Distinct sizes of the points, ascending.
std::vector<std::int64_t> sizes_of(std::span<const EfficiencyPoint> points);
/// d ln(norm at the reference margin) / d ln D of one seed and weight decay; NaN with fewer than two sizes.
double iso_logit_slope(std::span<const EfficiencyPoint> points, std::int64_t seed, double weight_decay);
/// The same exponent from all seeds of one weight decay at once, each with its own level (clustered_slope): for
/// points that lie unevenly, as a seed with two near sizes would otherwise count as much as one that spans the range.
Estimate iso_logit_slope_within_seeds(std::span<const EfficiencyPoint> points, double weight_decay, double level);
/// What C_gen of a seed needs, by `value` of its points: their mean. A seed without a point takes the mean of all.
double general_level(std::span<const EfficiencyPoint> general, std::int64_t seed, double EfficiencyPoint::*value);
/// D at which C_mem of one seed comes to need as much as `level`, by `value` of its points; NaN if it does not within
/// a factor 1.5 beyond the measured sizes.
double crossing(std::span<const EfficiencyPoint> memorised, std::int64_t seed, double weight_decay, double level,
                double EfficiencyPoint::*value);

}  // namespace groklab::studies
