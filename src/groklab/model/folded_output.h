// The neurons' way to the logits by the one matrix M = W_out W_U, [d_mlp, classes]: m C multiply-adds a row instead of
// d m + d C. Exact; see docs/decisions/precomputed-tables.md.
#pragma once

#include <cstdint>
#include <span>

#include "groklab/kernel/kernels.h"
#include "groklab/model/matrix_set.h"
#include "groklab/tensor/buffer.h"

namespace groklab {

template <typename T>
class FoldedOutput {
 public:
  /// `w_out` [m, d] and `w_u` [d, C] in `matrices`, packed and packed transposed.
  FoldedOutput(MatrixId w_out, MatrixId w_u, std::int64_t d_mlp, std::int64_t d_model, std::int64_t classes,
               MatrixSet<T>& matrices, const Kernels<T>& kernels);

  /// Panels of neurons.
  std::int64_t panels() const { return (m_ + kernels_.width - 1) / kernels_.width; }
  /// One panel's neurons of M, after the packing.
  void prepare_panel(std::int64_t panel);

  /// logits += hidden M.
  void forward(PanelView<T> logits, PanelView<const T> hidden, std::int64_t rows) const;
  /// Adds to the gradient of M, and turns `hidden` into the gradient of the neurons' outputs, or of their inputs if
  /// `relu`.
  void backward(PanelView<T> hidden, PanelView<const T> d_logits, T* accumulator, bool first, bool relu,
                std::int64_t rows) const;

  /// Sums one panel of M's gradient over the chunks into accumulators[0] and computes its rows of W_out's gradient,
  /// which is row-major.
  void collect_panel(std::int64_t panel, T* d_w_out, std::span<T* const> accumulators) const;
  /// Columns panel * width.. of the transposed gradient of W_U, [C, width].
  void collect_unembedding(T* d_w_u_transposed, std::int64_t panel, const T* sums) const;

 private:
  std::int64_t transposed_stride() const { return classes_ * kernels_.width; }
  PanelView<const T> gradient_view(const T* sums) const {
    return {sums + gradient_at_, kernels_.width, transposed_stride()};
  }

  const MatrixSet<T>& matrices_;
  const Kernels<T>& kernels_;
  MatrixId w_out_, w_u_;
  std::int64_t m_, d_, classes_;
  std::int64_t gradient_at_ = 0;  ///< of M^T in the accumulators: [panel][C][width]
  AlignedBuffer<T> packed_;       ///< M: [class panel][m][width]
  AlignedBuffer<T> transposed_;   ///< M^T: [panel][C][width]
};

}  // namespace groklab
