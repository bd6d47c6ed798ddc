// What publications say of optimisers' speed at grokking, as data, and what has been objected to it.
#pragma once

#include "groklab/studies/published.h"

namespace groklab::studies::optimisers {

/// 102.89 / 153.09 epochs.
inline constexpr PublishedNumber kMuonRatio = {
    .what = "T_grok of Muon over that of AdamW",
    .value = 0.672,
    .source = "arXiv:2504.16041, means over seven tasks and three softmaxes"};
/// 910 / 39,890 iterations.
inline constexpr PublishedNumber kGrokfastRatio = {.what = "T_grok of Grokfast over that of its baseline",
                                                   .value = 0.0228,
                                                   .source = "arXiv:2405.20233, modular multiplication"};

}  // namespace groklab::studies::optimisers
