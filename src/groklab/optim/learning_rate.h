// The learning rate of each update: warm-up and schedule.
#pragma once

#include <cstdint>

#include "groklab/config.h"

namespace groklab {

/// Learning rate of an update. `optimizer_step` (1-based, counts a fork's parent too) drives the warm-up;
/// `run_step` (1-based) of `total_steps` drives the cosine.
double learning_rate_at(const OptimConfig& config, std::int64_t optimizer_step, std::int64_t run_step,
                        std::int64_t total_steps);

}  // namespace groklab
