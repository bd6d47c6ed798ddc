// See embedding_mlp.h. h_0 = join(W_E[symbols]); h_{i+1} = act(h_i W_i + b_i); logits = h W_U + b_U. Without an
// embedding the tables are the first layer's weights themselves: h_1 = act(sum over inputs i of W_i[symbol_i] + b).
#include "groklab/model/embedding_mlp.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "groklab/model/blocks.h"
#include "groklab/model/mixture_layout.h"
#include "groklab/model/mlp_layers.h"
#include "groklab/model/row_grouping.h"
#include "groklab/model/rows.h"

namespace groklab {

namespace {

template <typename T>
class EmbeddingMlp final : public Network<T> {
 public:
  EmbeddingMlp(const ModelConfig& config, const Task& task, const ModelSizes& sizes, const Kernels<T>& kernels,
               const MlpLayers& names, bool embeds);

  const char* path_name() const override { return embeds_ ? "embedding MLP" : "MLP on one-hot inputs"; }
  std::int64_t classes() const override { return sizes_.classes; }
  bool reads_tables() const override { return true; }
  Scratch<T> make_scratch() const override {
    return {AlignedBuffer<T>(scratch_size_), std::vector<std::int32_t>(static_cast<std::size_t>(grouping_->size())),
            std::vector<RowGroups>(static_cast<std::size_t>(inputs_))};
  }
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
  std::int64_t padded(std::int64_t n) const { return (n + kernels_.width - 1) / kernels_.width * kernels_.width; }
  std::int64_t table_size() const { return table_layout_.size(d_mlp_); }
  std::int64_t symbol(std::int64_t row, std::int64_t input) const {
    return task_.inputs[static_cast<std::size_t>(row * task_.n_inputs + input)];
  }
  Mixture<T> mixture(const Scratch<T>& scratch) const;
  MixtureTables<const T> tables() const {
    return {tables_data_.data(), table_layout_.panel_stride(), tables_ > 1 ? table_size() : 0};
  }
  FilteredTile<T> filtered(const HiddenFilters<T>* filters, std::span<const std::int64_t> rows,
                           std::size_t layer) const {
    return {filters, {.layer = static_cast<std::int64_t>(layer), .rows = rows, .neurons = d_mlp_}};
  }
  bool keeps_before() const { return activation_ != Activation::kRelu; }
  void make_tables(ThreadPool& pool);
  void collect_embedded(T* gradient, const T* d_tables, ThreadPool& pool);
  /// f(table, symbol, first column, columns, place in the tables) for every run of columns that lie side by side.
  template <typename F>
  void for_each_table_piece(F&& f) const;

  const MlpLayers names_;
  const bool embeds_;  ///< into vectors of d_model, before the first layer
  const Task& task_;
  const ModelSizes sizes_;
  const Kernels<T>& kernels_;
  MatrixSet<T> matrices_;
  Activation activation_;
  std::int64_t d_model_, d_mlp_, symbols_, inputs_, tables_;
  MixtureLayout table_layout_;
  std::optional<RowGrouping> grouping_;
  std::vector<MatrixId> first_w_;  ///< the first layer's rows that belong to each table
  std::vector<Layer> layers_;
  std::optional<Unembedding<T>> unembedding_;
  std::int64_t table_gradient_at_ = 0, bias_gradient_at_ = 0;  ///< of the first layer, in the accumulators

