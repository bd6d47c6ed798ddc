// See precomputed_transformer.h. Letters: R table rows, S positions, H heads, d d_model, e d_head, m d_mlp, T rows of a
// tile.
#include "groklab/model/precomputed_transformer.h"

#include <cmath>
#include <cstring>
#include <string>

#include "groklab/base/error.h"
#include "groklab/model/rows.h"

namespace groklab {

bool precomputed_applies(const ModelConfig& config) {
  return config.n_layers == 1 && config.layer_norm == LayerNormKind::kNone && config.input_tokens >= 3;
}

namespace {

template <typename T>
class PrecomputedTransformer final : public Network<T> {
 public:
  PrecomputedTransformer(const ModelConfig& config, const TokenSequence& tokens, const ModelSizes& sizes,
                         const Kernels<T>& kernels);

  const char* path_name() const override { return "precomputed tables"; }
  std::int64_t classes() const override { return sizes_.classes; }
  Scratch<T> make_scratch() const override;
  std::int64_t accumulator_size() const override { return matrices_.accumulator_size(); }
  double step_flop(std::int64_t rows) const override;
  void prepare(const T* parameters, ThreadPool& pool) override;
  PanelView<T> forward(std::span<const std::int64_t> rows, Scratch<T>& scratch,
                       const HiddenFilters<T>* filters) const override;
  void backward(std::span<const std::int64_t> rows, Scratch<T>& scratch, T* accumulator, bool first,
                const HiddenFilters<T>* filters) const override;
  PanelView<const T> neurons(Scratch<T>& scratch) const override { return constant(tile(scratch, hidden_at_)); }
  std::int64_t neuron_count() const override { return config_.d_mlp; }
  void clear_accumulator(T* accumulator) const override { matrices_.clear_accumulator(accumulator); }
  void collect(T* gradient, std::span<T* const> accumulators, ThreadPool& pool) override;

 private:
  using Network<T>::layout_;
  using Network<T>::tile_rows_;

  /// A head's own memory for its fraction of the table computations.
  struct Head {
    MatrixId w_v, w_o;
    AlignedBuffer<T> values;          ///< V = X W_V + b_V, [R, e] panels
    AlignedBuffer<T> value_gradient;  ///< [R, e] panels
    AlignedBuffer<T> input_gradient;  ///< this head's part of dX, [R, d] panels
    AlignedBuffer<T> packed;          ///< gradient of W_V or W_O before it is unpacked
    std::vector<T> query;             ///< q = x_last W_Q + b_Q, [e]
    std::vector<T> key;               ///< u = W_K q / sqrt(e), [d]: the score of a table row is its dot product
    std::vector<T> last_gradient;     ///< this head's part of d x_last, [d]
  };

  void prepare_head(Head& head, std::int64_t index);
  void prepare_scores();
  FilteredTile<T> filtered(const HiddenFilters<T>* filters, std::span<const std::int64_t> rows) const {
    return {filters, {.rows = rows, .neurons = config_.d_mlp}};
  }
  void collect_values(Head& head, std::int64_t index, T* gradient, const T* sums);
  std::vector<T> collect_scores(Head& head, std::int64_t index, const T* sums) const;
  void collect_query(Head& head, std::int64_t index, T* gradient, std::span<const T> d_key) const;
  void collect_embeddings(T* gradient, const T* sums, std::int64_t col) const;

  PanelView<T> tile(Scratch<T>& scratch, std::int64_t at) const {
    return {scratch.numbers.data() + at, kernels_.width, tile_rows_ * kernels_.width};
  }
  PanelView<T> table_view(T* data) const { return {data, kernels_.width, table_rows_ * kernels_.width}; }
  std::int64_t head_table_at(std::int64_t head) const { return head * table_rows_ * table_stride_; }
  TableAttentionShape attention_shape() const {
    return {positions_, heads_count_, table_rows_, table_stride_, tile_rows_};
  }
  std::int64_t padded(std::int64_t n) const { return (n + kernels_.width - 1) / kernels_.width * kernels_.width; }
  /// Element `col` of row `row` of X (panels).
  const T& table_input(std::int64_t row, std::int64_t col) const {
    return inputs_[(col / kernels_.width) * table_rows_ * kernels_.width + row * kernels_.width + col % kernels_.width];
  }

