// See general_transformer.h.
#include "groklab/model/general_transformer.h"

#include <algorithm>
#include <vector>

#include "groklab/model/rows.h"
#include "groklab/model/transformer_layer.h"

namespace groklab {

namespace {

template <typename T>
class GeneralTransformer final : public Network<T> {
 public:
  GeneralTransformer(const ModelConfig& config, const TokenSequence& tokens, const ModelSizes& sizes,
                     const Kernels<T>& kernels);

  const char* path_name() const override { return "general"; }
  std::int64_t classes() const override { return sizes_.classes; }
  Scratch<T> make_scratch() const override { return {AlignedBuffer<T>(scratch_size_), {}}; }
  std::int64_t accumulator_size() const override { return matrices_.accumulator_size(); }
  double step_flop(std::int64_t rows) const override;
  void prepare(const T* parameters, ThreadPool& pool) override {
    parameters_ = parameters;
    matrices_.pack_all(parameters, pool);
  }
  PanelView<T> forward(std::span<const std::int64_t> rows, Scratch<T>& scratch,
                       const HiddenFilters<T>* filters) const override;
  void backward(std::span<const std::int64_t> rows, Scratch<T>& scratch, T* accumulator, bool first,
                const HiddenFilters<T>* filters) const override;
  PanelView<const T> neurons(Scratch<T>& scratch) const override {
    return layers_.back().neurons(scratch.numbers.data());
  }
  std::int64_t neuron_count() const override { return layers_.back().neuron_count(); }
  void clear_accumulator(T* accumulator) const override { matrices_.clear_accumulator(accumulator); }
  void collect(T* gradient, std::span<T* const> accumulators, ThreadPool& pool) override {
    matrices_.collect_own(gradient, accumulators, pool);
    matrices_.collect_shared(gradient, accumulators);
  }

 private:
  using Network<T>::layout_;
  using Network<T>::tile_rows_;

  PanelView<T> input(Scratch<T>& scratch) const {
    return {scratch.numbers.data() + input_at_, width_, tile_rows_ * positions_ * width_};
  }
  void scatter_embeddings(std::span<const std::int64_t> rows, Scratch<T>& scratch, T* accumulator) const;
  PanelView<T> final_in(Scratch<T>& scratch) const {  // what the unembedding reads
    if (final_norm_) return {scratch.numbers.data() + final_at_, width_, tile_rows_ * width_};
    return layers_.back().output(scratch.numbers.data());
  }
  PanelView<T> logits(Scratch<T>& scratch) const {
    return {scratch.numbers.data() + logits_at_, width_, tile_rows_ * width_};
  }

  const TokenSequence tokens_;
  const ModelSizes sizes_;
  const Kernels<T>& kernels_;
  MatrixSet<T> matrices_;
  std::int64_t width_, positions_, d_model_;
  MatrixId w_e_ = 0, w_pos_ = 0;
  std::vector<TransformerLayer<T>> layers_;
  std::optional<LayerNorm<T>> final_norm_;
  std::optional<Unembedding<T>> unembedding_;
  const T* parameters_ = nullptr;
  std::int64_t input_at_ = 0, spare_at_ = 0, final_at_ = 0, final_moments_at_ = 0, logits_at_ = 0, scratch_size_ = 0;
};

template <typename T>
GeneralTransformer<T>::GeneralTransformer(const ModelConfig& config, const TokenSequence& tokens,
                                          const ModelSizes& sizes, const Kernels<T>& kernels)
    : tokens_(tokens),
      sizes_(sizes),
      kernels_(kernels),
      matrices_(kernels),
      width_(kernels.width),
      positions_(tokens.positions()),
      d_model_(config.d_model) {
  layout_ = model_layout(config, sizes);
  const std::int64_t per_row = positions_ * (6 * d_model_ + config.d_mlp);
  // Several layers never fit L2; a tile of some 192 rows keeps the long products efficient.
  tile_rows_ = std::max(choose_tile_rows(per_row, sizeof(T)), (192 + positions_ - 1) / positions_);
  const typename MatrixSet<T>::Use scattered{.forward = false, .backward = false, .scattered = true};
  w_e_ = matrices_.add_matrix(plain_matrix(layout_.at("embed.W_E")), scattered);
  w_pos_ = matrices_.add_matrix(plain_matrix(layout_.at("pos_embed.W_pos")), scattered);
  ScratchPlan plan;
  input_at_ = plan.take_panels(tile_rows_ * positions_, d_model_, width_);
  spare_at_ = plan.take_panels(tile_rows_ * positions_, d_model_, width_);
  const LayerSpare spare = plan_layer_spare(config, tile_rows_ * positions_, width_, plan);
  for (std::int64_t i = 0; i < config.n_layers; ++i) {
    layers_.emplace_back(config, layout_, i, i + 1 == config.n_layers, positions_, tile_rows_, spare, matrices_,
                         kernels, plan);
  }
  if (config.layer_norm == LayerNormKind::kPre) {
    final_norm_.emplace(layout_, "ln_final", matrices_, kernels);
    final_at_ = plan.take_panels(tile_rows_, d_model_, width_);
    final_moments_at_ = plan.take(2 * tile_rows_);
  }
  unembedding_.emplace(config, layout_, d_model_, sizes.classes, matrices_, kernels);
  logits_at_ = plan.take_panels(tile_rows_, sizes.classes, width_);
  scratch_size_ = plan.size();
}

template <typename T>
double GeneralTransformer<T>::step_flop(std::int64_t rows) const {
  double flop = 6.0 * static_cast<double>(d_model_ * sizes_.classes);
  for (const TransformerLayer<T>& layer : layers_) flop += layer.sequence_flop();
  return flop * static_cast<double>(rows);
}

template <typename T>
PanelView<T> GeneralTransformer<T>::forward(std::span<const std::int64_t> rows, Scratch<T>& scratch,
                                            const HiddenFilters<T>* filters) const {
  const auto count = static_cast<std::int64_t>(rows.size());
  const T* w_e = parameters_ + layout_.at("embed.W_E").offset;
  const T* w_pos = parameters_ + layout_.at("pos_embed.W_pos").offset;
  PanelView<T> x = input(scratch);
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t position = 0; position < positions_; ++position) {
      const std::int64_t token = tokens_.token(position, tokens_.index(position, rows[static_cast<std::size_t>(i)]));
      put_row(x, i * positions_ + position, w_e + token * d_model_, d_model_, width_, false);
      put_row(x, i * positions_ + position, w_pos + position * d_model_, d_model_, width_, true);
    }
  }
  for (const TransformerLayer<T>& layer : layers_) {
    layer.forward(scratch.numbers.data(), constant(x), parameters_, rows, filters);
    x = layer.output(scratch.numbers.data());
  }
  if (final_norm_) {
    final_norm_->forward(final_in(scratch), scratch.numbers.data() + final_moments_at_, constant(x), parameters_,
                         count);
  }
  unembedding_->forward(logits(scratch), constant(final_in(scratch)), parameters_, count);
  return logits(scratch);
}

