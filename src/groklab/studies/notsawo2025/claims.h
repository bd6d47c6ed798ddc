// The claims about penalties: others than the Euclidean norm make networks generalise, how their weight sets the delay,
// and what the Euclidean norm does meanwhile.
#pragma once

#include "groklab/studies/timed_conditions.h"

namespace groklab::studies::notsawo2025 {

/// Most runs, or hardly any.
inline constexpr double kHalf = 0.5;
/// Of an exponent: nearer to -1 than to no dependence on the weight.
inline constexpr double kExponentMargin = 0.5;

inline constexpr const char* kNone = "none";
inline constexpr const char* kL1 = "L1";
inline constexpr const char* kL2 = "L2";
inline constexpr const char* kNuclear = "nuclear";
inline constexpr const char* kRandom = "random labels, L1";

TimedSizes each_norm_sizes(const Scale& scale);
Judgement judge_each_norm(const TimedMeasurement& measurement);
TimedSizes inverse_sizes(const Scale& scale);
Judgement judge_inverse(const TimedMeasurement& measurement);
TimedSizes no_proxy_sizes(const Scale& scale);
Judgement judge_no_proxy(const TimedMeasurement& measurement);

Claim claim_each_norm();
Claim claim_inverse();
Claim claim_no_proxy();

}  // namespace groklab::studies::notsawo2025
