// Where runs rest, and the size at which resting networks turn from generalising to memorising: what the claims about
// D_crit read.
#pragma once

#include <cstdint>
#include <vector>

#include "groklab/analysis/censored_means.h"
#include "groklab/studies/efficiency.h"
#include "groklab/studies/run_results.h"

namespace groklab::studies::varma2023 {

/// Where a run rests: its last record. NaN where the run failed.
struct RestingState {
  std::int64_t seed = 0, rows = 0;
  double train_accuracy = 0, test_accuracy = 0;
  double objective = 0;         ///< F = training loss + what the optimiser's decay adds (optim/objective.h)
  double general_fraction = 0;  ///< G / (G + M): mean centred correct logit on test rows / on training rows; rho = 1
                                ///< is 1/2. The memorising circuit adds nothing on test rows but noise
  bool stationary = false;      ///< RunResults::stationarity
};
template <class F>
void visit_fields(RestingState& r, F&& field) {
  field("seed", r.seed);
  field("rows", r.rows);
  field("train_accuracy", r.train_accuracy);
  field("test_accuracy", r.test_accuracy);
  field("objective", r.objective);
  field("general_fraction", r.general_fraction);
  field("stationary", r.stationary);
}
RestingState resting_state(const RunResults& results, const PlannedPoint& point);
std::vector<RestingState> resting_states(const RunResults& results, const std::vector<PlannedPoint>& points);
/// Those that did not come to rest, failed ones included.
std::int64_t count_restless(const std::vector<RestingState>& states);

/// `value` of a seed's state at a size; NaN if there is none, it failed, or it still moves.
double at_rest(const std::vector<RestingState>& states, std::int64_t seed, std::int64_t rows,
               double RestingState::*value);

/// ln of the size half-way up from `floor` to 1 of `value` over the resting states of a seed, by fit_transition; 0 is
/// the floor of general_fraction, guessing that of test_accuracy. Beyond the sizes: censored. `states` ascend in rows.
CensoredValue log_midpoint(std::int64_t group, const std::vector<RestingState>& states, std::int64_t seed, double floor,
                           double RestingState::*value);

}  // namespace groklab::studies::varma2023