  const T* parameters_ = nullptr;
  AlignedBuffer<T> embedding_;       ///< W_E as panels [symbols, d_model]
  AlignedBuffer<T> tables_data_;     ///< W_E W_first for each table, [symbols, d_mlp] as Mixture wants it
  AlignedBuffer<T> first_bias_;      ///< the first layer's, padded for Mixture
  AlignedBuffer<T> embed_gradient_;  ///< panels [symbols, d_model]
  AlignedBuffer<T> packed_gradient_;
  std::int64_t logits_at_ = 0, scratch_size_ = 0;
};

template <typename T>
EmbeddingMlp<T>::EmbeddingMlp(const ModelConfig& config, const Task& task, const ModelSizes& sizes,
                              const Kernels<T>& kernels, const MlpLayers& names, bool embeds)
    : names_(names),
      embeds_(embeds),
      task_(task),
      sizes_(sizes),
      kernels_(kernels),
      matrices_(kernels),
      activation_(config.activation),
      d_model_(config.d_model),
      d_mlp_(config.d_mlp),
      symbols_(sizes.vocabulary),
      inputs_(task.n_inputs),
      tables_(!embeds || config.combination == EmbeddingCombination::kConcatenate ? task.n_inputs : 1),
      table_layout_{symbols_, 1, kernels.width, kernels.mixture_width} {
  layout_ = model_layout(config, sizes);
  const std::int64_t per_row = d_mlp_ * config.n_layers * (keeps_before() ? 2 : 1) + padded(sizes.classes);
  tile_rows_ = choose_tile_rows(per_row, sizeof(T));
  grouping_.emplace(inputs_, symbols_, tile_rows_);
  ScratchPlan plan;
  typename MatrixSet<T>::Use no_gradient;
  no_gradient.gradient = false;
  const TensorSpec& first = layout_.at(names_.prefix(0) + "W");
  for (std::int64_t t = 0; embeds_ && t < tables_; ++t) {
    const MatrixPlace place{first.offset + t * d_model_ * d_mlp_, d_model_, d_mlp_, d_mlp_, d_mlp_, 0};
    first_w_.push_back(matrices_.add_matrix(place, no_gradient));
  }
  for (std::int64_t i = 0; i < config.n_layers; ++i) {
    const std::string prefix = names_.prefix(i);
    Layer layer;
    if (i > 0) layer.w = matrices_.add_matrix(plain_matrix(layout_.at(prefix + "W")), {});
    if (const TensorSpec* bias = layout_.find(prefix + "b")) {
      if (i > 0) layer.b = matrices_.add_vector(*bias);
      layer.bias_at = bias->offset;
    }
    layer.hidden_at = plan.take_panels(tile_rows_, d_mlp_, kernels.width);
    layer.before_at = keeps_before() ? plan.take_panels(tile_rows_, d_mlp_, kernels.width) : layer.hidden_at;
    layers_.push_back(layer);
  }
  table_gradient_at_ = matrices_.add_raw(tables_ * table_size());
  bias_gradient_at_ = matrices_.add_raw(table_layout_.padded(d_mlp_));
  unembedding_.emplace(config, layout_, d_mlp_, sizes.classes, matrices_, kernels);
  logits_at_ = plan.take_panels(tile_rows_, sizes.classes, kernels.width);
  scratch_size_ = plan.size();
  tables_data_ = AlignedBuffer<T>(tables_ * table_size());
  first_bias_ = AlignedBuffer<T>(table_layout_.padded(d_mlp_));
  if (!embeds_) return;
  embedding_ = AlignedBuffer<T>(symbols_ * padded(d_model_));
  embed_gradient_ = AlignedBuffer<T>(symbols_ * padded(d_model_));
  packed_gradient_ = AlignedBuffer<T>(tables_ * d_model_ * padded(d_mlp_));
}

template <typename T>
double EmbeddingMlp<T>::step_flop(std::int64_t rows) const {
  const double d = static_cast<double>(d_model_), m = static_cast<double>(d_mlp_);
  const double deeper = static_cast<double>(layers_.size() - 1) * m * m;
  const double of_tables = embeds_ ? static_cast<double>(tables_ * symbols_) * d * m : 0;
  // The sums of table rows are additions without products; they are not counted.
  return 6.0 * (static_cast<double>(rows) * (deeper + m * static_cast<double>(sizes_.classes)) + of_tables);
}

template <typename T>
template <typename F>
void EmbeddingMlp<T>::for_each_table_piece(F&& f) const {
  const std::int64_t width = kernels_.mixture_width;
  for (std::int64_t t = 0; t < tables_; ++t) {
    for (std::int64_t col = 0; col < d_mlp_; col += width) {
      for (std::int64_t s = 0; s < symbols_; ++s) {
        f(t, s, col, std::min(width, d_mlp_ - col),
          t * table_size() + col / width * table_layout_.panel_stride() + s * table_layout_.row_stride());
      }
    }
  }
}

template <typename T>
void EmbeddingMlp<T>::prepare(const T* parameters, ThreadPool& pool) {
  parameters_ = parameters;
  matrices_.pack_all(parameters, pool);
  if (layers_[0].bias_at >= 0) {
    std::memcpy(first_bias_.data(), parameters + layers_[0].bias_at, static_cast<std::size_t>(d_mlp_) * sizeof(T));
  }
  if (embeds_) return make_tables(pool);
  const T* const weights = parameters + layout_.at(names_.prefix(0) + "W").offset;
  for_each_table_piece([&](std::int64_t t, std::int64_t s, std::int64_t col, std::int64_t n, std::int64_t at) {
    std::memcpy(tables_data_.data() + at, weights + (t * symbols_ + s) * d_mlp_ + col,
                static_cast<std::size_t>(n) * sizeof(T));
  });
}

/// W_E W_first of each table.
template <typename T>
void EmbeddingMlp<T>::make_tables(ThreadPool& pool) {
  const T* w_e = parameters_ + layout_.at("embed.W_E").offset;
  const BlockedView<const T> source{w_e, d_model_, d_model_, 0};
  const std::int64_t width = kernels_.width, panels = padded(d_mlp_) / width;
  for (std::int64_t col = 0; col < d_model_; col += width) {
    pack_panel(embedding_.data() + col * symbols_, source, symbols_, col, d_model_, width);
  }
  const PanelView<const T> embedding{embedding_.data(), width, symbols_ * width};
  pool.run(tables_ * panels, [&](std::int64_t index, int) {
    const std::int64_t t = index / panels, panel = index % panels;
    kernels_.nn(table_layout_.panel(tables_data_.data() + t * table_size(), panel, 0), embedding,
                matrices_.packed(first_w_[static_cast<std::size_t>(t)]) + panel * d_model_ * width, symbols_,
                std::min(width, d_mlp_ - panel * width), d_model_, Epilogue<T>{});
  });
}

template <typename T>
Mixture<T> EmbeddingMlp<T>::mixture(const Scratch<T>& scratch) const {
  Mixture<T> mixture;
  mixture.tables = tables();
  mixture.slots = inputs_;
  mixture.heads = 1;
  mixture.row_capacity = tile_rows_;
  mixture.reads = scratch.indices.data();
  mixture.groups = scratch.groups.data();
  return mixture;
}

template <typename T>
PanelView<T> EmbeddingMlp<T>::forward(std::span<const std::int64_t> rows, Scratch<T>& scratch,
                                      const HiddenFilters<T>* filters) const {
  const auto count = static_cast<std::int64_t>(rows.size());
  for (std::int64_t input = 0; input < inputs_; ++input) {
    std::int32_t* const reads = grouping_->read_by(scratch.indices.data(), input);
    for (std::int64_t i = 0; i < count; ++i) {
      reads[i] = static_cast<std::int32_t>(symbol(rows[static_cast<std::size_t>(i)], input));
    }
    scratch.groups[static_cast<std::size_t>(input)] = grouping_->build(scratch.indices.data(), input, count);
  }
  const bool relu = !keeps_before();
  kernels_.mixture_forward(tile(scratch, layers_[0].before_at), first_bias_.data(), relu, mixture(scratch), d_mlp_);
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const PanelView<T> before = tile(scratch, layers_[l].before_at), hidden = tile(scratch, layers_[l].hidden_at);
    if (l > 0) {
      Epilogue<T> epilogue;
      epilogue.bias = layers_[l].bias_at >= 0 ? parameters_ + layers_[l].bias_at : nullptr;
      if (relu) epilogue.kind = EpilogueKind::kRelu;
      kernels_.nn(before, constant(tile(scratch, layers_[l - 1].hidden_at)), matrices_.packed(layers_[l].w), count,
                  d_mlp_, d_mlp_, epilogue);
    }
    if (!relu) kernels_.activate(hidden, constant(before), count, d_mlp_, activation_);
    filtered(filters, rows, l).forward(hidden);
  }
  const PanelView<T> logits = tile(scratch, logits_at_);
  unembedding_->forward(logits, constant(tile(scratch, layers_.back().hidden_at)), parameters_, count);
  return logits;
}

template <typename T>
void EmbeddingMlp<T>::backward(std::span<const std::int64_t> rows, Scratch<T>& scratch, T* accumulator, bool first,
                               const HiddenFilters<T>* filters) const {
  const auto count = static_cast<std::int64_t>(rows.size());
  // A layer's activations give way to their gradient; relu's slope is read from what it overwrites.
  Epilogue<T> mask;
  if (!keeps_before()) mask.kind = EpilogueKind::kReluMask;
  const PanelView<T> last = tile(scratch, layers_.back().hidden_at);
  unembedding_->backward_in_place(last, constant(tile(scratch, logits_at_)), mask, accumulator, first, count);
  for (std::size_t l = layers_.size(); l-- > 0;) {
    const Layer& layer = layers_[l];
    const PanelView<T> d = tile(scratch, layer.hidden_at);
    filtered(filters, rows, l).backward(d);
    if (keeps_before()) {
      kernels_.activate_gradient(d, constant(tile(scratch, layer.before_at)), count, d_mlp_, activation_);
    }
    if (l == 0) break;
    if (layer.bias_at >= 0) {
      kernels_.column_sums(accumulator + matrices_.gradient_at(layer.b), constant(d), count, d_mlp_, true);
    }
    const PanelView<T> below = tile(scratch, layers_[l - 1].hidden_at);
    kernels_.tn(accumulator + matrices_.gradient_at(layer.w), constant(below), constant(d), count, d_mlp_, d_mlp_,
                !first);
    kernels_.nn(below, constant(d), matrices_.packed_transposed(layer.w), count, d_mlp_, d_mlp_, mask);
  }
  const MixtureTables<T> table_gradient{accumulator + table_gradient_at_, table_layout_.panel_stride(),
                                        tables().slot_stride};
  kernels_.mixture_backward(table_gradient, nullptr, false, accumulator + bias_gradient_at_,
                            constant(tile(scratch, layers_[0].hidden_at)), mixture(scratch), d_mlp_);
}

template <typename T>
void EmbeddingMlp<T>::collect(T* gradient, std::span<T* const> accumulators, ThreadPool& pool) {
  matrices_.collect_own(gradient, accumulators, pool);
  if (layers_[0].bias_at >= 0) {
    std::memcpy(gradient + layers_[0].bias_at, accumulators[0] + bias_gradient_at_,
                static_cast<std::size_t>(d_mlp_) * sizeof(T));
  }
  const T* const d_tables = accumulators[0] + table_gradient_at_;
  if (embeds_) return collect_embedded(gradient, d_tables, pool);
  T* const d_weights = gradient + layout_.at(names_.prefix(0) + "W").offset;
  for_each_table_piece([&](std::int64_t t, std::int64_t s, std::int64_t col, std::int64_t n, std::int64_t at) {
    std::memcpy(d_weights + (t * symbols_ + s) * d_mlp_ + col, d_tables + at, static_cast<std::size_t>(n) * sizeof(T));
  });
}

/// The gradients of the embedding and of the first layer's weights.
template <typename T>
void EmbeddingMlp<T>::collect_embedded(T* gradient, const T* d_tables, ThreadPool& pool) {
  const std::int64_t width = kernels_.width, panels = padded(d_mlp_) / width;
  const PanelView<const T> embedding{embedding_.data(), width, symbols_ * width};
  T* const d_first = gradient + layout_.at(names_.prefix(0) + "W").offset;
  pool.run(tables_ * panels, [&](std::int64_t index, int) {
    const std::int64_t t = index / panels, panel = index % panels;
    T* const packed = packed_gradient_.data() + index * d_model_ * width;
    kernels_.tn(packed, embedding, table_layout_.panel(d_tables + t * table_size(), panel, 0), symbols_,
                std::min(width, d_mlp_ - panel * width), d_model_, false);
    unpack_panel(BlockedView<T>{d_first + t * d_model_ * d_mlp_, d_mlp_, d_mlp_, 0}, packed, d_model_, panel * width,
                 d_mlp_, width, false);
  });
  const BlockedView<T> target{gradient + layout_.at("embed.W_E").offset, d_model_, d_model_, 0};
  pool.run(padded(d_model_) / width, [&](std::int64_t panel, int) {
    T* const d_embedding = embed_gradient_.data() + panel * symbols_ * width;
    for (std::int64_t t = 0; t < tables_; ++t) {
      multiply_table(kernels_, PanelView<T>{d_embedding, width, 0}, d_tables + t * table_size(), table_layout_, 0,
                     matrices_.packed_transposed(first_w_[static_cast<std::size_t>(t)]) + panel * d_mlp_ * width,
                     std::min(width, d_model_ - panel * width), d_mlp_, t > 0);
    }
    unpack_panel(target, d_embedding, symbols_, panel * width, d_model_, width, false);
  });
}

}  // namespace