template <typename T>
void GeneralTransformer<T>::backward(std::span<const std::int64_t> rows, Scratch<T>& scratch, T* accumulator,
                                     bool first, const HiddenFilters<T>* filters) const {
  const auto count = static_cast<std::int64_t>(rows.size());
  T* numbers = scratch.numbers.data();
  const PanelView<T> last_out = layers_.back().output(numbers);
  const PanelView<T> final_view = final_in(scratch);
  unembedding_->backward(final_view, constant(logits(scratch)), constant(final_view), accumulator, first, count);
  if (final_norm_) {
    // dx may not alias x while x is still read, so the gradient is formed in place of dy and then moved.
    final_norm_->backward(final_view, constant(final_view), constant(last_out), numbers + final_moments_at_,
                          parameters_, accumulator, count, false);
    for (std::int64_t row = 0; row < count; ++row) {
      add_panel_row(last_out, row, constant(final_view), row, d_model_, width_, false);
    }
  }
  // A layer's input gradient is needed in its predecessor's output, whose values the layer itself still reads: it is
  // formed in the spare place first.
  const PanelView<T> spare{numbers + spare_at_, width_, tile_rows_ * positions_ * width_};
  for (std::size_t i = layers_.size(); i-- > 0;) {
    const PanelView<T> x = i > 0 ? layers_[i - 1].output(numbers) : input(scratch);
    layers_[i].backward(numbers, spare, constant(x), parameters_, accumulator, first, rows, filters);
    for (std::int64_t row = 0; row < count * positions_; ++row) {
      add_panel_row(x, row, constant(spare), row, d_model_, width_, false);
    }
  }
  scatter_embeddings(rows, scratch, accumulator);
}

/// Adds the gradient of the first layer's input to those of the embeddings' rows.
template <typename T>
void GeneralTransformer<T>::scatter_embeddings(std::span<const std::int64_t> rows, Scratch<T>& scratch,
                                               T* accumulator) const {
  const auto count = static_cast<std::int64_t>(rows.size());
  const PanelView<T> dx = input(scratch);
  const PanelView<T> d_embed{accumulator + matrices_.gradient_at(w_e_), width_, sizes_.vocabulary * width_};
  const PanelView<T> d_pos{accumulator + matrices_.gradient_at(w_pos_), width_, positions_ * width_};
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t position = 0; position < positions_; ++position) {
      const std::int64_t token = tokens_.token(position, tokens_.index(position, rows[static_cast<std::size_t>(i)]));
      add_panel_row(d_embed, token, constant(dx), i * positions_ + position, d_model_, width_, true);
      add_panel_row(d_pos, position, constant(dx), i * positions_ + position, d_model_, width_, true);
    }
  }
}

}  // namespace

template <typename T>
std::unique_ptr<Network<T>> make_general_transformer(const ModelConfig& config, const TokenSequence& tokens,
                                                     const ModelSizes& sizes, const Kernels<T>& kernels) {
  return std::make_unique<GeneralTransformer<T>>(config, tokens, sizes, kernels);
}

template std::unique_ptr<Network<float>> make_general_transformer(const ModelConfig&, const TokenSequence&,
                                                                  const ModelSizes&, const Kernels<float>&);
template std::unique_ptr<Network<double>> make_general_transformer(const ModelConfig&, const TokenSequence&,
                                                                   const ModelSizes&, const Kernels<double>&);

}  // namespace groklab
