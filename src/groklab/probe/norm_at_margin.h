// How much parameter norm a network needs for a given margin: the inverse efficiency of its circuit.
#pragma once

#include <cstdint>
#include <span>

#include "groklab/engine/engine.h"
#include "groklab/probe/scaling.h"
#include "groklab/task.h"

namespace groklab {

/// ||theta||_2 of the network when all its parameters, biases included, are scaled by one factor such that the mean
/// margin, L[y] - max_{c != y} L[c] over the task's classes, of `rows` is `margin`: how much norm this very circuit
/// needs for that logit (Varma et al. 2023: P_i, up to the unit). To a relative 1e-6. NaN if no factor from
/// kLeastFactor to kMostFactor does. The engine's parameters are the same afterwards.
double norm_at_margin(Engine& engine, const Task& task, std::span<const std::int64_t> rows, double margin);

}  // namespace groklab
