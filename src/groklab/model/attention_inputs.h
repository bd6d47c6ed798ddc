// What the attention of a one-layer transformer reads, as a small matrix X of R rows: see
// docs/decisions/precomputed-tables.md. A row for every token that can stand before the last position, one for every
// such position, and one for the last input:
//   W_E[token];  W_pos[s] for s = 0..S - 2;  x_last = W_E["="] + W_pos[S - 1].
// Scores and values are linear in X: those of a token at a position are the sums of two rows'.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "groklab/config.h"
#include "groklab/kernel/kernels.h"
#include "groklab/model/matrix_set.h"
#include "groklab/model/tokens.h"
#include "groklab/tensor/buffer.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// Sizes of attention and of the tables made from X.
struct AttentionSizes {
  std::int64_t heads = 0, d_head = 0, d_model = 0;
  std::int64_t slots = 0;       ///< positions but the last
  std::int64_t token_rows = 0;  ///< tokens that can stand at a slot are 0..token_rows - 1

  std::int64_t joined() const { return heads * d_head; }
  std::int64_t position_row(std::int64_t slot) const { return token_rows + slot; }
  std::int64_t last_row() const { return token_rows + slots; }
  std::int64_t rows() const { return last_row() + 1; }  ///< R
};

AttentionSizes attention_sizes(const ModelConfig& config, const TokenSequence& tokens);

/// X, the values X W_V + b_V (b_V not in the tokens' rows) and the scores X u with u = W_K q / sqrt(d_head),
/// q = x_last W_Q + b_Q. b_K adds the same number to all scores of a head: it is left out, its gradient is exactly
/// zero.
template <typename T>
class AttentionInputs {
 public:
  AttentionInputs(const AttentionSizes& sizes, const ParameterLayout& layout, MatrixSet<T>& matrices,
                  const Kernels<T>& kernels);

  const AttentionSizes& sizes() const { return sizes_; }

  /// X, from parameters that stay valid until the gradients are collected.
  void prepare_rows(const T* parameters);
  /// A head's query, key and values; after prepare_rows() and the packing.
  void prepare_head(std::int64_t head);
  /// The scores of all heads, after prepare_head() of each.
  void prepare_scores();

  /// x_last, padded to whole panels.
  const T* last_input() const { return last_input_.data(); }
  /// [R, d_head]
  PanelView<const T> values(std::int64_t head) const;
  /// [slots][token_rows][heads], then the last position's [heads]
  const T* scores() const { return score_table_.data(); }

  /// [R, d_head], where the gradient of a head's values is put before collect_head().
  PanelView<T> value_gradient(std::int64_t head);
  /// Rows of the sums of score slopes: one for every slot and token, and one for the last position.
  std::int64_t score_rows() const { return sizes_.slots * sizes_.token_rows + 1; }
  /// What reaches X and the keys through the scores. `score_gradient`: those sums by head, panels [score_rows(),
  /// heads].
  void collect_scores(const T* score_gradient);
  /// Gradients of a head's W_V, b_V, W_Q, W_K, b_Q and b_K, and its part of the gradient of X; after collect_scores().
  void collect_head(std::int64_t head, T* gradient);
  /// Columns col..col + width - 1 of the gradients of W_E and W_pos. `direct`: what reaches x_last past attention.
  void collect_embeddings(T* gradient, std::int64_t col, const T* direct) const;

 private:
  /// A head's own memory.
  struct Head {
    MatrixId w_v = 0;
    AlignedBuffer<T> values;          ///< [R, d_head] panels
    AlignedBuffer<T> value_gradient;  ///< [R, d_head] panels
    AlignedBuffer<T> input_gradient;  ///< this head's part of dX, [R, d_model] panels
    AlignedBuffer<T> packed;          ///< gradient of W_V before it is unpacked
    std::vector<T> query;             ///< [d_head]
    std::vector<T> key;               ///< u, [d_model]
    std::vector<T> last_gradient;     ///< what reaches x_last through the query, [d_model]
  };

  void collect_values(Head& head, std::int64_t index, T* gradient) const;
  void collect_query(Head& head, std::int64_t index, T* gradient) const;

  PanelView<T> rows_view(AlignedBuffer<T>& buffer) const {
    return {buffer.data(), kernels_.width, sizes_.rows() * kernels_.width};
  }
  PanelView<const T> rows_view(const AlignedBuffer<T>& buffer) const {
    return {buffer.data(), kernels_.width, sizes_.rows() * kernels_.width};
  }
  std::int64_t padded(std::int64_t n) const { return (n + kernels_.width - 1) / kernels_.width * kernels_.width; }
  /// Places of a tensor [heads, ...] of the attention: that of head `index`.
  std::int64_t head_at(const char* name, std::int64_t index) const;

  const AttentionSizes sizes_;
  const ParameterLayout& layout_;
  const MatrixSet<T>& matrices_;
  const Kernels<T>& kernels_;
  std::vector<Head> heads_;
  const T* parameters_ = nullptr;
  AlignedBuffer<T> inputs_;                ///< X, [R, d_model] panels
  AlignedBuffer<T> last_input_;            ///< x_last
  AlignedBuffer<T> packed_keys_;           ///< all keys as the columns of a packed matrix U [d_model, heads]
  AlignedBuffer<T> transposed_keys_;       ///< U^T packed, [heads, d_model]
  AlignedBuffer<T> key_gradient_;          ///< as packed_keys_
  AlignedBuffer<T> score_input_gradient_;  ///< the scores' part of dX, [R, d_model] panels
  AlignedBuffer<T> score_panels_;          ///< X U
  AlignedBuffer<T> row_slopes_;            ///< sums of score slopes by row of X, panels [R, heads]
  AlignedBuffer<T> score_table_;
};

}  // namespace groklab
