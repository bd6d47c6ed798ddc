// The claims about temperature at a held norm: it takes back the delay that a larger norm makes, where the loss is a
// cross-entropy and not where it is squared.
#pragma once

#include "groklab/studies/timed_conditions.h"

namespace groklab::studies::truong2026_scale {

/// More of the delay runs through the logit scale than does not.
inline constexpr double kHalf = 0.5;
/// Nearer to the published 0.83 than to a half.
inline constexpr double kRecoveryMargin = 0.165;
/// "The memorisation time is essentially unchanged": by less than this factor.
inline constexpr double kFitFactor = 1.5;
/// Squared error pins the logit scale: nearer to no change than to what temperature does under cross-entropy, 0.61.
inline constexpr double kPinnedFactor = 1.28;
/// "The norm effect is still present": a quarter more time, where 1.89 is published.
inline constexpr double kStillPresent = 1.25;
/// One curve: of the variance of ln T_grok over cells, the logit scale explains at least this, and the norm adds less
/// than the second.
inline constexpr double kExplained = 0.9, kAdded = 0.05;

inline constexpr double kRhoUp = 1.15;
inline constexpr const char* kBase = "rho 1";                   ///< x = tau
inline constexpr const char* kUp = "rho 1.15";                  ///< x = tau
inline constexpr const char* kSquaredBase = "squared, rho 1";   ///< x = tau
inline constexpr const char* kSquaredUp = "squared, rho 1.15";  ///< x = tau

TimedSizes mediation_sizes(const Scale& scale);
Judgement judge_mediation(const TimedMeasurement& measurement);
TimedSizes squared_sizes(const Scale& scale);
Judgement judge_squared(const TimedMeasurement& measurement);
TimedSizes collapse_sizes(const Scale& scale);
Judgement judge_collapse(const TimedMeasurement& measurement);

Claim claim_mediation();
Claim claim_squared();
Claim claim_collapse();

}  // namespace groklab::studies::truong2026_scale
