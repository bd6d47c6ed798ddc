// The claims about optimisers that hasten grokking, each at its best learning rate. The rate of a seed is the one at
// which the other seeds are fastest, so that no optimiser profits from being chosen on the seed that judges it.
#pragma once

#include "groklab/studies/timed_conditions.h"

namespace groklab::studies::optimisers {

/// "At least twice as fast", where 43.8 times is published.
inline constexpr double kTwice = 0.5;

inline constexpr const char* kAdamW = "AdamW";  ///< x = learning rate, as of all
inline constexpr const char* kMuon = "Muon";
inline constexpr const char* kSam = "SAM";
inline constexpr const char* kGrokfast = "Grokfast";

TimedSizes muon_sizes(const Scale& scale);
Judgement judge_muon(const TimedMeasurement& measurement);
TimedSizes grokfast_sizes(const Scale& scale);
Judgement judge_grokfast(const TimedMeasurement& measurement);

/// ln T_grok of each seed at the learning rate of the series at which the other seeds generalise soonest, by their mean
/// logarithm. [seeds]
std::vector<double> best_log_times(const TimedMeasurement& measurement, const std::string& series);

Claim claim_muon();
Claim claim_grokfast();

}  // namespace groklab::studies::optimisers