  const ModelConfig config_;
  const TokenSequence tokens_;
  const ModelSizes sizes_;
  const Kernels<T>& kernels_;
  MatrixSet<T> matrices_;
  std::unique_ptr<MlpBlock<T>> mlp_;
  std::unique_ptr<Unembedding<T>> unembedding_;

  std::int64_t positions_, heads_count_, d_model_, d_head_;
  std::int64_t table_rows_ = 0, table_stride_ = 0, last_row_ = 0;
  std::vector<std::int64_t> first_row_of_;  ///< first table row of each position
  std::vector<Head> heads_;
  std::int64_t value_gradient_at_ = 0, score_gradient_at_ = 0, base_gradient_at_ = 0;  ///< in the accumulators

  // Tables, valid after prepare().
  const T* parameters_ = nullptr;
  AlignedBuffer<T> inputs_;        ///< X[r] = W_E[token] + W_pos[position], [R, d] panels
  AlignedBuffer<T> value_table_;   ///< [H][R][table_stride]: V W_O
  AlignedBuffer<T> score_table_;   ///< [R][H]
  AlignedBuffer<T> packed_keys_;   ///< all u as the columns of a packed matrix [d, H]
  AlignedBuffer<T> score_panels_;  ///< X U before it is copied to score_table_
  AlignedBuffer<T> base_;          ///< x_last + b_O, padded

