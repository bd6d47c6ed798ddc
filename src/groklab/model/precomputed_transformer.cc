// See precomputed_transformer.h.
#include "groklab/model/precomputed_transformer.h"

#include <cstring>
#include <optional>
#include <string>

#include "groklab/base/error.h"
#include "groklab/model/attention_inputs.h"
#include "groklab/model/attention_output.h"
#include "groklab/model/folded_output.h"
#include "groklab/model/row_grouping.h"

namespace groklab {

bool precomputed_applies(const ModelConfig& config) {
  return config.n_layers == 1 && config.layer_norm == LayerNormKind::kNone && config.input_tokens >= 3;
}

PrecomputedShape precomputed_shape(const ModelConfig& config, const TokenSequence& tokens, const ModelSizes& sizes,
                                   std::int64_t rows) {
  const AttentionSizes attention = attention_sizes(config, tokens);
  return {rows,          attention.rows(), attention.slots, config.n_heads,
          config.d_head, config.d_model,   config.d_mlp,    sizes.classes};
}

namespace {

template <typename T>
class PrecomputedTransformer final : public Network<T> {
 public:
  PrecomputedTransformer(const ModelConfig& config, const TokenSequence& tokens, const ModelSizes& sizes,
                         const PrecomputedPlan& plan, const Kernels<T>& kernels);

  const char* path_name() const override {
    if (!plan_.input_tables && !plan_.folded_output) return "precomputed tables, residual stream";
    return plan_.needs_stream() ? "precomputed tables, part of the residual stream" : "precomputed tables";
  }
  std::int64_t classes() const override { return sizes_.classes; }
  bool reads_tables() const override { return true; }
  Scratch<T> make_scratch() const override;
  std::int64_t accumulator_size() const override { return matrices_.accumulator_size(); }
  double step_flop(std::int64_t rows) const override {
    return precomputed_flop(precomputed_shape(config_, tokens_, sizes_, rows), plan_);
  }
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

  void add_weights();
  void plan_scratch();
  void attend(std::span<const std::int64_t> rows, Scratch<T>& scratch) const;
  void forward_neurons(std::int64_t rows, Scratch<T>& scratch) const;
  void backward_logits(std::int64_t rows, Scratch<T>& scratch, T* accumulator, bool first) const;
  void backward_neurons(std::int64_t rows, Scratch<T>& scratch, T* accumulator, bool first) const;
  void add_score_gradient(std::int64_t rows, Scratch<T>& scratch, T* accumulator) const;
  void collect_columns(T* gradient, std::span<T* const> accumulators, ThreadPool& pool);
  void collect_rows(T* gradient, const T* sums, ThreadPool& pool);
  void collect_stream_panel(std::int64_t panel, T* gradient, const T* sums);
  void collect_vectors(T* gradient, const T* sums) const;
  void collect_unembedding(T* gradient, std::int64_t panel) const;

  PanelView<T> tile(Scratch<T>& scratch, std::int64_t at) const {
    return {scratch.numbers.data() + at, kernels_.width, tile_rows_ * kernels_.width};
  }
  AttentionTile<T> attention_tile(Scratch<T>& scratch) const {
    return {scratch.numbers.data() + weights_at_, {tile_rows_, scratch.indices.data(), scratch.groups.data()}};
  }
  SoftmaxShape softmax_shape() const {
    return {attention_.slots + 1, attention_.heads, attention_.token_rows, tile_rows_};
  }
  const T* parameter(const char* name) const {
    const TensorSpec* spec = layout_.find(name);
    return spec != nullptr ? parameters_ + spec->offset : nullptr;
  }
  bool is_relu() const { return config_.activation == Activation::kRelu; }
  std::int64_t panels(std::int64_t n) const { return (n + kernels_.width - 1) / kernels_.width; }
  std::int64_t padded(std::int64_t n) const { return panels(n) * kernels_.width; }

