// What arXiv:2501.04697 says of networks trained without weight decay, as data; its recipes from its repository
// (run_main_experiments.sh, figures 1 and 2), and one that a reader reports there (issue 8).
#pragma once

#include "groklab/studies/published.h"

namespace groklab::studies::prieto2025 {

inline constexpr PublishedNumber kPlainFraction = {
    .what = "fraction that generalises with cross-entropy, no weight decay",
    .value = 0,
    .source = "arXiv:2501.04697, Fig. 1"};
inline constexpr PublishedNumber kStableMaxFraction = {
    .what = "fraction that generalises with StableMax, no weight decay",
    .value = 1,
    .source = "arXiv:2501.04697, Fig. 1, within 80,000 steps"};
inline constexpr PublishedNumber kOrthogonalFraction = {.what = "fraction that generalises with orthogonal gradients",
                                                        .value = 1,
                                                        .source = "arXiv:2501.04697, Fig. 1, within 300 steps"};
inline constexpr PublishedNumber kTunedDecay = {
    .what = "steps to generalise with weight decay up to 8, learning rate 0.01",
    .value = 200,
    .source = "its repository, issue 8: \"within 200 epochs\""};
inline constexpr PublishedNumber kCollapsed = {.what = "training rows with an exactly one-hot float32 softmax",
                                               .value = 1,
                                               .source = "arXiv:2501.04697, Fig. 2: learning stops as they near 1"};

}  // namespace groklab::studies::prieto2025
