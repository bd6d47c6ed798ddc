// What arXiv:2311.18817 says of large initial weights, as data.
#pragma once

#include "groklab/studies/published.h"

namespace groklab::studies::lyu2023 {

/// Of homogeneous networks from weights alpha theta_0 under gradient flow with a small weight decay lambda: the kernel
/// predictor until (1 - c) ln(alpha) / lambda, that of minimal norm from (1 + c) ln(alpha) / lambda on.
inline constexpr PublishedNumber kSlope = {.what = "eta lambda dT_grok / d ln alpha",
                                           .value = 1,
                                           .source = "arXiv:2311.18817, theorems 3.4 to 3.8 (gradient flow)"};
inline constexpr PublishedNumber kWithoutDecay = {
    .what = "fraction that generalises from large weights without weight decay",
    .value = 0,
    .source = "arXiv:2311.18817, section 3: the kernel predictor stays"};

}  // namespace groklab::studies::lyu2023