  const ModelConfig config_;
  const TokenSequence tokens_;
  const ModelSizes sizes_;
  const PrecomputedPlan plan_;
  const Kernels<T>& kernels_;
  const AttentionSizes attention_;
  MatrixSet<T> matrices_;
  std::optional<AttentionInputs<T>> inputs_;
  std::optional<AttentionOutput<T>> to_neurons_, to_logits_, to_stream_;
  std::optional<FoldedOutput<T>> folded_;
  std::optional<MlpInput<T>> mlp_input_;
  std::optional<MlpOutput<T>> mlp_output_;
  std::optional<Unembedding<T>> unembedding_;
  std::optional<RowGrouping> grouping_;
  std::int64_t score_gradient_at_ = 0;  ///< in the accumulators: panels [score rows, heads]

  const T* parameters_ = nullptr;
  AlignedBuffer<T> direct_;            ///< x_last + b_O, which reaches the neurons past attention
  AlignedBuffer<T> direct_to_logits_;  ///< x_last + b_O + b_out
  AlignedBuffer<T> w_o_gradient_;      ///< [d_model panel][heads * d_head][width]
  AlignedBuffer<T> direct_gradient_;   ///< [d_model]
  AlignedBuffer<T> direct_to_logits_gradient_;
  AlignedBuffer<T> unembedding_gradient_;  ///< transposed, of the folded output: [d_model panel][C][width]

