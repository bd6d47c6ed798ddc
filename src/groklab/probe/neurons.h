// Splits the last hidden layer into neurons that carry one component of the task's group and the rest.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "groklab/config.h"
#include "groklab/model/architecture.h"
#include "groklab/probe/task_group.h"
#include "groklab/probes.h"
#include "groklab/task.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// A neuron counts as periodic if half of its response's power, by inverse participation ratio, is in one component:
/// the same as power 0.7 in one and the rest spread thin.
inline constexpr double kPeriodicIpr = 0.5;

/// Squared norm of each neuron's weights, from matrices in [inputs, n], bias [n] (or empty), out [n, outputs].
std::vector<double> neuron_squares(std::span<const double> in, std::span<const double> bias,
                                   std::span<const double> out, std::int64_t n);

/// A neuron's response to an input is its mean activation over the other input, as a function on the group; its inverse
/// participation ratio is sum_k p_k^2 for the fractions p_k of the response's squared norm by component, the trivial
/// one left out (Doshi et al. 2023 have it of the weights' Fourier transform). activations: [n_rows, n].
NeuronMetrics measure_neurons(const TaskGroup& group, const Task& task, std::span<const double> activations,
                              std::span<const double> squares, bool each);

}  // namespace groklab
