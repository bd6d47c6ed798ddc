// How much parameter norm a circuit needs for a given logit, and when a run fitted, generalised or lost it again:
// the measurements that several claims share.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "groklab/analysis/curves.h"
#include "groklab/analysis/estimate.h"
#include "groklab/paper/study.h"

namespace groklab::paper {

/// The logit at which norms are compared is a mean margin of 10 on the training rows: a loss of some 1e-4, reached by
/// every converged network (they end at 14 to 18), so that a network is scaled by 0.8 to 1 only. Raw correct logits
/// would not do: those of wrong classes move with them.
inline constexpr double kReferenceMargin = 10;
/// The paper's filter for C_gen, as it words it: at least 95 % of the logits' norm (not its square) in the general
/// part.
inline constexpr double kGeneralShare = 0.95;
/// Accuracy that counts as fitted or generalised in delays. At 0.99 a few late rows would decide.
inline constexpr double kHeld = 0.9;

/// Exponent b of norm ~ D^b below which a circuit counts as flat. The claim that C_mem grows and the claim that C_gen
/// does not use it from either side, so that no circuit can satisfy both. Over the factor of ten between D_crit and the
/// full table, 0.1 is 26 % of norm: about the spread of C_gen over seeds that the paper shows (27 to 33).
inline constexpr double kFlatExponent = 0.1;
/// Generalisation counts as delayed if it takes at least as long again as fitting did. A factor, as both times scale
/// with the learning rate; 2 is the least that an eye would call a delay on the paper's logarithmic axis.
inline const double kDelayBound = std::log10(2.0);

/// A converged network as a point of its circuit.
struct EfficiencyPoint {
  std::int64_t seed = 0, rows = 0;
  double weight_decay = 0;
  double norm = 0;            ///< ||theta||_2 as trained
  double margin = 0;          ///< mean over training rows, as trained
  double correct_logit = 0;   ///< the same, the mean over classes removed
  double norm_at_margin = 0;  ///< ||theta||_2 scaled to the reference margin
  bool passes = true;         ///< the filter kGeneralShare; of C_gen only
  double objective = 0;  ///< training loss + lambda/2 ||theta||^2; under AdamW, whose step is normalised, no minimum
};

/// Points of C_mem (random labels): memorised_rows x weight_decays x `seeds`, fitted ones only.
std::vector<EfficiencyPoint> memorised_points(Study& study, const Network& network, std::int64_t seeds,
                                              std::span<const double> weight_decays, const char* labels = "random");
/// Points of C_gen: `rows` x weight_decays x `seeds`, those that generalise (test accuracy >= 0.99). `passes` says
/// whether they pass kGeneralShare (where the task has a group).
std::vector<EfficiencyPoint> generalising_points(Study& study, const Network& network, std::int64_t seeds,
                                                 std::span<const std::int64_t> rows,
                                                 std::span<const double> weight_decays);

/// The same of forks: networks trained on the full table and then on `rows` of it.
std::vector<EfficiencyPoint> generalising_forks(Study& study, const Network& network, std::int64_t seeds,
                                                std::span<const std::int64_t> rows, double weight_decay);
/// Those that pass the filter.
std::vector<EfficiencyPoint> passing(std::span<const EfficiencyPoint> points);
/// What a prediction of D_crit takes as C_gen: the full table's networks and their forks on `fork_rows`, filtered.
std::vector<EfficiencyPoint> general_points(Study& study, const Network& network, std::int64_t seeds,
                                            std::int64_t fork_rows, double weight_decay);

/// Distinct sizes of the points, ascending.
std::vector<std::int64_t> sizes_of(std::span<const EfficiencyPoint> points);
/// d ln(norm at the reference margin) / d ln D of one seed and weight decay; NaN with fewer than two sizes.
double iso_logit_slope(std::span<const EfficiencyPoint> points, std::int64_t seed, double weight_decay);
/// The same exponent from all seeds of one weight decay at once, each with its own level (within_group_slope): for
/// points that lie unevenly, as a seed with two near sizes would otherwise count as much as one that spans the range.
Estimate iso_logit_slope_within_seeds(std::span<const EfficiencyPoint> points, double weight_decay, double level);
/// What C_gen of a seed needs, by `value` of its points: their mean. A seed without a point takes the mean of all.
double general_level(std::span<const EfficiencyPoint> general, std::int64_t seed, double EfficiencyPoint::*value);
/// D at which C_mem of one seed comes to need as much as `level`, by `value` of its points; NaN if it does not within
/// a factor 1.5 beyond the measured sizes.
double crossing(std::span<const EfficiencyPoint> memorised, std::int64_t seed, double weight_decay, double level,
                double EfficiencyPoint::*value);

/// Seed number `i` of the scale.
std::int64_t seed_at(const Study& study, std::int64_t i);
/// value(seed) for the first `count` seeds.
std::vector<double> per_seed(const Study& study, std::int64_t count, const std::function<double(std::int64_t)>& value);

/// log10(T_grok / T_fit) at accuracy kHeld. If the run fitted and did not generalise in its budget, the budget stands
/// for T_grok and `censored` is counted up; NaN if it did not fit.
double log_delay(const Study& study, RunIndex run, std::int64_t* censored = nullptr);

/// Test accuracy at `step` (-1: the end): of the last record at or before it.
double accuracy_at(const Study& study, RunIndex run, std::int64_t step = -1);

/// From scratch on so many rows of the main network, for as long as a delay is looked for.
RunIndex scratch_run(Study& study, std::int64_t seed, std::int64_t rows);
/// The run at D = grokking_rows in which three claims look for a delay.
RunIndex grokking_run(Study& study, std::int64_t seed);

/// The transition of accuracy(rows) over the sizes at which it is finite; all NaN for fewer than two.
Transition transition_over(const Network& network, std::span<const std::int64_t> rows,
                           const std::function<double(std::int64_t rows)>& accuracy);
/// The ungrokking run from the full table, long enough to be read at the step S and at S / weight_decay.
RunIndex ungrok_run(Study& study, const Network& network, std::int64_t seed, std::int64_t rows, double weight_decay);
/// S / weight_decay: as much decay as weight decay 1 has in S steps.
std::int64_t equal_decay_step(const Study& study, double weight_decay);
/// The transition of one seed: test accuracy at `step` against D'.
Transition ungrok_transition(Study& study, const Network& network, std::int64_t seed,
                             std::span<const std::int64_t> rows, double weight_decay, std::int64_t step);

/// exp of an estimate of logarithms.
Estimate exponential(const Estimate& logs);

}  // namespace groklab::paper
