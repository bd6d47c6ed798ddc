// Where a fork starts: its parent's state in its own precision.
#pragma once

#include "groklab/config.h"
#include "groklab/record/record.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// Throws Error(kConfig): tensors of a fork that its parent does not have, or has of another shape, or that it lacks.
void check_same_tensors(const ParameterLayout& parent, const ParameterLayout& child);

/// `fresh`, the child's initial state, with the parent's parameters and, unless the optimiser is reset
/// (fork.reset_optimizer), its buffers, converted to the child's precision. The step count starts at 0; the optimiser's
/// goes on. Throws Error(kConfig) for an optimiser that keeps other buffers and is not reset.
TrainState fork_start(const TrainState& parent, const ResolvedConfig& child, TrainState fresh);

}  // namespace groklab
