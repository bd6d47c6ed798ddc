// What arXiv:2210.01117 says of the norm at which a network starts, or is held, as data.
#pragma once

#include "groklab/studies/published.h"

namespace groklab::studies::liu2022_omnigrok {

inline constexpr PublishedNumber kOnset = {
    .what = "T_grok / T_fit at the best held norm",
    .value = 1,
    .source = "arXiv:2210.01117, section 4: held at a small norm, both accuracies rise together"};

}  // namespace groklab::studies::liu2022_omnigrok
