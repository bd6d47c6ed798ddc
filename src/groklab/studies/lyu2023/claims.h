// The claim of a theory: from weights alpha times as large, the time to generalise is ln(alpha) / (eta lambda) longer.
#pragma once

#include "groklab/studies/timed_conditions.h"

namespace groklab::studies::lyu2023 {

/// Of a slope of 1: nearer to it than to none.
inline constexpr double kSlopeMargin = 0.5;
/// Hardly a run.
inline constexpr double kHalf = 0.5;

inline constexpr const char* kDecay1 = "lambda 1";       ///< x = alpha
inline constexpr const char* kDecayHalf = "lambda 0.5";  ///< x = alpha
inline constexpr const char* kNoDecay = "lambda 0";      ///< x = alpha

TimedSizes log_scale_sizes(const Scale& scale);
Judgement judge_log_scale(const TimedMeasurement& measurement);

Claim claim_log_scale();

}  // namespace groklab::studies::lyu2023
