// Neurons ordered by how few frequencies their weights know, and what a network still answers without the first of
// them: the measurement of Doshi et al. 2023 (arXiv:2310.13061) for networks trained on partly corrupted labels.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "groklab/config.h"
#include "groklab/engine/engine.h"
#include "groklab/task.h"

namespace groklab {

/// Inverse participation ratio of a function on Z_p by its Fourier transform: sum |u_k|^4 / (sum |u_k|^2)^2 over the
/// frequencies k = 0, ..., p/2 (k and p - k are one). 1 for a cosine or a constant, about 4/p for noise of large p; NaN
/// for zeros.
double fourier_ipr(std::span<const double> values);

/// Of each hidden neuron of a one-layer one_hot_mlp on pairs of `symbols` residues: the mean of fourier_ipr() of its
/// weights from x, from y and to the classes, [neurons]. Throws Error(kConfig) for another network.
std::vector<double> weight_iprs(const Engine& engine, const ModelConfig& model, const Task& task);

/// Fractions of rows answered right (ties are wrong). NaN for a group without rows.
struct PrunedNetwork {
  std::int64_t pruned = 0;     ///< neurons taken away
  double train = 0;            ///< training rows, by the labels that they are trained on
  double clean = 0;            ///< those of them with their true label
  double corrupted = 0;        ///< those with a wrong one, by that label: what has been memorised of the noise
  double corrupted_truth = 0;  ///< the same rows by their true label
  double test = 0;             ///< all other rows, by their true label
};

/// The network without the first `counts[i]` neurons of `order`, for each i: their weights to the classes are zero. The
/// engine's weights are restored.
std::vector<PrunedNetwork> pruned_networks(Engine& engine, const ModelConfig& model, const Task& task,
                                           const Split& split, std::span<const std::int64_t> order,
                                           std::span<const std::int64_t> counts);

/// Three orders in which neurons are taken away.
struct IprPruning {
  std::vector<double> iprs;  ///< [neurons]
  std::vector<PrunedNetwork> lowest_first, highest_first, random;
};
/// weight_iprs() and pruned_networks() by them; neurons of equal ratio in their own order. `seed` draws the random
/// order.
IprPruning prune_by_ipr(Engine& engine, const ModelConfig& model, const Task& task, const Split& split,
                        std::span<const std::int64_t> counts, std::int64_t seed);

}  // namespace groklab
