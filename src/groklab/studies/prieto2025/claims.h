// The claims about learning at the edge of numerical stability, all without weight decay.
#pragma once

#include "groklab/studies/timed_conditions.h"

namespace groklab::studies::prieto2025 {

/// Most runs, or hardly any.
inline constexpr double kHalf = 0.5;
/// "Without the delay": T_grok is less than this many times T_fit. Half of what varma2023 takes for a delay.
inline constexpr double kNoDelay = 2;
/// What StableMax or a wider format adds to test accuracy: a tenth of the rows at least.
inline constexpr double kFurther = 0.1;
/// A tuned weight decay is as fast: not twice as slow.
inline constexpr double kAsFast = 2;

inline constexpr const char* kPlain = "cross-entropy";  ///< float32, as frameworks compute it
inline constexpr const char* kStable = "StableMax";
inline constexpr const char* kAcross = "orthogonal gradients";
inline constexpr const char* kDecay = "weight decay 4";
inline constexpr const char* kRandom = "random labels, orthogonal";

TimedSizes stable_max_sizes(const Scale& scale);
Judgement judge_stable_max(const TimedMeasurement& measurement);
TimedSizes orthogonal_sizes(const Scale& scale);
Judgement judge_orthogonal(const TimedMeasurement& measurement);

Claim claim_stable_max();
Claim claim_orthogonal();

}  // namespace groklab::studies::prieto2025
