// What arXiv:2509.21519 and its repository (yuandong-tian/understanding, ssl/real-dataset/cogo) say of the number of
// training rows, as data. Which accuracy marks the published threshold, and over which moduli, seeds and budgets its
// constant was found, could not be read.
#pragma once

#include "groklab/studies/published.h"

namespace groklab::studies::tian2025 {

/// n = c M ln M training rows of M^2; the default of the repository's "critical ratio".
inline constexpr PublishedNumber kConstant = {
    .what = "c of the threshold c M ln M", .value = 2.7482, .source = "its repository, config/dyn_madd.yaml"};
/// Of the power of n / (M ln M) in M, over any moduli.
inline constexpr PublishedNumber kShape = {.what = "exponent of threshold / (M ln M) in M",
                                           .value = 0,
                                           .source = "arXiv:2509.21519, abstract: scaling laws of generalisation"};

}  // namespace groklab::studies::tian2025
