// The claims about initial and held norms: large initial weights lengthen the time to generalise, on images as well,
// and a small held norm takes the delay away.
#pragma once

#include "groklab/studies/timed_conditions.h"

namespace groklab::studies::liu2022_omnigrok {

/// A doubling of the initial weights that takes less than this much longer is no effect.
inline constexpr double kDoubling = 1.05;
/// "The delay is gone": T_grok is less than this many times T_fit; half of what varma2023 takes for a delay.
inline constexpr double kNoDelay = 2;

inline constexpr const char* kInitial = "initial scale";  ///< x = factor on initial weights, weight decay 1
inline constexpr const char* kHeld = "held norm";         ///< x = norm, no weight decay
inline constexpr const char* kImages = "images";          ///< x = factor on initial weights, weight decay 0.1

TimedSizes initial_sizes(const Scale& scale);
Judgement judge_initial(const TimedMeasurement& measurement);
TimedSizes held_sizes(const Scale& scale);
Judgement judge_held(const TimedMeasurement& measurement);
TimedSizes image_sizes(const Scale& scale);
Judgement judge_images(const TimedMeasurement& measurement);

Claim claim_initial();
Claim claim_held();
Claim claim_images();

}  // namespace groklab::studies::liu2022_omnigrok
