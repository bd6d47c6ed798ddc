// See transformer_layer.h.
#include "groklab/model/transformer_layer.h"

#include <string>

#include "groklab/model/rows.h"

namespace groklab {

namespace {

std::string block_name(std::int64_t index, const char* part) { return "blocks." + std::to_string(index) + "." + part; }

}  // namespace

LayerSpare plan_layer_spare(const ModelConfig& config, std::int64_t tile_positions, std::int64_t width,
                            ScratchPlan& plan) {
  const std::int64_t d_attention = config.n_heads * config.d_head;
  LayerSpare spare;
  spare.d_q_at = plan.take_panels(tile_positions, d_attention, width);
  spare.d_k_at = plan.take_panels(tile_positions, d_attention, width);
  spare.d_v_at = plan.take_panels(tile_positions, d_attention, width);
  if (config.layer_norm == LayerNormKind::kPre) {
    spare.d_in_at = plan.take_panels(tile_positions, config.d_model, width);
  }
  return spare;
}

template <typename T>
TransformerLayer<T>::TransformerLayer(const ModelConfig& config, const ParameterLayout& layout, std::int64_t index,
                                      bool last, std::int64_t positions, std::int64_t tile_sequences,
                                      const LayerSpare& spare, MatrixSet<T>& matrices, const Kernels<T>& kernels,
                                      ScratchPlan& plan)
    : kernels_(kernels),
      matrices_(matrices),
      norm_(config.layer_norm),
      index_(index),
      last_(last),
      positions_(positions),
      d_model_(config.d_model),
      d_mlp_(config.d_mlp),
      heads_(config.n_heads),
      d_head_(config.d_head),
      in_capacity_(tile_sequences * positions),
      out_capacity_(tile_sequences * (last ? 1 : positions)),
      mlp_(config, layout, block_name(index, "mlp."), matrices, kernels),
      w_q_(matrices.add_matrix(heads_as_columns(layout.at(block_name(index, "attn.W_Q"))), {})),
      w_k_(matrices.add_matrix(heads_as_columns(layout.at(block_name(index, "attn.W_K"))), {})),
      w_v_(matrices.add_matrix(heads_as_columns(layout.at(block_name(index, "attn.W_V"))), {})),
      w_o_(matrices.add_matrix(heads_as_rows(layout.at(block_name(index, "attn.W_O"))), {})),
      spare_(spare) {
  if (norm_ != LayerNormKind::kNone) {
    ln1_.emplace(layout, block_name(index, "ln1"), matrices, kernels);
    ln2_.emplace(layout, block_name(index, "ln2"), matrices, kernels);
  }
  if (layout.find(block_name(index, "attn.b_Q")) != nullptr) {
    attention_bias_ = true;
    const auto add = [&](const char* name, MatrixId& id, std::int64_t& at) {
      const TensorSpec& spec = layout.at(block_name(index, name));
      id = matrices.add_vector(spec);
      at = spec.offset;
    };
    add("attn.b_Q", b_q_, b_q_at_);
    add("attn.b_K", b_k_, b_k_at_);
    add("attn.b_V", b_v_, b_v_at_);
    add("attn.b_O", b_o_, b_o_at_);
  }
  const std::int64_t width = kernels.width, d_attention = heads_ * d_head_;
  const std::int64_t queries = last ? 1 : positions;
  if (norm_ == LayerNormKind::kPre) normal_in_at_ = plan.take_panels(in_capacity_, d_model_, width);
  moments1_at_ = plan.take(2 * in_capacity_);
  moments2_at_ = plan.take(2 * out_capacity_);
  q_at_ = plan.take_panels(out_capacity_, d_attention, width);
  k_at_ = plan.take_panels(in_capacity_, d_attention, width);
  v_at_ = plan.take_panels(in_capacity_, d_attention, width);
  probabilities_at_ = plan.take(tile_sequences * heads_ * queries * positions);
  mixed_at_ = plan.take_panels(out_capacity_, d_attention, width);
  attended_at_ = plan.take_panels(out_capacity_, d_model_, width);
  middle_at_ = norm_ == LayerNormKind::kNone ? attended_at_ : plan.take_panels(out_capacity_, d_model_, width);
  hidden_at_ = plan.take_panels(out_capacity_, d_mlp_, width);
  if (mlp_.keeps_before()) before_at_ = plan.take_panels(out_capacity_, d_mlp_, width);
  output_at_ = plan.take_panels(out_capacity_, d_model_, width);
  mlp_out_at_ = norm_ == LayerNormKind::kPost ? plan.take_panels(out_capacity_, d_model_, width) : output_at_;
}

template <typename T>
void TransformerLayer<T>::forward(T* scratch, PanelView<const T> x, const T* parameters,
                                  std::span<const std::int64_t> task_rows, const HiddenFilters<T>* filters) const {
  const auto sequences = static_cast<std::int64_t>(task_rows.size());
  const std::int64_t rows = sequences * positions_, out_rows = last_ ? sequences : rows;
  const std::int64_t d_attention = heads_ * d_head_;
  PanelView<const T> in = x;
  if (norm_ == LayerNormKind::kPre) {
    const PanelView<T> normal = panels(scratch, normal_in_at_, in_capacity_);
    ln1_->forward(normal, scratch + moments1_at_, x, parameters, rows);
    in = constant(normal);
  }
  const PanelView<T> q = panels(scratch, q_at_, out_capacity_), k = panels(scratch, k_at_, in_capacity_);
  const PanelView<T> v = panels(scratch, v_at_, in_capacity_), mixed = panels(scratch, mixed_at_, out_capacity_);
  Epilogue<T> epilogue;
  epilogue.bias = bias(parameters, b_q_at_);
  kernels_.nn(q, passing(in), matrices_.packed(w_q_), out_rows, d_attention, d_model_, epilogue);
  epilogue.bias = bias(parameters, b_k_at_);
  kernels_.nn(k, in, matrices_.packed(w_k_), rows, d_attention, d_model_, epilogue);
  epilogue.bias = bias(parameters, b_v_at_);
  kernels_.nn(v, in, matrices_.packed(w_v_), rows, d_attention, d_model_, epilogue);
  const AttentionShape shape{sequences, positions_, heads_, d_head_, last_};
  kernels_.attention_forward(mixed, scratch + probabilities_at_, constant(q), constant(k), constant(v), shape);

  const PanelView<T> attended = panels(scratch, attended_at_, out_capacity_);
  epilogue.bias = bias(parameters, b_o_at_);
  epilogue.addend = passing(x);
  kernels_.nn(attended, constant(mixed), matrices_.packed(w_o_), out_rows, d_model_, d_attention, epilogue);
  const PanelView<T> middle = panels(scratch, middle_at_, out_capacity_);
  if (norm_ == LayerNormKind::kPre) {
    ln2_->forward(middle, scratch + moments2_at_, constant(attended), parameters, out_rows);
  } else if (norm_ == LayerNormKind::kPost) {
    ln1_->forward(middle, scratch + moments1_at_, constant(attended), parameters, out_rows);
  }
  const PanelView<const T> residual = norm_ == LayerNormKind::kPre ? constant(attended) : constant(middle);
  const PanelView<T> mlp_out = panels(scratch, mlp_out_at_, out_capacity_);
  mlp_.forward(mlp_out, panels(scratch, hidden_at_, out_capacity_), panels(scratch, before_at_, out_capacity_),
               constant(middle), residual, parameters, out_rows, filtered(filters, task_rows));
  if (norm_ == LayerNormKind::kPost) {
    ln2_->forward(output(scratch), scratch + moments2_at_, constant(mlp_out), parameters, out_rows);
  }
}

template <typename T>
void TransformerLayer<T>::backward_mlp(T* scratch, const T* parameters, T* accumulator, bool first,
                                       std::span<const std::int64_t> rows, const HiddenFilters<T>* filters) const {
  const std::int64_t out_rows = static_cast<std::int64_t>(rows.size()) * (last_ ? 1 : positions_);
  const PanelView<T> attended = panels(scratch, attended_at_, out_capacity_);
  const PanelView<T> middle = panels(scratch, middle_at_, out_capacity_);
  const PanelView<T> hidden = panels(scratch, hidden_at_, out_capacity_);
  const PanelView<const T> before = constant(panels(scratch, before_at_, out_capacity_));
  const PanelView<T> d = output(scratch);
  const FilteredTile<T> filter = filtered(filters, rows);
  if (norm_ == LayerNormKind::kPost) {
    const PanelView<T> mlp_out = panels(scratch, mlp_out_at_, out_capacity_);
    ln2_->backward(d, constant(d), constant(mlp_out), scratch + moments2_at_, parameters, accumulator, out_rows, false);
  }
  if (norm_ == LayerNormKind::kPre) {
    // The normalised input is read by the block's backward pass before its place takes the gradient.
    mlp_.backward(middle, constant(d), constant(middle), hidden, before, {}, accumulator, first, out_rows, filter);
    ln2_->backward(d, constant(middle), constant(attended), scratch + moments2_at_, parameters, accumulator, out_rows,
                   true);
    return;
  }
  mlp_.backward(d, constant(d), constant(middle), hidden, before, constant(d), accumulator, first, out_rows, filter);
  if (norm_ == LayerNormKind::kPost) {
    ln1_->backward(d, constant(d), constant(attended), scratch + moments1_at_, parameters, accumulator, out_rows,
                   false);
  }
}

template <typename T>
void TransformerLayer<T>::backward_heads(T* scratch, PanelView<const T> d_attended, T* accumulator, bool first,
                                         std::int64_t sequences) const {
  const std::int64_t out_rows = sequences * (last_ ? 1 : positions_), d_attention = heads_ * d_head_;
  const PanelView<T> q = panels(scratch, q_at_, out_capacity_), k = panels(scratch, k_at_, in_capacity_);
  const PanelView<T> v = panels(scratch, v_at_, in_capacity_), mixed = panels(scratch, mixed_at_, out_capacity_);
  kernels_.tn(accumulator + matrices_.gradient_at(w_o_), constant(mixed), d_attended, out_rows, d_model_, d_attention,
              !first);
  if (attention_bias_) {
    kernels_.column_sums(accumulator + matrices_.gradient_at(b_o_), d_attended, out_rows, d_model_, true);
  }
  kernels_.nn(mixed, d_attended, matrices_.packed_transposed(w_o_), out_rows, d_attention, d_model_, Epilogue<T>{});
  const AttentionShape shape{sequences, positions_, heads_, d_head_, last_};
  const PanelView<T> d_q = panels(scratch, spare_.d_q_at, in_capacity_);
  const PanelView<T> d_k = panels(scratch, spare_.d_k_at, in_capacity_);
  const PanelView<T> d_v = panels(scratch, spare_.d_v_at, in_capacity_);
  kernels_.attention_backward(d_q, d_k, d_v, constant(mixed), scratch + probabilities_at_, constant(q), constant(k),
                              constant(v), shape);
}

template <typename T>
void TransformerLayer<T>::backward_input(T* scratch, PanelView<T> d_in, PanelView<const T> in, T* accumulator,
                                         bool first, std::int64_t sequences) const {
  const std::int64_t rows = sequences * positions_, out_rows = last_ ? sequences : rows;
  const std::int64_t d_attention = heads_ * d_head_;
  const PanelView<const T> d_q = constant(panels(scratch, spare_.d_q_at, in_capacity_));
  const PanelView<const T> d_k = constant(panels(scratch, spare_.d_k_at, in_capacity_));
  const PanelView<const T> d_v = constant(panels(scratch, spare_.d_v_at, in_capacity_));
  kernels_.tn(accumulator + matrices_.gradient_at(w_q_), passing(in), d_q, out_rows, d_attention, d_model_, !first);
  kernels_.tn(accumulator + matrices_.gradient_at(w_k_), in, d_k, rows, d_attention, d_model_, !first);
  kernels_.tn(accumulator + matrices_.gradient_at(w_v_), in, d_v, rows, d_attention, d_model_, !first);
  if (attention_bias_) {
    kernels_.column_sums(accumulator + matrices_.gradient_at(b_q_), d_q, out_rows, d_attention, true);
    kernels_.column_sums(accumulator + matrices_.gradient_at(b_k_), d_k, rows, d_attention, true);
    kernels_.column_sums(accumulator + matrices_.gradient_at(b_v_), d_v, rows, d_attention, true);
  }
  Epilogue<T> add;
  kernels_.nn(d_in, d_k, matrices_.packed_transposed(w_k_), rows, d_model_, d_attention, add);
  add.addend = constant(d_in);
  kernels_.nn(d_in, d_v, matrices_.packed_transposed(w_v_), rows, d_model_, d_attention, add);
  add.addend = passing(constant(d_in));
  kernels_.nn(passing(d_in), d_q, matrices_.packed_transposed(w_q_), out_rows, d_model_, d_attention, add);
}

template <typename T>
void TransformerLayer<T>::backward(T* scratch, PanelView<T> dx, PanelView<const T> x, const T* parameters,
                                   T* accumulator, bool first, std::span<const std::int64_t> rows,
                                   const HiddenFilters<T>* filters) const {
  const auto sequences = static_cast<std::int64_t>(rows.size());
  const std::int64_t out_rows = sequences * (last_ ? 1 : positions_);
  backward_mlp(scratch, parameters, accumulator, first, rows, filters);
  const PanelView<T> d_attended = output(scratch);
  backward_heads(scratch, constant(d_attended), accumulator, first, sequences);
  if (norm_ == LayerNormKind::kPre) {
    const PanelView<T> d_in = panels(scratch, spare_.d_in_at, in_capacity_);
    const PanelView<const T> in = constant(panels(scratch, normal_in_at_, in_capacity_));
    backward_input(scratch, d_in, in, accumulator, first, sequences);
    ln1_->backward(dx, constant(d_in), x, scratch + moments1_at_, parameters, accumulator, sequences * positions_,
                   false);
  } else {
    backward_input(scratch, dx, x, accumulator, first, sequences);
  }
  const PanelView<T> d_residual = passing(dx);
  for (std::int64_t row = 0; row < out_rows; ++row) {
    add_panel_row(d_residual, row, constant(d_attended), row, d_model_, kernels_.width, true);
  }
}

template <typename T>
double TransformerLayer<T>::sequence_flop() const {
  const double in = static_cast<double>(positions_), out = last_ ? 1.0 : in;
  const double d = static_cast<double>(d_model_), m = static_cast<double>(d_mlp_);
  const double a = static_cast<double>(heads_ * d_head_);
  return 6.0 * (out * (2.0 * d * m + 2.0 * d * a) + in * 2.0 * d * a);
}

template class TransformerLayer<float>;
template class TransformerLayer<double>;

}  // namespace groklab