  // Places in a scratch.
  std::int64_t stream_at_ = 0, hidden_at_ = 0, before_at_ = 0, out_at_ = 0, logits_at_ = 0, weights_at_ = 0;
  std::int64_t shares_at_ = 0, slopes_at_ = 0, scratch_size_ = 0;
};

template <typename T>
PrecomputedTransformer<T>::PrecomputedTransformer(const ModelConfig& config, const TokenSequence& tokens,
                                                  const ModelSizes& sizes, const PrecomputedPlan& plan,
                                                  const Kernels<T>& kernels)
    : config_(config),
      tokens_(tokens),
      sizes_(sizes),
      plan_(plan),
      kernels_(kernels),
      attention_(attention_sizes(config, tokens)),
      matrices_(kernels) {
  layout_ = model_layout(config, sizes);
  require(kernels.width <= kMaxPanelWidth, "a panel is at most two vectors of 16 floats");
  add_weights();
  const std::int64_t d = config.d_model;
  direct_ = AlignedBuffer<T>(padded(d));
  direct_to_logits_ = AlignedBuffer<T>(padded(d));
  direct_gradient_ = AlignedBuffer<T>(padded(d));
  direct_to_logits_gradient_ = AlignedBuffer<T>(padded(d));
  w_o_gradient_ = AlignedBuffer<T>(padded(d) * attention_.joined());
  if (plan_.folded_output) unembedding_gradient_ = AlignedBuffer<T>(padded(d) * sizes.classes);
  plan_scratch();
}

template <typename T>
void PrecomputedTransformer<T>::add_weights() {
  typename MatrixSet<T>::Use no_gradient;
  no_gradient.gradient = false;
  inputs_.emplace(attention_, layout_, matrices_, kernels_);
  typename MatrixSet<T>::Use only_forward = no_gradient;
  only_forward.backward = false;
  const TensorSpec& w_o_spec = layout_.at("blocks.0.attn.W_O");
  const MatrixId w_o = plan_.needs_stream() ? matrices_.add_matrix(heads_as_rows(w_o_spec), only_forward) : MatrixId{0};
  const auto attention_to = [&](std::optional<AttentionOutput<T>>& output, std::optional<MatrixId> matrix,
                                std::int64_t n) { output.emplace(*inputs_, w_o, matrix, n, matrices_, kernels_); };
  if (plan_.needs_stream()) attention_to(to_stream_, std::nullopt, config_.d_model);
  if (plan_.input_tables) {
    const MatrixId w_in = matrices_.add_matrix(plain_matrix(layout_.at("blocks.0.mlp.W_in")), no_gradient);
    attention_to(to_neurons_, w_in, config_.d_mlp);
  } else {
    mlp_input_.emplace(config_, layout_, "blocks.0.mlp.", matrices_, kernels_);
  }
  if (plan_.folded_output) {
    const MatrixId w_out = matrices_.add_matrix(plain_matrix(layout_.at("blocks.0.mlp.W_out")), no_gradient);
    const MatrixId w_u = matrices_.add_matrix(unembedding_place(config_, layout_, sizes_.classes), no_gradient);
    attention_to(to_logits_, w_u, sizes_.classes);
    folded_.emplace(w_out, w_u, config_.d_mlp, config_.d_model, sizes_.classes, matrices_, kernels_);
  } else {
    mlp_output_.emplace(config_, layout_, "blocks.0.mlp.", matrices_, kernels_);
    unembedding_.emplace(config_, layout_, config_.d_model, sizes_.classes, matrices_, kernels_);
  }
  score_gradient_at_ = matrices_.add_raw(inputs_->score_rows() * padded(attention_.heads));
}

template <typename T>
void PrecomputedTransformer<T>::plan_scratch() {
  const std::int64_t heads = attention_.heads, slots = attention_.slots, width = kernels_.width;
  const std::int64_t before = is_relu() ? 0 : config_.d_mlp;
  const std::int64_t stream = plan_.needs_stream() ? config_.d_model : 0;
  const std::int64_t out = plan_.folded_output ? 0 : config_.d_model;
  const std::int64_t share_size = kernels_.mixture_share_size(heads);
  const std::int64_t of_attention = 2 * heads * (slots + 1) + slots * share_size;
  tile_rows_ =
      choose_tile_rows(config_.d_mlp + before + stream + out + padded(sizes_.classes) + of_attention, sizeof(T));
  grouping_.emplace(slots, attention_.token_rows, tile_rows_);
  ScratchPlan plan;
  stream_at_ = plan.take_panels(tile_rows_, stream, width);
  hidden_at_ = plan.take_panels(tile_rows_, config_.d_mlp, width);
  before_at_ = plan.take_panels(tile_rows_, before, width);
  out_at_ = plan.take_panels(tile_rows_, out, width);
  logits_at_ = plan.take_panels(tile_rows_, sizes_.classes, width);
  weights_at_ = plan.take(tile_rows_ * heads * (slots + 1));
  shares_at_ = plan.take(tile_rows_ * slots * share_size);
  slopes_at_ = plan.take(tile_rows_ * heads * (slots + 1));
  scratch_size_ = plan.size();
}

template <typename T>
Scratch<T> PrecomputedTransformer<T>::make_scratch() const {
  return {AlignedBuffer<T>(scratch_size_), std::vector<std::int32_t>(static_cast<std::size_t>(grouping_->size())),
          std::vector<RowGroups>(static_cast<std::size_t>(attention_.slots))};
}

template <typename T>
void PrecomputedTransformer<T>::prepare(const T* parameters, ThreadPool& pool) {
  parameters_ = parameters;
  inputs_->prepare_rows(parameters);
  const T* const b_o = parameter("blocks.0.attn.b_O");
  const T* const b_out = parameter("blocks.0.mlp.b_out");
  for (std::int64_t k = 0; k < config_.d_model; ++k) {
    direct_[k] = inputs_->last_input()[k] + (b_o != nullptr ? b_o[k] : T(0));
    direct_to_logits_[k] = direct_[k] + (b_out != nullptr ? b_out[k] : T(0));
  }
  matrices_.pack_all(parameters, pool);
  pool.run(attention_.heads, [&](std::int64_t h, int) { inputs_->prepare_head(h); });
  const T* const w_o = parameter("blocks.0.attn.W_O");
  const std::int64_t neuron_panels = to_neurons_ ? to_neurons_->panels() : 0;
  const std::int64_t logit_panels = to_logits_ ? to_logits_->panels() : 0;
  const std::int64_t stream_panels = to_stream_ ? to_stream_->panels() : 0;
  const std::int64_t folded_panels = folded_ ? folded_->panels() : 0;
  pool.run(neuron_panels + logit_panels + stream_panels + folded_panels + 1, [&](std::int64_t index, int) {
    if (index < neuron_panels) {
      return to_neurons_->prepare_panel(index, w_o, direct_.data(), parameter("blocks.0.mlp.b_in"));
    }
    index -= neuron_panels;
    if (index < folded_panels) return folded_->prepare_panel(index);
    index -= folded_panels;
    if (index < logit_panels) {
      return to_logits_->prepare_panel(index, w_o, direct_to_logits_.data(), parameter("unembed.b_U"));
    }
    index -= logit_panels;
    if (index < stream_panels) return to_stream_->prepare_panel(index, w_o, direct_.data(), nullptr);
    inputs_->prepare_scores();
  });
}

/// Which table rows the tile's rows read, and with which weights.
template <typename T>
void PrecomputedTransformer<T>::attend(std::span<const std::int64_t> rows, Scratch<T>& scratch) const {
  const auto count = static_cast<std::int64_t>(rows.size());
  std::int32_t* const memory = scratch.indices.data();
  for (std::int64_t slot = 0; slot < attention_.slots; ++slot) {
    std::int32_t* reads = grouping_->read_by(memory, slot);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t index = tokens_.index(slot, rows[static_cast<std::size_t>(i)]);
      reads[i] = static_cast<std::int32_t>(tokens_.token(slot, index));
    }
    scratch.groups[static_cast<std::size_t>(slot)] = grouping_->build(memory, slot, count);
  }
  kernels_.softmax_of_scores(scratch.numbers.data() + weights_at_, inputs_->scores(), memory, count, softmax_shape());
}

template <typename T>
void PrecomputedTransformer<T>::forward_neurons(std::int64_t rows, Scratch<T>& scratch) const {
  const PanelView<T> hidden = tile(scratch, hidden_at_);
  const PanelView<T> before = is_relu() ? hidden : tile(scratch, before_at_);
  if (to_neurons_) {
    to_neurons_->forward(before, is_relu(), attention_tile(scratch));
  } else {
    mlp_input_->forward(before, constant(tile(scratch, stream_at_)), parameters_, is_relu(), rows);
  }
  if (!is_relu()) kernels_.activate(hidden, constant(before), rows, config_.d_mlp, config_.activation);
}

template <typename T>
PanelView<T> PrecomputedTransformer<T>::forward(std::span<const std::int64_t> rows, Scratch<T>& scratch,
                                                const HiddenFilters<T>* filters) const {
  const auto count = static_cast<std::int64_t>(rows.size());
  attend(rows, scratch);
  const PanelView<T> stream = tile(scratch, stream_at_), hidden = tile(scratch, hidden_at_);
  const PanelView<T> logits = tile(scratch, logits_at_);
  if (to_stream_) to_stream_->forward(stream, false, attention_tile(scratch));
  forward_neurons(count, scratch);
  FilteredTile<T>{filters, {.rows = rows, .neurons = config_.d_mlp}}.forward(hidden);
  if (folded_) {
    to_logits_->forward(logits, false, attention_tile(scratch));
    folded_->forward(logits, constant(hidden), count);
  } else {
    const PanelView<T> out = tile(scratch, out_at_);
    mlp_output_->forward(out, constant(hidden), constant(stream), parameters_, count);
    unembedding_->forward(logits, constant(out), parameters_, count);
  }
  return logits;
}

/// From the logits to the neurons, whose place takes their gradient; to `out`, if there is one, that of the stream.
template <typename T>
void PrecomputedTransformer<T>::backward_logits(std::int64_t rows, Scratch<T>& scratch, T* accumulator,
                                                bool first) const {
  const PanelView<const T> logits = constant(tile(scratch, logits_at_));
  const PanelView<T> hidden = tile(scratch, hidden_at_);
  if (folded_) {
    folded_->backward(hidden, logits, accumulator, first, is_relu(), rows);
    to_logits_->backward(accumulator, scratch.numbers.data() + shares_at_, true, logits, attention_tile(scratch));
    return;
  }
  const PanelView<T> out = tile(scratch, out_at_);
  unembedding_->backward(out, logits, constant(out), accumulator, first, rows);
  mlp_output_->backward(hidden, constant(out), is_relu(), accumulator, first, rows);
}

/// From the neurons' inputs to the weights of attention and the tables.
template <typename T>
void PrecomputedTransformer<T>::backward_neurons(std::int64_t rows, Scratch<T>& scratch, T* accumulator,
                                                 bool first) const {
  T* const shares = scratch.numbers.data() + shares_at_;
  const PanelView<const T> hidden = constant(tile(scratch, hidden_at_));
  const bool has_shares = plan_.folded_output;
  if (to_neurons_) {
    to_neurons_->backward(accumulator, shares, !has_shares, hidden, attention_tile(scratch));
  }
  if (!to_stream_) return;
  const PanelView<T> stream = tile(scratch, stream_at_), out = tile(scratch, out_at_);
  PanelView<const T> d_stream = constant(out);
  if (mlp_input_) {
    // Without an `out`, the stream reaches the logits through tables, and its own place takes its gradient.
    const PanelView<T> target = plan_.folded_output ? stream : out;
    mlp_input_->backward(target, hidden, constant(stream), plan_.folded_output ? PanelView<const T>{} : constant(out),
                         accumulator, first, rows);
    d_stream = constant(target);
  }
  to_stream_->backward(accumulator, shares, !has_shares && !to_neurons_, d_stream, attention_tile(scratch));
}

template <typename T>
void PrecomputedTransformer<T>::add_score_gradient(std::int64_t rows, Scratch<T>& scratch, T* accumulator) const {
  const std::int64_t heads = attention_.heads, slots = attention_.slots;
  T* const slopes = scratch.numbers.data() + slopes_at_;
  kernels_.mixture_weights_backward(slopes, scratch.numbers.data() + shares_at_, scratch.numbers.data() + weights_at_,
                                    rows, softmax_shape());
  const std::int64_t width = kernels_.width, positions = slots + 1;
  for (std::int64_t first = 0; first < heads; first += width) {
    T* const panel = accumulator + score_gradient_at_ + first * inputs_->score_rows();
    const std::int64_t part = std::min(width, heads - first);
    for (std::int64_t position = 0; position < positions; ++position) {
      // By slot and token, not by position: a sum of thousands of slopes would lose the digits that cancel in it.
      T* const of_position = panel + position * attention_.token_rows * width;
      const std::int32_t* const reads = grouping_->read_by(scratch.indices.data(), position);
      for (std::int64_t r = 0; r < rows; ++r) {
        const T* slope = slopes + (r * positions + position) * heads + first;
        T* const sum = position < slots ? of_position + reads[r] * width : of_position;
        for (std::int64_t h = 0; h < part; ++h) sum[h] += slope[h];
      }
    }
  }
}

template <typename T>
void PrecomputedTransformer<T>::backward(std::span<const std::int64_t> rows, Scratch<T>& scratch, T* accumulator,
                                         bool first, const HiddenFilters<T>* filters) const {
  const auto count = static_cast<std::int64_t>(rows.size());
  const PanelView<T> hidden = tile(scratch, hidden_at_);
  backward_logits(count, scratch, accumulator, first);
  FilteredTile<T>{filters, {.rows = rows, .neurons = config_.d_mlp}}.backward(hidden);
  if (!is_relu()) {
    kernels_.activate_gradient(hidden, constant(tile(scratch, before_at_)), count, config_.d_mlp, config_.activation);
  }
  backward_neurons(count, scratch, accumulator, first);
  add_score_gradient(count, scratch, accumulator);
}

/// What needs one panel of columns of the tables alone.
template <typename T>
void PrecomputedTransformer<T>::collect_columns(T* gradient, std::span<T* const> accumulators, ThreadPool& pool) {
  const T* const w_o = parameter("blocks.0.attn.W_O");
  const std::int64_t neuron_panels = to_neurons_ ? to_neurons_->panels() : 0;
  const std::int64_t logit_panels = to_logits_ ? to_logits_->panels() : 0;
  const std::int64_t stream_panels = to_stream_ ? to_stream_->panels() : 0;
  const std::int64_t folded_panels = folded_ ? folded_->panels() : 0;
  const std::int64_t d = config_.d_model, m = config_.d_mlp, width = kernels_.width;
  pool.run(neuron_panels + folded_panels + logit_panels + stream_panels + 1, [&](std::int64_t index, int) {
    if (index < neuron_panels) {
      to_neurons_->collect_panel(index, w_o, direct_.data(), accumulators);
      const BlockedView<T> target{gradient + layout_.at("blocks.0.mlp.W_in").offset, m, m, 0};
      for (std::int64_t p = to_neurons_->first_kernel_panel(index); p < to_neurons_->last_kernel_panel(index); ++p) {
        unpack_panel(target, to_neurons_->matrix_gradient(p), d, p * width, m, width, false);
      }
      return;
    }
    index -= neuron_panels;
    if (index < folded_panels) {
      return folded_->collect_panel(index, gradient + layout_.at("blocks.0.mlp.W_out").offset, accumulators);
    }
    index -= folded_panels;
    if (index < logit_panels) return to_logits_->collect_panel(index, w_o, direct_to_logits_.data(), accumulators);
    index -= logit_panels;
    if (index < stream_panels) return to_stream_->collect_panel(index, w_o, direct_.data(), accumulators);
    inputs_->collect_scores(accumulators[0] + score_gradient_at_);
  });
}

/// Columns panel * width.. of what W_O, `direct` and the unembedding receive.
template <typename T>
void PrecomputedTransformer<T>::collect_stream_panel(std::int64_t panel, T* gradient, const T* sums) {
  const std::int64_t width = kernels_.width, d = config_.d_model, joined = attention_.joined();
  const PanelView<T> d_w_o{w_o_gradient_.data() + panel * joined * width, width, 0};
  T* const d_direct = direct_gradient_.data() + panel * width;
  bool add = false;
  for (const std::optional<AttentionOutput<T>>* output : {&to_stream_, &to_neurons_}) {
    if (!*output) continue;
    (*output)->collect_stream_panel(d_w_o, d_direct, panel, sums, add);
    add = true;
  }
  if (folded_) {
    T* const to_logits = direct_to_logits_gradient_.data() + panel * width;
    std::memset(static_cast<void*>(to_logits), 0, static_cast<std::size_t>(width) * sizeof(T));
    to_logits_->collect_stream_panel(d_w_o, to_logits, panel, sums, true);
    kernels_.add(d_direct, to_logits, width);
    folded_->collect_unembedding(unembedding_gradient_.data() + panel * sizes_.classes * width, panel, sums);
  }
  const BlockedView<T> target{gradient + layout_.at("blocks.0.attn.W_O").offset, d, d, 0};
  unpack_panel(target, d_w_o.data, joined, panel * width, d, width, false);
}

/// What needs all columns of the tables.
template <typename T>
void PrecomputedTransformer<T>::collect_rows(T* gradient, const T* sums, ThreadPool& pool) {
  pool.run(attention_.heads + panels(config_.d_model), [&](std::int64_t index, int) {
    if (index >= attention_.heads) return collect_stream_panel(index - attention_.heads, gradient, sums);
    const PanelView<T> d_values = inputs_->value_gradient(index);
    bool add = false;
    for (const std::optional<AttentionOutput<T>>* output : {&to_stream_, &to_neurons_, &to_logits_}) {
      if (!*output) continue;
      (*output)->collect_values(d_values, index, sums, add);
      add = true;
    }
    inputs_->collect_head(index, gradient);
  });
}

/// Biases whose gradients are those of the tables' constant parts.
template <typename T>
void PrecomputedTransformer<T>::collect_vectors(T* gradient, const T* sums) const {
  const auto copy = [&](const char* name, const T* from) {
    const TensorSpec* spec = layout_.find(name);
    if (spec != nullptr) {
      std::memcpy(gradient + spec->offset, from, static_cast<std::size_t>(spec->size) * sizeof(T));
    }
  };
  copy("blocks.0.attn.b_O", direct_gradient_.data());
  if (to_neurons_) copy("blocks.0.mlp.b_in", to_neurons_->base_gradient(sums));
  if (!folded_) return;
  copy("blocks.0.mlp.b_out", direct_to_logits_gradient_.data());
  copy("unembed.b_U", to_logits_->base_gradient(sums));
}

/// Columns panel * width.. of the gradient of W_U [d, C], or of W_E where the two are tied.
template <typename T>
void PrecomputedTransformer<T>::collect_unembedding(T* gradient, std::int64_t panel) const {
  const std::int64_t width = kernels_.width, d = config_.d_model, classes = sizes_.classes;
  const std::int64_t part = std::min(width, d - panel * width);
  const T* const transposed = unembedding_gradient_.data() + panel * classes * width;
  const bool tied = config_.tied_embeddings;
  T* const target = gradient + layout_.at(tied ? "embed.W_E" : "unembed.W_U").offset;
  for (std::int64_t c = 0; c < classes; ++c) {
    const T* const from_tables = to_logits_->matrix_gradient(c / width) + panel * width * width + c % width;
    for (std::int64_t j = 0; j < part; ++j) {
      const T sum = transposed[c * width + j] + from_tables[j * width];
      if (tied) {
        target[c * d + panel * width + j] += sum;
      } else {
        target[(panel * width + j) * classes + c] = sum;
      }
    }
  }
}

template <typename T>
void PrecomputedTransformer<T>::collect(T* gradient, std::span<T* const> accumulators, ThreadPool& pool) {
  matrices_.collect_own(gradient, accumulators, pool);
  T* const sums = accumulators[0];
  collect_columns(gradient, accumulators, pool);
  collect_rows(gradient, sums, pool);
  collect_vectors(gradient, sums);
  pool.run(panels(config_.d_model), [&](std::int64_t panel, int) {
    inputs_->collect_embeddings(gradient, panel * kernels_.width, direct_gradient_.data());
    // W_E's gradient is written by now, so a tied unembedding may add to it.
    if (folded_) collect_unembedding(gradient, panel);
  });
  matrices_.collect_shared(gradient, accumulators);
}

}  // namespace

template <typename T>
std::unique_ptr<Network<T>> make_precomputed_transformer(const ModelConfig& config, const TokenSequence& tokens,
                                                         const ModelSizes& sizes, const PrecomputedPlan& plan,
                                                         const Kernels<T>& kernels) {
  return std::make_unique<PrecomputedTransformer<T>>(config, tokens, sizes, plan, kernels);
}

template std::unique_ptr<Network<float>> make_precomputed_transformer(const ModelConfig&, const TokenSequence&,
                                                                      const ModelSizes&, const PrecomputedPlan&,
                                                                      const Kernels<float>&);
template std::unique_ptr<Network<double>> make_precomputed_transformer(const ModelConfig&, const TokenSequence&,
                                                                       const ModelSizes&, const PrecomputedPlan&,
                                                                       const Kernels<double>&);

}  // namespace groklab
