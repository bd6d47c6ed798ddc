// Whether a run has come to rest: what a verdict may read "at the end".
#pragma once

#include <span>
#include <string>

#include "groklab/records.h"

namespace groklab {

/// Of the run's decay time (optim/decay_time.h), the last part over which nothing may move.
inline constexpr double kRestWindow = 0.25;
/// Evaluation steps within it, at least: fewer say nothing about jumps.
inline constexpr int kRestRecords = 5;
/// ln F may change by 0.02 over the window. Where two resting states' objectives cross, ln F_G/F_M falls by about 0.4
/// for a factor e in D, so that this moves the crossing by 5 % at most, and less as both sides fall.
inline constexpr double kRestObjective = 0.02;
/// ln ||theta||: F goes as its square.
inline constexpr double kRestNorm = 0.01;
/// The generalising fraction G / (G + M) of the correct logit rises by about 1.5 for a factor e in D around 1/2: 3 % of
/// D.
inline constexpr double kRestFraction = 0.05;
/// ln F may lie so far above its smallest value since the window began: a jump that has not been made up for.
inline constexpr double kRestJump = 0.02;

struct Stationarity {
  bool stationary = false;
  bool jumped = false;  ///< F rose and has not come down again
  /// From the window's first record to the last. NaN: not defined for this run.
  double objective_drift = 0;  ///< of ln F; of the training loss' where no objective is known
  double norm_drift = 0;       ///< of ln ||theta||
  double fraction_drift = 0;   ///< of G / (G + M); NaN without test rows
  std::string reason;          ///< what moves, in words; empty if nothing does
};

/// G / (G + M): mean centred correct logit on test rows over that on training rows. The memorising circuit adds nothing
/// on test rows but noise, so that rho = G / M is 1 where this is 1/2. NaN without test rows.
double general_fraction(const Record& record);

/// `times`: of the records, as decay_times gives them. Too few records: not stationary.
Stationarity check_stationarity(std::span<const Record> records, std::span<const double> times);

}  // namespace groklab
