// Weight tensors seen as matrices [inputs, outputs], for what acts on matrices and not on numbers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "groklab/model/matrix_set.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// Whether the tensor is a matrix of weights: not a bias (b_Q has two axes, too), not a scale.
inline bool is_matrix(const TensorSpec& spec) { return spec.shape.size() >= 2 && spec.traits.is_weight(); }

/// Heads side by side, as other programs store them: W_Q, W_K and W_V [heads, d_model, d_head] are one matrix
/// [d_model, heads d_head], and W_O [heads, d_head, d_model] is [heads d_head, d_model].
inline MatrixPlace seen_as_matrix(const TensorSpec& spec) {
  if (spec.shape.size() == 2) return plain_matrix(spec);
  return spec.traits.heads == HeadAxis::kRows ? heads_as_rows(spec) : heads_as_columns(spec);
}

/// Where element (k, n) of the matrix lies in the flat buffer.
inline std::int64_t place_of(const MatrixPlace& place, std::int64_t k, std::int64_t n) {
  return place.offset + n / place.block * place.block_stride + k * place.row_stride + n % place.block;
}

}  // namespace groklab
