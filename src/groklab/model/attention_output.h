// What attention adds to n numbers of a row, as mixtures of table rows: to the neurons' inputs (through W_in), to the
// logits (through W_U) or to the residual stream itself. Exact; see docs/decisions/precomputed-tables.md.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include "groklab/kernel/kernels.h"
#include "groklab/model/attention_inputs.h"
#include "groklab/model/matrix_set.h"
#include "groklab/model/mixture_layout.h"
#include "groklab/model/row_grouping.h"
#include "groklab/tensor/buffer.h"

namespace groklab {

/// The softmax weights of a tile and which table rows its rows read.
template <typename T>
struct AttentionTile {
  const T* weights = nullptr;  ///< [rows][positions][heads]
  TileReads reads;
};

/// With B = W_in or W_U, and without it in the stream: head h's table is E_h = V_h F_h with F_h = W_O,h B, so that
///   out = (direct B + bias + sum_h E_h[last]) + sum over h, s of weight_hs (E_h[token] + E_h[position s] - E_h[last]),
/// since the weights of all positions sum to one.
template <typename T>
class AttentionOutput {
 public:
  /// `matrix`: B in `matrices`, with its packed form and its packed transpose, [d_model, n]; nullopt: none, n =
  /// d_model. `w_o`: W_O as one matrix [heads * d_head, d_model], likewise.
  AttentionOutput(const AttentionInputs<T>& inputs, MatrixId w_o, std::optional<MatrixId> matrix, std::int64_t n,
                  MatrixSet<T>& matrices, const Kernels<T>& kernels);

  /// Panels of the tables, each prepared and collected by itself.
  std::int64_t panels() const { return layout_.panels(n_); }
  /// The tables' columns of one panel. `w_o`: the parameters, row-major. `direct`: [d_model], padded; `bias`: [n] or
  /// nullptr.
  void prepare_panel(std::int64_t panel, const T* w_o, const T* direct, const T* bias);

  void forward(PanelView<T> out, bool relu, const AttentionTile<T>& tile) const;
  /// Adds to the accumulator's tables; `shares` and `first` as in Kernels::mixture_backward.
  void backward(T* accumulator, T* shares, bool first, PanelView<const T> gradient, const AttentionTile<T>& tile) const;

  /// Sums one panel of the tables over the chunks into accumulators[0], where the functions below find it, and computes
  /// its columns of the gradients of F and, if there is a matrix, of B.
  void collect_panel(std::int64_t panel, const T* w_o, const T* direct, std::span<T* const> accumulators);
  /// Columns of B's gradient of one panel of the kernels': [d_model][width].
  const T* matrix_gradient(std::int64_t kernel_panel) const {
    return matrix_gradient_.data() + kernel_panel * sizes_.d_model * kernels_.width;
  }
  /// The panels of the kernels' that a panel of the tables has: first, and behind the last.
  std::int64_t first_kernel_panel(std::int64_t panel) const { return panel * kernels_.mixture_width / kernels_.width; }
  std::int64_t last_kernel_panel(std::int64_t panel) const {
    return std::min((panel + 1) * kernels_.mixture_width / kernels_.width, (n_ + kernels_.width - 1) / kernels_.width);
  }
  /// d_values (+)= what reaches a head's values.
  void collect_values(PanelView<T> d_values, std::int64_t head, const T* sums, bool add) const;
  /// d_w_o [heads * d_head, width] and d_direct [width] (+)= what reaches columns panel * width.. of W_O and `direct`.
  void collect_stream_panel(PanelView<T> d_w_o, T* d_direct, std::int64_t panel, const T* sums, bool add) const;
  /// Gradient of the bias: [n], padded.
  const T* base_gradient(const T* sums) const { return sums + base_gradient_at_; }

 private:
  const T* folded() const { return matrix_.has_value() ? folded_.data() : matrices_.packed(w_o_); }
  std::int64_t folded_stride() const { return sizes_.joined() * kernels_.width; }
  void prepare_columns(std::int64_t panel, const T* w_o, const T* direct, const T* bias);
  void collect_columns(std::int64_t panel, const T* w_o, const T* direct, T* sums);
  void prepare_table(PanelView<T> table, T* base, std::int64_t head, const T* folded, std::int64_t columns);
  Mixture<T> mixture(const AttentionTile<T>& tile) const;

  const AttentionInputs<T>& inputs_;
  const AttentionSizes sizes_;
  const MatrixSet<T>& matrices_;
  const Kernels<T>& kernels_;
  MatrixId w_o_;
  std::optional<MatrixId> matrix_;
  std::int64_t n_;
  const MixtureLayout layout_;
  std::int64_t table_gradient_at_ = 0, base_gradient_at_ = 0;  ///< in the accumulators

  AlignedBuffer<T> folded_;             ///< F, [panel][heads * d_head][width]; empty without a matrix
  AlignedBuffer<T> folded_transposed_;  ///< F_h^T packed: [head][d_head panel][n][width]
  AlignedBuffer<T> tables_;             ///< E as Mixture wants it
  AlignedBuffer<T> base_;               ///< [n] padded
  AlignedBuffer<T> folded_gradient_;    ///< as F
  AlignedBuffer<T> matrix_gradient_;    ///< [panel][d_model][width]
};

}  // namespace groklab
