// Pieces that several architectures share: the MLP block and the unembedding, on tiles of rows.
#pragma once

#include <cstdint>
#include <string>

#include "groklab/config.h"
#include "groklab/kernel/kernels.h"
#include "groklab/model/hidden_filter.h"
#include "groklab/model/matrix_set.h"
#include "groklab/tensor/layout.h"

namespace groklab {

template <typename T>
PanelView<const T> constant(const PanelView<T>& view) {
  return {view.data, view.row_stride, view.panel_stride};
}

/// Hands out places in a scratch buffer.
class ScratchPlan {
 public:
  std::int64_t take(std::int64_t numbers) {
    const std::int64_t at = size_;
    size_ += (numbers + 15) / 16 * 16;
    return at;
  }
  /// A matrix of `rows` x `n` in panels of `width`.
  std::int64_t take_panels(std::int64_t rows, std::int64_t n, std::int64_t width) {
    return take((n + width - 1) / width * width * rows);
  }
  std::int64_t size() const { return size_; }

 private:
  std::int64_t size_ = 0;
};

/// The neurons' inputs: in W_in + b_in.
template <typename T>
class MlpInput {
 public:
  MlpInput(const ModelConfig& config, const ParameterLayout& layout, const std::string& prefix, MatrixSet<T>& matrices,
           const Kernels<T>& kernels);
  /// out = in W_in + b_in, or max(., 0) of it.
  void forward(PanelView<T> out, PanelView<const T> in, const T* parameters, bool relu, std::int64_t rows) const;
  /// d_in = addend (data nullptr: none) + gradient through W_in. d_in may be `in`.
  void backward(PanelView<T> d_in, PanelView<const T> d_out, PanelView<const T> in, PanelView<const T> addend,
                T* accumulator, bool first, std::int64_t rows) const;

 private:
  const Kernels<T>& kernels_;
  const MatrixSet<T>& matrices_;
  std::int64_t d_model_, d_mlp_;
  MatrixId w_in_, b_in_ = 0;
  std::int64_t b_in_at_ = -1;  ///< offset in the parameters; -1: no bias
};

/// What the neurons add to the residual stream: hidden W_out + b_out.
template <typename T>
class MlpOutput {
 public:
  MlpOutput(const ModelConfig& config, const ParameterLayout& layout, const std::string& prefix, MatrixSet<T>& matrices,
            const Kernels<T>& kernels);
  /// out = residual + hidden W_out + b_out.
  void forward(PanelView<T> out, PanelView<const T> hidden, PanelView<const T> residual, const T* parameters,
               std::int64_t rows) const;
  /// Turns `hidden` into its gradient, or into that of the neurons' inputs if `relu`.
  void backward(PanelView<T> hidden, PanelView<const T> d_out, bool relu, T* accumulator, bool first,
                std::int64_t rows) const;

 private:
  const Kernels<T>& kernels_;
  const MatrixSet<T>& matrices_;
  std::int64_t d_model_, d_mlp_;
  MatrixId w_out_, b_out_ = 0;
  std::int64_t b_out_at_ = -1;
};

/// out = residual + filter(act(in W_in + b_in)) W_out + b_out.
template <typename T>
class MlpBlock {
 public:
  MlpBlock(const ModelConfig& config, const ParameterLayout& layout, const std::string& prefix, MatrixSet<T>& matrices,
           const Kernels<T>& kernels)
      : kernels_(kernels),
        activation_(config.activation),
        d_mlp_(config.d_mlp),
        input_(config, layout, prefix, matrices, kernels),
        output_(config, layout, prefix, matrices, kernels) {}

  /// `hidden` keeps the filtered activations; `before` keeps them before the activation and is not used for relu.
  void forward(PanelView<T> out, PanelView<T> hidden, PanelView<T> before, PanelView<const T> in,
               PanelView<const T> residual, const T* parameters, std::int64_t rows,
               const FilteredTile<T>& filter) const;
  /// d_in = addend + gradient through the block. Destroys `hidden`.
  void backward(PanelView<T> d_in, PanelView<const T> d_out, PanelView<const T> in, PanelView<T> hidden,
                PanelView<const T> before, PanelView<const T> addend, T* accumulator, bool first, std::int64_t rows,
                const FilteredTile<T>& filter) const;
  bool keeps_before() const { return activation_ != Activation::kRelu; }

 private:
  const Kernels<T>& kernels_;
  Activation activation_;
  std::int64_t d_mlp_;
  MlpInput<T> input_;
  MlpOutput<T> output_;
};

/// C[rows, n] = A[rows, depth] B + bias + addend, n classes: the few columns behind the last whole vector one by one.
/// B packed, and its packed transpose.
template <typename T>
void multiply_to_classes(const Kernels<T>& kernels, PanelView<T> c, PanelView<const T> a, const T* packed,
                         const T* packed_transposed, std::int64_t rows, std::int64_t n, std::int64_t depth,
                         const Epilogue<T>& epilogue);

/// Where W_U [d_in, classes] lies: with tied embeddings it is the transpose of the first rows of W_E.
MatrixPlace unembedding_place(const ModelConfig& config, const ParameterLayout& layout, std::int64_t classes);

/// logits = x W_U + b_U.
template <typename T>
class Unembedding {
 public:
  Unembedding(const ModelConfig& config, const ParameterLayout& layout, std::int64_t d_in, std::int64_t classes,
              MatrixSet<T>& matrices, const Kernels<T>& kernels);
  void forward(PanelView<T> logits, PanelView<const T> x, const T* parameters, std::int64_t rows) const;
  void backward(PanelView<T> dx, PanelView<const T> d_logits, PanelView<const T> x, T* accumulator, bool first,
                std::int64_t rows) const;
  /// The same where `x` gives way to its gradient; `epilogue` may mask it by what it overwrites.
  void backward_in_place(PanelView<T> x, PanelView<const T> d_logits, const Epilogue<T>& epilogue, T* accumulator,
                         bool first, std::int64_t rows) const;

 private:
  const Kernels<T>& kernels_;
  const MatrixSet<T>& matrices_;
  std::int64_t d_in_, classes_;
  MatrixId w_u_;
  bool has_bias_ = false;
  MatrixId b_u_ = 0;
  std::int64_t b_u_at_ = 0;
};

/// Rows per tile so that a tile's activations (numbers_per_row of T) stay in about 700 KB of L2, between 48 and 256.
/// A multiple of 16, the most lanes of any vector: kernels that put rows into lanes work on whole vectors.
std::int64_t choose_tile_rows(std::int64_t numbers_per_row, std::int64_t bytes_per_number);

}  // namespace groklab
