// See embedding_mlp.h. h_0 = join(W_E[symbols]); h_{i+1} = act(h_i W_i + b_i); logits = h W_U + b_U.
#include "groklab/model/embedding_mlp.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "groklab/model/blocks.h"
#include "groklab/model/rows.h"

namespace groklab {

namespace {

template <typename T>
class EmbeddingMlp final : public Network<T> {
 public:
  EmbeddingMlp(const ModelConfig& config, const Task& task, const ModelSizes& sizes, const Kernels<T>& kernels);

  const char* path_name() const override { return "embedding MLP"; }
  std::int64_t classes() const override { return sizes_.classes; }
  Scratch<T> make_scratch() const override { return {AlignedBuffer<T>(scratch_size_), {}}; }
  std::int64_t accumulator_size() const override { return matrices_.accumulator_size(); }
  double step_flop(std::int64_t rows) const override;
  void prepare(const T* parameters, ThreadPool& pool) override;
  PanelView<T> forward(std::span<const std::int64_t> rows, Scratch<T>& scratch,
                       const HiddenFilters<T>* filters) const override;
  void backward(std::span<const std::int64_t> rows, Scratch<T>& scratch, T* accumulator, bool first,
                const HiddenFilters<T>* filters) const override;
  PanelView<const T> neurons(Scratch<T>& scratch) const override {
    return constant(tile(scratch, layers_.back().hidden_at));
  }
  std::int64_t neuron_count() const override { return d_mlp_; }
  void clear_accumulator(T* accumulator) const override { matrices_.clear_accumulator(accumulator); }
  void collect(T* gradient, std::span<T* const> accumulators, ThreadPool& pool) override;

 private:
  using Network<T>::layout_;
  using Network<T>::tile_rows_;

  /// Hidden layer `index`'s weights behind the first, its bias and its places in a scratch.
  struct Layer {
    MatrixId w = 0, b = 0;
    std::int64_t bias_at = -1;
    std::int64_t hidden_at = 0, before_at = 0;
  };
  PanelView<T> tile(Scratch<T>& scratch, std::int64_t at) const {
    return {scratch.numbers.data() + at, kernels_.width, tile_rows_ * kernels_.width};
  }
  PanelView<T> table(T* data, std::int64_t index) const {
    return {data + index * table_size(), kernels_.width, symbols_ * kernels_.width};
  }
  std::int64_t padded(std::int64_t n) const { return (n + kernels_.width - 1) / kernels_.width * kernels_.width; }
  std::int64_t table_size() const { return symbols_ * padded(d_mlp_); }
  std::int64_t table_of(std::int64_t input) const { return tables_ == 1 ? 0 : input; }
  std::int64_t symbol(std::int64_t row, std::int64_t input) const {
    return task_.inputs[static_cast<std::size_t>(row * task_.n_inputs + input)];
  }
  FilteredTile<T> filtered(const HiddenFilters<T>* filters, std::span<const std::int64_t> rows,
                           std::size_t layer) const {
    return {filters, {.layer = static_cast<std::int64_t>(layer), .rows = rows, .neurons = d_mlp_}};
  }
  bool keeps_before() const { return activation_ != Activation::kRelu; }

  const Task& task_;
  const ModelSizes sizes_;
  const Kernels<T>& kernels_;
  MatrixSet<T> matrices_;
  Activation activation_;
  std::int64_t d_model_, d_mlp_, symbols_, inputs_, tables_;
  std::vector<MatrixId> first_w_;  ///< the first layer's rows that belong to each table
  std::vector<Layer> layers_;
  std::optional<Unembedding<T>> unembedding_;
  std::int64_t table_gradient_at_ = 0;

