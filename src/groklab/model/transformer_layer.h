// One transformer block on a tile of sequences: attention, MLP, residual additions, LayerNorm before or after.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "groklab/config.h"
#include "groklab/model/blocks.h"
#include "groklab/model/layer_norm.h"
#include "groklab/model/matrix_set.h"

namespace groklab {

/// Scratch places that all layers of a network use in turn during the backward pass; rows of all positions.
struct LayerSpare {
  std::int64_t d_q_at = 0, d_k_at = 0, d_v_at = 0;
  std::int64_t d_in_at = 0;  ///< gradient of the attention's input behind LayerNorm
};
LayerSpare plan_layer_spare(const ModelConfig& config, std::int64_t tile_positions, std::int64_t width,
                            ScratchPlan& plan);

template <typename T>
class TransformerLayer {
 public:
  /// `last`: only the last position of each sequence goes on, so queries and everything behind have one row a sequence.
  TransformerLayer(const ModelConfig& config, const ParameterLayout& layout, std::int64_t index, bool last,
                   std::int64_t positions, std::int64_t tile_sequences, const LayerSpare& spare, MatrixSet<T>& matrices,
                   const Kernels<T>& kernels, ScratchPlan& plan);

  /// Output view [rows, d_model] in the scratch; rows = sequences * positions, or sequences if last.
  PanelView<T> output(T* scratch) const { return panels(scratch, output_at_, out_capacity_); }
  /// The MLP's activations of the last forward pass, [rows, neuron_count()], rows as in output().
  PanelView<const T> neurons(T* scratch) const { return constant(panels(scratch, hidden_at_, out_capacity_)); }
  std::int64_t neuron_count() const { return d_mlp_; }
  /// x: [sequences * positions, d_model]; `rows` are the sequences' rows of the task.
  void forward(T* scratch, PanelView<const T> x, const T* parameters, std::span<const std::int64_t> rows,
               const HiddenFilters<T>* filters) const;
  /// On entry output(scratch) holds the gradient of the output; dx (may not alias x) receives the gradient of x.
  void backward(T* scratch, PanelView<T> dx, PanelView<const T> x, const T* parameters, T* accumulator, bool first,
                std::span<const std::int64_t> rows, const HiddenFilters<T>* filters) const;
  /// FLOP of the products of forward and backward for one sequence.
  double sequence_flop() const;

 private:
  PanelView<T> panels(T* scratch, std::int64_t at, std::int64_t capacity) const {
    return {scratch + at, kernels_.width, capacity * kernels_.width};
  }
  /// The rows of x that pass to the output: all, or each sequence's last.
  template <typename U>
  PanelView<U> passing(PanelView<U> x) const {
    if (!last_) return x;
    return {x.data + (positions_ - 1) * x.row_stride, x.row_stride * positions_, x.panel_stride};
  }
  FilteredTile<T> filtered(const HiddenFilters<T>* filters, std::span<const std::int64_t> rows) const {
    return {filters, {.layer = index_, .rows = rows, .positions = last_ ? 1 : positions_, .neurons = d_mlp_}};
  }
  /// Turns the gradient of the output into that of `attended`, in the output's place.
  void backward_mlp(T* scratch, const T* parameters, T* accumulator, bool first, std::span<const std::int64_t> rows,
                    const HiddenFilters<T>* filters) const;
  /// From the gradient of `attended` to those of q, k and v, in the spare places.
  void backward_heads(T* scratch, PanelView<const T> d_attended, T* accumulator, bool first,
                      std::int64_t sequences) const;
  /// From the gradients of q, k and v to that of the attention's input.
  void backward_input(T* scratch, PanelView<T> d_in, PanelView<const T> in, T* accumulator, bool first,
                      std::int64_t sequences) const;
  const T* bias(const T* parameters, std::int64_t at) const { return at >= 0 ? parameters + at : nullptr; }

  const Kernels<T>& kernels_;
  const MatrixSet<T>& matrices_;
  LayerNormKind norm_;
  std::int64_t index_;
  bool last_;
  std::int64_t positions_, d_model_, d_mlp_, heads_, d_head_;
  std::int64_t in_capacity_, out_capacity_;
  MlpBlock<T> mlp_;
  std::optional<LayerNorm<T>> ln1_, ln2_;
  MatrixId w_q_, w_k_, w_v_, w_o_;
  bool attention_bias_ = false;
  MatrixId b_q_ = 0, b_k_ = 0, b_v_ = 0, b_o_ = 0;
  std::int64_t b_q_at_ = -1, b_k_at_ = -1, b_v_at_ = -1, b_o_at_ = -1;

  // Places in the scratch. in: capacity of all positions; out: of passing rows.
  std::int64_t normal_in_at_ = 0;  ///< pre: ln1(x), in
  std::int64_t moments1_at_ = 0, moments2_at_ = 0;
  std::int64_t q_at_ = 0, k_at_ = 0, v_at_ = 0, probabilities_at_ = 0, mixed_at_ = 0;
  std::int64_t attended_at_ = 0;  ///< x + attention, out
  std::int64_t middle_at_ = 0;    ///< the MLP's input: attended, or its LayerNorm, out
  std::int64_t hidden_at_ = 0, before_at_ = 0;
  std::int64_t mlp_out_at_ = 0;  ///< post: before ln2, out
  std::int64_t output_at_ = 0;
  LayerSpare spare_;
};

}  // namespace groklab