template <typename T>
std::unique_ptr<Network<T>> make_embedding_mlp(const ModelConfig& config, const Task& task, const ModelSizes& sizes,
                                               std::int64_t, const Kernels<T>& kernels) {
  return std::make_unique<EmbeddingMlp<T>>(config, task, sizes, kernels, kEmbeddedLayers, true);
}

template <typename T>
std::unique_ptr<Network<T>> make_one_hot_mlp(const ModelConfig& config, const Task& task, const ModelSizes& sizes,
                                             std::int64_t, const Kernels<T>& kernels) {
  return std::make_unique<EmbeddingMlp<T>>(config, task, sizes, kernels, kOneHotLayers, false);
}

template std::unique_ptr<Network<float>> make_embedding_mlp(const ModelConfig&, const Task&, const ModelSizes&,
                                                            std::int64_t, const Kernels<float>&);
template std::unique_ptr<Network<double>> make_embedding_mlp(const ModelConfig&, const Task&, const ModelSizes&,
                                                             std::int64_t, const Kernels<double>&);
template std::unique_ptr<Network<float>> make_one_hot_mlp(const ModelConfig&, const Task&, const ModelSizes&,
                                                          std::int64_t, const Kernels<float>&);
template std::unique_ptr<Network<double>> make_one_hot_mlp(const ModelConfig&, const Task&, const ModelSizes&,
                                                           std::int64_t, const Kernels<double>&);

}  // namespace groklab
