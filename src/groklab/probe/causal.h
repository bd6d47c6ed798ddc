// What happens when a part is scaled or taken away.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "groklab/config.h"
#include "groklab/engine/engine.h"
#include "groklab/probes.h"
#include "groklab/task.h"

namespace groklab {

/// Factors of a sweep: 0, 0.1, ..., 2.
std::vector<double> intervention_strengths();

/// L + (t - 1) part for each t. logits, part: [n_rows, n_classes].
std::vector<Intervention> scale_part(const std::string& name, const Task& task, const Split& split,
                                     std::span<const double> logits, std::span<const double> part,
                                     std::span<const double> strengths);

/// Scales the outputs of the chosen neurons of the last hidden layer. The engine's weights are restored.
std::vector<Intervention> scale_neurons(const std::string& name, Engine& engine, const ModelConfig& model,
                                        const Task& task, const Split& split, const std::vector<bool>& chosen,
                                        std::span<const double> strengths);

/// Neurons of all hidden layers in order of the product of their incoming and outgoing norms, which rescaling a neuron
/// does not change; the fewest first ones that keep the predictions if the others' outputs are zero. Found by
/// bisection: one less does not keep them. The engine's weights are restored.
SubnetworkMetrics measure_subnetwork(Engine& engine, const ModelConfig& model, const Task& task);

/// Logits of all rows for the task's classes, [n_rows, n_classes]: columns of other tokens are dropped.
std::vector<double> class_logits(std::vector<double> logits, std::int64_t columns, const Task& task);

}  // namespace groklab
