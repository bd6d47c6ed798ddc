// Singular values of the weights, and norms of all of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "groklab/engine/engine.h"
#include "groklab/probes.h"

namespace groklab {

/// Singular values of a matrix [rows, columns] row-major, descending.
std::vector<double> singular_values(std::span<const double> values, std::int64_t rows, std::int64_t columns);
/// exp(-sum p ln p) for p = s / sum s (Roy & Vetterli 2007); NaN if all are zero.
double effective_rank(std::span<const double> singular);

/// Every tensor of two dimensions or more; attention's [heads, a, b] is taken as one matrix over all heads: W_Q, W_K,
/// W_V as [d_model, heads * d_head], W_O as [heads * d_head, d_model].
std::vector<TensorResult> measure_weights(const Engine& engine);

/// What penalties press on: sums over all parameters of |theta| and theta^2 (its root), and of the singular values of
/// every matrix, taken as in measure_weights; and the largest |theta|, in which Adam without decay is said to seek the
/// largest margin (Zhang et al. 2024, arXiv:2406.10650). All four scale as the parameters do.
struct WeightNorms {
  double l1 = 0, l2 = 0, nuclear = 0, largest = 0;
};
WeightNorms weight_norms(const Engine& engine);

}  // namespace groklab
