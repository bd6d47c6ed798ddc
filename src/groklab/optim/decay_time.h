// How much relaxing a run has behind it: the clock of everything late in training.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "groklab/config.h"

namespace groklab {

/// Sum of the learning rates of updates 1 to step, times lambda where weight decay is decoupled (AdamW, Muon): weights
/// left alone then shrink by exp(-time). With decay in the loss the pull goes through the optimiser, and the sum of
/// learning rates is all there is. A fork's clock starts at the fork. [steps]; `steps` ascend.
std::vector<double> decay_times(const Config& config, std::span<const std::int64_t> steps);

}  // namespace groklab
