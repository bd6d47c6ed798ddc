// What arXiv:2506.05718 says of penalties other than the Euclidean norm, as data. It gives no number that other
// networks could be held to; what it says is that certain runs generalise.
#pragma once

#include "groklab/studies/published.h"

namespace groklab::studies::notsawo2025 {

inline constexpr const char* kAbstract = "arXiv:2506.05718, abstract";
inline constexpr PublishedNumber kOfL1 = {
    .what = "fraction that generalises with a small L1 penalty", .value = 1, .source = kAbstract};
inline constexpr PublishedNumber kOfNuclear = {
    .what = "fraction that generalises with a small nuclear penalty", .value = 1, .source = kAbstract};
inline constexpr PublishedNumber kOfNone = {
    .what = "fraction that generalises without a penalty", .value = 0, .source = "arXiv:2506.05718, small data sets"};
/// Its analysis of gradient descent: generalisation takes a time inverse to learning rate and penalty.
inline constexpr PublishedNumber kInverse = {.what = "exponent of the delay in the penalty's weight",
                                             .value = -1,
                                             .source = "arXiv:2506.05718, its analysis of gradient descent"};

}  // namespace groklab::studies::notsawo2025
