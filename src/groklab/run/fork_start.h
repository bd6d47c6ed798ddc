// Where a fork starts: its parent's state in its own precision.
#pragma once

#include "groklab/config.h"
#include "groklab/record/record.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// Throws Error(kConfig): tensors that differ from the parent's, or an optimiser that keeps other moments and is not
/// reset (fork.reset_optimizer).
void check_fork(const ResolvedConfig& parent, const ParameterLayout& parent_layout, const ResolvedConfig& child,
                const ParameterLayout& child_layout);

/// `fresh`, the child's initial state, with the parent's parameters and, unless the optimiser is reset, its moments,
/// converted to the child's precision. The step count starts at 0; the optimiser's goes on.
TrainState fork_start(const TrainState& parent, const ResolvedConfig& child, TrainState fresh);

}  // namespace groklab