  // Places in a scratch.
  std::int64_t middle_at_ = 0, hidden_at_ = 0, before_at_ = 0, out_at_ = 0, logits_at_ = 0, weights_at_ = 0;
  std::int64_t scratch_size_ = 0;
};

template <typename T>
PrecomputedTransformer<T>::PrecomputedTransformer(const ModelConfig& config, const TokenSequence& tokens,
                                                  const ModelSizes& sizes, const Kernels<T>& kernels)
    : config_(config),
      tokens_(tokens),
      sizes_(sizes),
      kernels_(kernels),
      matrices_(kernels),
      positions_(tokens.positions()),
      heads_count_(config.n_heads),
      d_model_(config.d_model),
      d_head_(config.d_head) {
  layout_ = model_layout(config, sizes);
  mlp_ = std::make_unique<MlpBlock<T>>(config, layout_, "blocks.0.mlp.", matrices_, kernels);
  for (std::int64_t position = 0; position < positions_; ++position) {
    first_row_of_.push_back(table_rows_);
    table_rows_ += tokens_.token_count(position);
  }
  last_row_ = table_rows_ - 1;
  table_stride_ = padded(d_model_);
  typename MatrixSet<T>::Use own_gradient;
  own_gradient.gradient = false;
  for (std::int64_t h = 0; h < heads_count_; ++h) {
    Head head;
    head.w_v = matrices_.add_matrix(one_head(layout_.at("blocks.0.attn.W_V"), h), own_gradient);
    head.w_o = matrices_.add_matrix(one_head(layout_.at("blocks.0.attn.W_O"), h), own_gradient);
    head.values = AlignedBuffer<T>(table_rows_ * padded(d_head_));
    head.value_gradient = AlignedBuffer<T>(table_rows_ * padded(d_head_));
    head.input_gradient = AlignedBuffer<T>(table_rows_ * padded(d_model_));
    head.packed = AlignedBuffer<T>(std::max(d_model_ * padded(d_head_), d_head_ * padded(d_model_)));
    head.query.resize(static_cast<std::size_t>(d_head_));
    head.key.resize(static_cast<std::size_t>(d_model_));
    head.last_gradient.resize(static_cast<std::size_t>(d_model_));
    heads_.push_back(std::move(head));
  }
  value_gradient_at_ = matrices_.add_raw(heads_count_ * table_rows_ * table_stride_);
  score_gradient_at_ = matrices_.add_raw(table_rows_ * heads_count_);
  base_gradient_at_ = matrices_.add_raw(padded(d_model_));
  unembedding_ = std::make_unique<Unembedding<T>>(config, layout_, d_model_, sizes.classes, matrices_, kernels);
  inputs_ = AlignedBuffer<T>(table_rows_ * padded(d_model_));
  value_table_ = AlignedBuffer<T>(heads_count_ * table_rows_ * table_stride_);
  score_table_ = AlignedBuffer<T>(table_rows_ * heads_count_);
  packed_keys_ = AlignedBuffer<T>(d_model_ * padded(heads_count_));
  score_panels_ = AlignedBuffer<T>(table_rows_ * padded(heads_count_));
  base_ = AlignedBuffer<T>(padded(d_model_));

  const std::int64_t before = mlp_->keeps_before() ? config.d_mlp : 0;
  const std::int64_t per_row = 2 * d_model_ + config.d_mlp + before + padded(sizes.classes) + heads_count_ * positions_;
  tile_rows_ = choose_tile_rows(per_row, sizeof(T));
  require(kernels.width <= kMaxPanelWidth, "a panel is at most two vectors of 16 floats");
  require(tile_rows_ % kernels.lanes == 0, "table_attention_weights needs whole vectors of rows");
  ScratchPlan plan;
  middle_at_ = plan.take_panels(tile_rows_, d_model_, kernels.width);
  hidden_at_ = plan.take_panels(tile_rows_, config.d_mlp, kernels.width);
  before_at_ = plan.take_panels(tile_rows_, before, kernels.width);
  out_at_ = plan.take_panels(tile_rows_, d_model_, kernels.width);
  logits_at_ = plan.take_panels(tile_rows_, sizes.classes, kernels.width);
  weights_at_ = plan.take(tile_rows_ * heads_count_ * positions_);
  scratch_size_ = plan.size();
}

template <typename T>
Scratch<T> PrecomputedTransformer<T>::make_scratch() const {
  const auto indices = static_cast<std::size_t>(tile_rows_ * positions_);
  return {AlignedBuffer<T>(scratch_size_), std::vector<std::int32_t>(indices)};
}

template <typename T>
double PrecomputedTransformer<T>::step_flop(std::int64_t rows) const {
  const double d = static_cast<double>(d_model_), m = static_cast<double>(config_.d_mlp);
  return 6.0 * static_cast<double>(rows) * (2.0 * d * m + d * static_cast<double>(sizes_.classes));
}

template <typename T>
void PrecomputedTransformer<T>::prepare_head(Head& head, std::int64_t index) {
  const T* w_q = parameters_ + layout_.at("blocks.0.attn.W_Q").offset + index * d_model_ * d_head_;
  const T* w_k = parameters_ + layout_.at("blocks.0.attn.W_K").offset + index * d_model_ * d_head_;
  const TensorSpec* b_q = layout_.find("blocks.0.attn.b_Q");
  const TensorSpec* b_v = layout_.find("blocks.0.attn.b_V");
  // b_K adds the same number to every score of a head, which softmax ignores: it is left out.
  for (std::int64_t j = 0; j < d_head_; ++j) {
    head.query[static_cast<std::size_t>(j)] = b_q != nullptr ? parameters_[b_q->offset + index * d_head_ + j] : T(0);
  }
  for (std::int64_t k = 0; k < d_model_; ++k) {
    const T x = table_input(last_row_, k);
    for (std::int64_t j = 0; j < d_head_; ++j) head.query[static_cast<std::size_t>(j)] += x * w_q[k * d_head_ + j];
  }
  const T scale = T(1) / std::sqrt(static_cast<T>(d_head_));
  for (std::int64_t k = 0; k < d_model_; ++k) {
    T sum = T(0);
    for (std::int64_t j = 0; j < d_head_; ++j) sum += w_k[k * d_head_ + j] * head.query[static_cast<std::size_t>(j)];
    head.key[static_cast<std::size_t>(k)] = scale * sum;
  }
  Epilogue<T> bias;
  bias.bias = b_v != nullptr ? parameters_ + b_v->offset + index * d_head_ : nullptr;
  AlignedBuffer<T> padded_bias;
  if (bias.bias != nullptr) {  // one head's slice is not padded to whole vectors
    padded_bias = AlignedBuffer<T>(padded(d_head_));
    std::memcpy(padded_bias.data(), bias.bias, static_cast<std::size_t>(d_head_) * sizeof(T));
    bias.bias = padded_bias.data();
  }
  const PanelView<T> values = table_view(head.values.data());
  kernels_.nn(values, constant(table_view(inputs_.data())), matrices_.packed(head.w_v), table_rows_, d_head_, d_model_,
              bias);
  const PanelView<T> table{value_table_.data() + head_table_at(index), table_stride_, kernels_.width};
  kernels_.nn(table, constant(values), matrices_.packed(head.w_o), table_rows_, d_model_, d_head_, Epilogue<T>{});
}

template <typename T>
void PrecomputedTransformer<T>::prepare(const T* parameters, ThreadPool& pool) {
  parameters_ = parameters;
  const T* w_e = parameters + layout_.at("embed.W_E").offset;
  const T* w_pos = parameters + layout_.at("pos_embed.W_pos").offset;
  const PanelView<T> inputs = table_view(inputs_.data());
  for (std::int64_t position = 0; position < positions_; ++position) {
    for (std::int64_t index = 0; index < tokens_.token_count(position); ++index) {
      const std::int64_t row = first_row_of_[static_cast<std::size_t>(position)] + index;
      put_row(inputs, row, w_e + tokens_.token(position, index) * d_model_, d_model_, kernels_.width, false);
      put_row(inputs, row, w_pos + position * d_model_, d_model_, kernels_.width, true);
    }
  }
  const TensorSpec* b_o = layout_.find("blocks.0.attn.b_O");
  for (std::int64_t k = 0; k < d_model_; ++k) {
    base_[k] = table_input(last_row_, k) + (b_o != nullptr ? parameters[b_o->offset + k] : T(0));
  }
  matrices_.pack_all(parameters, pool);
  pool.run(heads_count_, [&](std::int64_t h, int) { prepare_head(heads_[static_cast<std::size_t>(h)], h); });
  prepare_scores();
}

/// score_table_[r][h] = X[r] . u_h, all heads in one product.
template <typename T>
void PrecomputedTransformer<T>::prepare_scores() {
  const std::int64_t width = kernels_.width;
  for (std::int64_t h = 0; h < heads_count_; ++h) {
    const std::vector<T>& key = heads_[static_cast<std::size_t>(h)].key;
    T* column = packed_keys_.data() + (h / width) * d_model_ * width + h % width;
    for (std::int64_t k = 0; k < d_model_; ++k) column[k * width] = key[static_cast<std::size_t>(k)];
  }
  const PanelView<T> scores = table_view(score_panels_.data());
  kernels_.nn(scores, constant(table_view(inputs_.data())), packed_keys_.data(), table_rows_, heads_count_, d_model_,
              Epilogue<T>{});
  for (std::int64_t row = 0; row < table_rows_; ++row) {
    for (std::int64_t h = 0; h < heads_count_; ++h) {
      score_table_[row * heads_count_ + h] = scores.data[(h / width) * scores.panel_stride + row * width + h % width];
    }
  }
}

template <typename T>
PanelView<T> PrecomputedTransformer<T>::forward(std::span<const std::int64_t> rows, Scratch<T>& scratch,
                                                const HiddenFilters<T>* filters) const {
  const auto count = static_cast<std::int64_t>(rows.size());
  for (std::int64_t position = 0; position < positions_; ++position) {
    std::int32_t* position_rows = scratch.indices.data() + position * tile_rows_;
    const std::int64_t base = first_row_of_[static_cast<std::size_t>(position)];
    for (std::int64_t i = 0; i < count; ++i) {
      position_rows[i] = static_cast<std::int32_t>(base + tokens_.index(position, rows[static_cast<std::size_t>(i)]));
    }
  }
  T* weights = scratch.numbers.data() + weights_at_;
  const PanelView<T> middle = tile(scratch, middle_at_), out = tile(scratch, out_at_);
  kernels_.table_attention_weights(weights, score_table_.data(), scratch.indices.data(), count, attention_shape());
  kernels_.table_attention_forward(middle, base_.data(), weights, value_table_.data(), scratch.indices.data(), count,
                                   d_model_, attention_shape());
  mlp_->forward(out, tile(scratch, hidden_at_), tile(scratch, before_at_), constant(middle), constant(middle),
                parameters_, count, filtered(filters, rows));
  const PanelView<T> logits = tile(scratch, logits_at_);
  unembedding_->forward(logits, constant(out), parameters_, count);
  return logits;
}

template <typename T>
void PrecomputedTransformer<T>::backward(std::span<const std::int64_t> rows, Scratch<T>& scratch, T* accumulator,
                                         bool first, const HiddenFilters<T>* filters) const {
  const auto count = static_cast<std::int64_t>(rows.size());
  const PanelView<T> middle = tile(scratch, middle_at_), out = tile(scratch, out_at_);
  // d out overwrites nothing that is needed later but `out` itself, which the unembedding reads first.
  unembedding_->backward(out, constant(tile(scratch, logits_at_)), constant(out), accumulator, first, count);
  mlp_->backward(out, constant(out), constant(middle), tile(scratch, hidden_at_), constant(tile(scratch, before_at_)),
                 constant(out), accumulator, first, count, filtered(filters, rows));
  const PanelView<T> d_middle = out;
  kernels_.column_sums(accumulator + base_gradient_at_, constant(d_middle), count, d_model_, true);
  kernels_.table_attention_backward(accumulator + value_gradient_at_, accumulator + score_gradient_at_,
                                    scratch.numbers.data() + weights_at_, constant(d_middle), value_table_.data(),
                                    scratch.indices.data(), count, d_model_, attention_shape());
}

/// Gradients of one head's W_V, W_O and b_V, and what reaches X through its values.
template <typename T>
void PrecomputedTransformer<T>::collect_values(Head& head, std::int64_t index, T* gradient, const T* sums) {
  const std::int64_t tensor_at = index * d_model_ * d_head_;
  const auto w_at = [&](const char* name) { return layout_.at(name).offset + tensor_at; };
  const T* d_table_data = sums + value_gradient_at_ + head_table_at(index);
  const PanelView<const T> d_table{d_table_data, table_stride_, kernels_.width};
  const PanelView<T> d_values = table_view(head.value_gradient.data());
  const PanelView<T> d_inputs = table_view(head.input_gradient.data());
  const PanelView<const T> values = constant(table_view(head.values.data()));
  const PanelView<const T> inputs = constant(table_view(inputs_.data()));
  const auto unpack_into = [&](T* target, std::int64_t depth, std::int64_t n) {
    const BlockedView<T> view{target, n, n, 0};
    for (std::int64_t col = 0; col < n; col += kernels_.width) {
      unpack_panel(view, head.packed.data() + col * depth, depth, col, n, kernels_.width, false);
    }
  };
  kernels_.tn(head.packed.data(), values, d_table, table_rows_, d_model_, d_head_, false);
  unpack_into(gradient + w_at("blocks.0.attn.W_O"), d_head_, d_model_);
  kernels_.nn(d_values, d_table, matrices_.packed_transposed(head.w_o), table_rows_, d_head_, d_model_, Epilogue<T>{});
  kernels_.tn(head.packed.data(), inputs, constant(d_values), table_rows_, d_head_, d_model_, false);
  unpack_into(gradient + w_at("blocks.0.attn.W_V"), d_model_, d_head_);
  kernels_.nn(d_inputs, constant(d_values), matrices_.packed_transposed(head.w_v), table_rows_, d_model_, d_head_,
              Epilogue<T>{});
  if (const TensorSpec* b_v = layout_.find("blocks.0.attn.b_V")) {
    AlignedBuffer<T> column(padded(d_head_));
    kernels_.column_sums(column.data(), constant(d_values), table_rows_, d_head_, false);
    std::memcpy(gradient + b_v->offset + index * d_head_, column.data(), static_cast<std::size_t>(d_head_) * sizeof(T));
  }
}

/// The gradient of one head's key u, and what reaches X through its scores s[r] = X[r] . u, u = W_K q / sqrt(e).
template <typename T>
std::vector<T> PrecomputedTransformer<T>::collect_scores(Head& head, std::int64_t index, const T* sums) const {
  const T* d_scores = sums + score_gradient_at_;
  std::vector<T> d_key(static_cast<std::size_t>(padded(d_model_)), T(0));
  const std::int64_t width = kernels_.width;
  for (std::int64_t col = 0; col < d_model_; col += width) {
    const std::int64_t part = std::min(width, d_model_ - col);
    const T* __restrict x = inputs_.data() + (col / width) * table_rows_ * width;
    T* __restrict dx = head.input_gradient.data() + (col / width) * table_rows_ * width;
    T* __restrict dk = d_key.data() + col;
    const T* __restrict key = head.key.data() + col;
    for (std::int64_t row = 0; row < table_rows_; ++row) {
      const T slope = d_scores[row * heads_count_ + index];
      for (std::int64_t j = 0; j < part; ++j) {
        dk[j] += slope * x[row * width + j];
        dx[row * width + j] += slope * key[j];
      }
    }
  }
  return d_key;
}

/// Gradients of one head's W_Q, W_K, b_Q and b_K, and its part of d x_last.
template <typename T>
void PrecomputedTransformer<T>::collect_query(Head& head, std::int64_t index, T* gradient,
                                              std::span<const T> d_key) const {
  const std::int64_t tensor_at = index * d_model_ * d_head_;
  const auto w_at = [&](const char* name) { return layout_.at(name).offset + tensor_at; };
  const T scale = T(1) / std::sqrt(static_cast<T>(d_head_));
  const T* w_q = parameters_ + w_at("blocks.0.attn.W_Q");
  const T* w_k = parameters_ + w_at("blocks.0.attn.W_K");
  T* d_w_q = gradient + w_at("blocks.0.attn.W_Q");
  T* d_w_k = gradient + w_at("blocks.0.attn.W_K");
  std::vector<T> d_query(static_cast<std::size_t>(d_head_), T(0));
  for (std::int64_t k = 0; k < d_model_; ++k) {
    const T slope = scale * d_key[static_cast<std::size_t>(k)];
    for (std::int64_t j = 0; j < d_head_; ++j) {
      d_w_k[k * d_head_ + j] = slope * head.query[static_cast<std::size_t>(j)];
      d_query[static_cast<std::size_t>(j)] += slope * w_k[k * d_head_ + j];
    }
  }
  for (std::int64_t k = 0; k < d_model_; ++k) {
    const T x = table_input(last_row_, k);
    T sum = T(0);
    for (std::int64_t j = 0; j < d_head_; ++j) {
      d_w_q[k * d_head_ + j] = x * d_query[static_cast<std::size_t>(j)];
      sum += w_q[k * d_head_ + j] * d_query[static_cast<std::size_t>(j)];
    }
    head.last_gradient[static_cast<std::size_t>(k)] = sum;
  }
  if (const TensorSpec* b_q = layout_.find("blocks.0.attn.b_Q")) {
    T* d_b_q = gradient + b_q->offset + index * d_head_;
    T* d_b_k = gradient + layout_.at("blocks.0.attn.b_K").offset + index * d_head_;
    for (std::int64_t j = 0; j < d_head_; ++j) {
      d_b_q[j] = d_query[static_cast<std::size_t>(j)];
      d_b_k[j] = T(0);  // exactly: softmax ignores b_K
    }
  }
}

/// Columns col..col+width-1 of the gradients of W_E, W_pos and b_O: sums of dX over heads, positions and tokens.
template <typename T>
void PrecomputedTransformer<T>::collect_embeddings(T* gradient, const T* sums, std::int64_t col) const {
  const std::int64_t width = kernels_.width, part = std::min(width, d_model_ - col);
  const std::int64_t panel_at = (col / width) * table_rows_ * width;
  T* d_embed = gradient + layout_.at("embed.W_E").offset;
  T* d_pos = gradient + layout_.at("pos_embed.W_pos").offset;
  for (std::int64_t token = 0; token < sizes_.vocabulary; ++token) {
    std::memset(static_cast<void*>(d_embed + token * d_model_ + col), 0, static_cast<std::size_t>(part) * sizeof(T));
  }
  const T* d_base = sums + base_gradient_at_ + col;
  for (std::int64_t position = 0; position < positions_; ++position) {
    T* __restrict pos = d_pos + position * d_model_ + col;
    for (std::int64_t j = 0; j < part; ++j) pos[j] = T(0);
    for (std::int64_t index = 0; index < tokens_.token_count(position); ++index) {
      const std::int64_t row = first_row_of_[static_cast<std::size_t>(position)] + index;
      T* __restrict embed = d_embed + tokens_.token(position, index) * d_model_ + col;
      T sum[kMaxPanelWidth] = {};  // a row of all heads at once: the compiler turns these loops into vectors
      for (const Head& head : heads_) {
        const T* __restrict part_of_head = head.input_gradient.data() + panel_at + row * width;
        for (std::int64_t j = 0; j < part; ++j) sum[j] += part_of_head[j];
      }
      if (row == last_row_) {
        for (std::int64_t j = 0; j < part; ++j) sum[j] += d_base[j];
        for (const Head& head : heads_) {
          const T* last = head.last_gradient.data() + col;
          for (std::int64_t j = 0; j < part; ++j) sum[j] += last[j];
        }
      }
      for (std::int64_t j = 0; j < part; ++j) {
        embed[j] += sum[j];
        pos[j] += sum[j];
      }
    }
  }
  if (const TensorSpec* b_o = layout_.find("blocks.0.attn.b_O")) {
    for (std::int64_t j = 0; j < part; ++j) gradient[b_o->offset + col + j] = d_base[j];
  }
}

template <typename T>
void PrecomputedTransformer<T>::collect(T* gradient, std::span<T* const> accumulators, ThreadPool& pool) {
  // W_E's gradient is written by collect_embeddings, so a tied unembedding must add to it afterwards.
  matrices_.collect_own(gradient, accumulators, pool);
  const T* sums = accumulators[0];
  pool.run(heads_count_, [&](std::int64_t h, int) {
    Head& head = heads_[static_cast<std::size_t>(h)];
    collect_values(head, h, gradient, sums);
    collect_query(head, h, gradient, collect_scores(head, h, sums));
  });
  const std::int64_t panels = padded(d_model_) / kernels_.width;
  pool.run(panels, [&](std::int64_t panel, int) { collect_embeddings(gradient, sums, panel * kernels_.width); });
  matrices_.collect_shared(gradient, accumulators);
}

}  // namespace

template <typename T>
std::unique_ptr<Network<T>> make_precomputed_transformer(const ModelConfig& config, const TokenSequence& tokens,
                                                         const ModelSizes& sizes, const Kernels<T>& kernels) {
  return std::make_unique<PrecomputedTransformer<T>>(config, tokens, sizes, kernels);
}

template std::unique_ptr<Network<float>> make_precomputed_transformer(const ModelConfig&, const TokenSequence&,
                                                                      const ModelSizes&, const Kernels<float>&);
template std::unique_ptr<Network<double>> make_precomputed_transformer(const ModelConfig&, const TokenSequence&,
                                                                       const ModelSizes&, const Kernels<double>&);

}  // namespace groklab