  const T* parameters_ = nullptr;
  AlignedBuffer<T> embedding_;       ///< W_E as panels [symbols, d_model]
  AlignedBuffer<T> tables_data_;     ///< W_E W_first for each table, panels [symbols, d_mlp]
  AlignedBuffer<T> embed_gradient_;  ///< panels [symbols, d_model]
  AlignedBuffer<T> packed_gradient_;
  std::int64_t logits_at_ = 0, spare_at_ = 0, scratch_size_ = 0;
};

template <typename T>
EmbeddingMlp<T>::EmbeddingMlp(const ModelConfig& config, const Task& task, const ModelSizes& sizes,
                              const Kernels<T>& kernels)
    : task_(task),
      sizes_(sizes),
      kernels_(kernels),
      matrices_(kernels),
      activation_(config.activation),
      d_model_(config.d_model),
      d_mlp_(config.d_mlp),
      symbols_(sizes.vocabulary),
      inputs_(task.n_inputs),
      tables_(config.combination == EmbeddingCombination::kConcatenate ? task.n_inputs : 1) {
  layout_ = model_layout(config, sizes);
  const std::int64_t per_row = d_mlp_ * (config.n_layers * (keeps_before() ? 2 : 1) + 1) + padded(sizes.classes);
  tile_rows_ = choose_tile_rows(per_row, sizeof(T));
  ScratchPlan plan;
  typename MatrixSet<T>::Use no_gradient;
  no_gradient.gradient = false;
  const TensorSpec& first = layout_.at("layers.0.W");
  for (std::int64_t t = 0; t < tables_; ++t) {
    const MatrixPlace place{first.offset + t * d_model_ * d_mlp_, d_model_, d_mlp_, d_mlp_, d_mlp_, 0};
    first_w_.push_back(matrices_.add_matrix(place, no_gradient));
  }
  for (std::int64_t i = 0; i < config.n_layers; ++i) {
    const std::string prefix = "layers." + std::to_string(i) + ".";
    Layer layer;
    if (i > 0) layer.w = matrices_.add_matrix(plain_matrix(layout_.at(prefix + "W")), {});
    if (const TensorSpec* bias = layout_.find(prefix + "b")) {
      layer.b = matrices_.add_vector(*bias);
      layer.bias_at = bias->offset;
    }
    layer.hidden_at = plan.take_panels(tile_rows_, d_mlp_, kernels.width);
    layer.before_at = keeps_before() ? plan.take_panels(tile_rows_, d_mlp_, kernels.width) : layer.hidden_at;
    layers_.push_back(layer);
  }
  table_gradient_at_ = matrices_.add_raw(tables_ * table_size());
  unembedding_.emplace(config, layout_, d_mlp_, sizes.classes, matrices_, kernels);
  logits_at_ = plan.take_panels(tile_rows_, sizes.classes, kernels.width);
  spare_at_ = plan.take_panels(tile_rows_, d_mlp_, kernels.width);
  scratch_size_ = plan.size();
  embedding_ = AlignedBuffer<T>(symbols_ * padded(d_model_));
  embed_gradient_ = AlignedBuffer<T>(symbols_ * padded(d_model_));
  tables_data_ = AlignedBuffer<T>(tables_ * table_size());
  packed_gradient_ = AlignedBuffer<T>(d_model_ * padded(d_mlp_));
}

template <typename T>
double EmbeddingMlp<T>::step_flop(std::int64_t rows) const {
  const double m = static_cast<double>(d_mlp_);
  const double deeper = static_cast<double>(layers_.size() - 1) * m * m;
  return 6.0 * static_cast<double>(rows) * (deeper + m * static_cast<double>(sizes_.classes));
}

template <typename T>
void EmbeddingMlp<T>::prepare(const T* parameters, ThreadPool& pool) {
  parameters_ = parameters;
  matrices_.pack_all(parameters, pool);
  const T* w_e = parameters + layout_.at("embed.W_E").offset;
  const BlockedView<const T> source{w_e, d_model_, d_model_, 0};
  for (std::int64_t col = 0; col < d_model_; col += kernels_.width) {
    pack_panel(embedding_.data() + col * symbols_, source, symbols_, col, d_model_, kernels_.width);
  }
  const PanelView<const T> embedding{embedding_.data(), kernels_.width, symbols_ * kernels_.width};
  pool.run(tables_, [&](std::int64_t t, int) {
    kernels_.nn(table(tables_data_.data(), t), embedding, matrices_.packed(first_w_[static_cast<std::size_t>(t)]),
                symbols_, d_mlp_, d_model_, Epilogue<T>{});
  });
}

template <typename T>
PanelView<T> EmbeddingMlp<T>::forward(std::span<const std::int64_t> rows, Scratch<T>& scratch,
                                      const HiddenFilters<T>* filters) const {
  const auto count = static_cast<std::int64_t>(rows.size());
  const PanelView<T> before0 = tile(scratch, layers_[0].before_at);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t row = rows[static_cast<std::size_t>(i)];
    for (std::int64_t input = 0; input < inputs_; ++input) {
      const PanelView<const T> from{tables_data_.data() + table_of(input) * table_size(), kernels_.width,
                                    symbols_ * kernels_.width};
      add_panel_row(before0, i, from, symbol(row, input), d_mlp_, kernels_.width, input > 0);
    }
    if (layers_[0].bias_at >= 0) put_row(before0, i, parameters_ + layers_[0].bias_at, d_mlp_, kernels_.width, true);
  }
  kernels_.activate(tile(scratch, layers_[0].hidden_at), constant(before0), count, d_mlp_, activation_);
  filtered(filters, rows, 0).forward(tile(scratch, layers_[0].hidden_at));
  for (std::size_t l = 1; l < layers_.size(); ++l) {
    const PanelView<T> before = tile(scratch, layers_[l].before_at);
    Epilogue<T> epilogue;
    epilogue.bias = layers_[l].bias_at >= 0 ? parameters_ + layers_[l].bias_at : nullptr;
    kernels_.nn(before, constant(tile(scratch, layers_[l - 1].hidden_at)), matrices_.packed(layers_[l].w), count,
                d_mlp_, d_mlp_, epilogue);
    kernels_.activate(tile(scratch, layers_[l].hidden_at), constant(before), count, d_mlp_, activation_);
    filtered(filters, rows, l).forward(tile(scratch, layers_[l].hidden_at));
  }
  const PanelView<T> logits = tile(scratch, logits_at_);
  unembedding_->forward(logits, constant(tile(scratch, layers_.back().hidden_at)), parameters_, count);
  return logits;
}

template <typename T>
void EmbeddingMlp<T>::backward(std::span<const std::int64_t> rows, Scratch<T>& scratch, T* accumulator, bool first,
                               const HiddenFilters<T>* filters) const {
  const auto count = static_cast<std::int64_t>(rows.size());
  // The gradient walks down in the spare place; act'(x) of relu may be read from max(x, 0).
  const PanelView<T> d = tile(scratch, spare_at_);
  unembedding_->backward(d, constant(tile(scratch, logits_at_)), constant(tile(scratch, layers_.back().hidden_at)),
                         accumulator, first, count);
  for (std::size_t l = layers_.size(); l-- > 0;) {
    const Layer& layer = layers_[l];
    filtered(filters, rows, l).backward(d);
    kernels_.activate_gradient(d, constant(tile(scratch, layer.before_at)), count, d_mlp_, activation_);
    if (layer.bias_at >= 0) {
      kernels_.column_sums(accumulator + matrices_.gradient_at(layer.b), constant(d), count, d_mlp_, true);
    }
    if (l == 0) break;
    const PanelView<T> below = tile(scratch, layers_[l - 1].hidden_at);
    kernels_.tn(accumulator + matrices_.gradient_at(layer.w), constant(below), constant(d), count, d_mlp_, d_mlp_,
                !first);
    // The layer's own hidden values are no longer needed: their place takes the gradient below.
    const PanelView<T> next = tile(scratch, layer.hidden_at);
    kernels_.nn(next, constant(d), matrices_.packed_transposed(layer.w), count, d_mlp_, d_mlp_, Epilogue<T>{});
    for (std::int64_t i = 0; i < count; ++i) add_panel_row(d, i, constant(next), i, d_mlp_, kernels_.width, false);
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t row = rows[static_cast<std::size_t>(i)];
    for (std::int64_t input = 0; input < inputs_; ++input) {
      add_panel_row(table(accumulator + table_gradient_at_, table_of(input)), symbol(row, input), constant(d), i,
                    d_mlp_, kernels_.width, true);
    }
  }
}

template <typename T>
void EmbeddingMlp<T>::collect(T* gradient, std::span<T* const> accumulators, ThreadPool& pool) {
  matrices_.collect_own(gradient, accumulators, pool);
  const std::int64_t width = kernels_.width;
  const PanelView<const T> embedding{embedding_.data(), width, symbols_ * width};
  const PanelView<T> d_embedding{embed_gradient_.data(), width, symbols_ * width};
  T* d_first = gradient + layout_.at("layers.0.W").offset;
  for (std::int64_t t = 0; t < tables_; ++t) {
    const PanelView<const T> d_table = constant(table(accumulators[0] + table_gradient_at_, t));
    kernels_.tn(packed_gradient_.data(), embedding, d_table, symbols_, d_mlp_, d_model_, false);
    const BlockedView<T> target{d_first + t * d_model_ * d_mlp_, d_mlp_, d_mlp_, 0};
    for (std::int64_t col = 0; col < d_mlp_; col += width) {
      unpack_panel(target, packed_gradient_.data() + col * d_model_, d_model_, col, d_mlp_, width, false);
    }
    Epilogue<T> add;
    if (t > 0) add.addend = constant(d_embedding);
    kernels_.nn(d_embedding, d_table, matrices_.packed_transposed(first_w_[static_cast<std::size_t>(t)]), symbols_,
                d_model_, d_mlp_, add);
  }
  const BlockedView<T> target{gradient + layout_.at("embed.W_E").offset, d_model_, d_model_, 0};
  for (std::int64_t col = 0; col < d_model_; col += width) {
    unpack_panel(target, embed_gradient_.data() + col * symbols_, symbols_, col, d_model_, width, false);
  }
}

}  // namespace

template <typename T>
std::unique_ptr<Network<T>> make_embedding_mlp(const ModelConfig& config, const Task& task, const ModelSizes& sizes,
                                               std::int64_t, const Kernels<T>& kernels) {
  return std::make_unique<EmbeddingMlp<T>>(config, task, sizes, kernels);
}

template std::unique_ptr<Network<float>> make_embedding_mlp(const ModelConfig&, const Task&, const ModelSizes&,
                                                            std::int64_t, const Kernels<float>&);
template std::unique_ptr<Network<double>> make_embedding_mlp(const ModelConfig&, const Task&, const ModelSizes&,
                                                             std::int64_t, const Kernels<double>&);

}  // namespace groklab
