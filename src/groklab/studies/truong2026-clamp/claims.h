// The claims about a held weight norm: the delay is exponential in it, any norm above a floor will do, and free runs
// generalise at one norm.
#pragma once

#include "groklab/studies/timed_conditions.h"

namespace groklab::studies::truong2026_clamp {

/// On the exponent 7.49: a fifth. Between the published fits lie 3 %, between its two architectures a factor of 2.
inline constexpr double kExponentMargin = 1.5;
/// On the bend, which is shown and does not count: half of the exponent. Of the published medians at rho 0.85, 0.95 and
/// 1.05 it is ln(6380 / 2470) - ln(2470 / 1495), over 0.1, so that no exponential in the strict sense is claimed.
inline constexpr double kBendMargin = 3.75, kPublishedBend = 4.5;
/// "Any norm will do": two of three runs, which twelve of twelve can show.
inline constexpr double kMostRuns = 0.667;
/// A floor lies between two norms if most runs above it generalise, and most below it do not.
inline constexpr double kHalf = 0.5;
/// The norm at which free runs generalise: published as constant to some 2 % over sizes of the training set.
inline constexpr double kNormFactor = 1.05;

inline constexpr const char* kHeld = "held";      ///< p = 59, x = rho
inline constexpr const char* kSmall = "p = 31";   ///< x = rho
inline constexpr const char* kRandom = "random";  ///< p = 59 held, random labels; x = rho
inline constexpr const char* kFree = "free";      ///< p = 59, x = 1

/// The network, seeds and settings of the publication. Throws Error(kConfig) for a scale other than smoke, quick and
/// standard.
TimedSizes base_sizes(const Scale& scale);

TimedSizes delay_law_sizes(const Scale& scale);
Judgement judge_delay_law(const TimedMeasurement& measurement);
TimedSizes any_norm_sizes(const Scale& scale);
Judgement judge_any_norm(const TimedMeasurement& measurement);
TimedSizes critical_norm_sizes(const Scale& scale);
Judgement judge_critical_norm(const TimedMeasurement& measurement);

Claim claim_delay_law();
Claim claim_any_norm();
Claim claim_critical_norm();

}  // namespace groklab::studies::truong2026_clamp
