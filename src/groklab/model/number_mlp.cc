// An MLP that takes a row's symbols for numbers, such as the pixels of an image, and embeds nothing: x_i = symbol_i
// over the largest symbol, in [0, 1], or the number that the task has for the symbol; h_0 = x, h_{i+1} = act(h_i W_i +
// b_i), logits = h W_U + b_U.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "groklab/model/blocks.h"
#include "groklab/model/mlp_layers.h"

namespace groklab {

const ArchitectureDescriptor& number_mlp_architecture();

namespace {

ParameterLayout layout(const ModelConfig& c, const ModelSizes& sizes) {
  ParameterLayout layout;
  add_mlp_layers(layout, c, sizes, kNumberLayers, sizes.positions);
  return layout;
}

void infer(ModelConfig& model, const ShapeInference& inference) {
  const WeightShapes& weights = inference.weights;
  inference.set("model.d_mlp", model.d_mlp, weights.at("hidden.0.W", 2, "[inputs, d_mlp]").shape[1]);
  infer_mlp_layers(model, inference, kNumberLayers);
}

template <typename T>
class NumberMlp final : public Network<T> {
 public:
  NumberMlp(const ModelConfig& config, const Task& task, const ModelSizes& sizes, const Kernels<T>& kernels);

  const char* path_name() const override { return "MLP on numbers"; }
  std::int64_t classes() const override { return sizes_.classes; }
  Scratch<T> make_scratch() const override { return {AlignedBuffer<T>(scratch_size_), {}, {}}; }
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
    return constant(tile(scratch, layers_.back().hidden_at));
  }
  std::int64_t neuron_count() const override { return d_mlp_; }
  void clear_accumulator(T* accumulator) const override { matrices_.clear_accumulator(accumulator); }
  void collect(T* gradient, std::span<T* const> accumulators, ThreadPool& pool) override {
    matrices_.collect_own(gradient, accumulators, pool);
  }

 private:
  using Network<T>::layout_;
  using Network<T>::tile_rows_;

  struct Layer {
    MatrixId w = 0, b = 0;
    std::int64_t bias_at = -1;
    std::int64_t depth = 0;
    std::int64_t hidden_at = 0, before_at = 0;
  };
  PanelView<T> tile(Scratch<T>& scratch, std::int64_t at) const {
    return {scratch.numbers.data() + at, kernels_.width, tile_rows_ * kernels_.width};
  }
  /// What layer `l` reads.
  PanelView<T> below(Scratch<T>& scratch, std::size_t l) const {
    return tile(scratch, l == 0 ? numbers_at_ : layers_[l - 1].hidden_at);
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
  std::int64_t d_mlp_;
  std::vector<Layer> layers_;
  std::optional<Unembedding<T>> unembedding_;
  std::vector<T> number_of_;  ///< [symbols]
  const T* parameters_ = nullptr;
  std::int64_t numbers_at_ = 0, logits_at_ = 0, scratch_size_ = 0;
};

template <typename T>
NumberMlp<T>::NumberMlp(const ModelConfig& config, const Task& task, const ModelSizes& sizes, const Kernels<T>& kernels)
    : task_(task),
      sizes_(sizes),
      kernels_(kernels),
      matrices_(kernels),
      activation_(config.activation),
      d_mlp_(config.d_mlp) {
  layout_ = model_layout(config, sizes);
  const std::int64_t per_row =
      sizes.positions + d_mlp_ * config.n_layers * (keeps_before() ? 2 : 1) + sizes.classes + kernels.width;
  tile_rows_ = choose_tile_rows(per_row, sizeof(T));
  ScratchPlan plan;
  numbers_at_ = plan.take_panels(tile_rows_, sizes.positions, kernels.width);
  for (std::int64_t i = 0; i < config.n_layers; ++i) {
    const std::string prefix = kNumberLayers.prefix(i);
    typename MatrixSet<T>::Use use;
    use.backward = i > 0;  // nothing asks for the gradient of the inputs
    Layer layer;
    layer.w = matrices_.add_matrix(plain_matrix(layout_.at(prefix + "W")), use);
    layer.depth = layout_.at(prefix + "W").shape[0];
    if (const TensorSpec* bias = layout_.find(prefix + "b")) {
      layer.b = matrices_.add_vector(*bias);
      layer.bias_at = bias->offset;
    }
    layer.hidden_at = plan.take_panels(tile_rows_, d_mlp_, kernels.width);
    layer.before_at = keeps_before() ? plan.take_panels(tile_rows_, d_mlp_, kernels.width) : layer.hidden_at;
    layers_.push_back(layer);
  }
  unembedding_.emplace(config, layout_, d_mlp_, sizes.classes, matrices_, kernels);
  logits_at_ = plan.take_panels(tile_rows_, sizes.classes, kernels.width);
  scratch_size_ = plan.size();
  for (const double value : task.symbol_values) number_of_.push_back(static_cast<T>(value));
  if (!task.symbol_values.empty()) return;
  for (std::int64_t symbol = 0; symbol < sizes.vocabulary; ++symbol) {
    number_of_.push_back(static_cast<T>(symbol) / static_cast<T>(sizes.vocabulary - 1));
  }
}

template <typename T>
double NumberMlp<T>::step_flop(std::int64_t rows) const {
  const auto m = static_cast<double>(d_mlp_);
  const double first = static_cast<double>(sizes_.positions) * m;  // forward and its own gradient alone
  const double others = static_cast<double>(layers_.size() - 1) * m * m + m * static_cast<double>(sizes_.classes);
  return static_cast<double>(rows) * (4.0 * first + 6.0 * others);
}

template <typename T>
PanelView<T> NumberMlp<T>::forward(std::span<const std::int64_t> rows, Scratch<T>& scratch,
                                   const HiddenFilters<T>* filters) const {
  const auto count = static_cast<std::int64_t>(rows.size());
  const PanelView<T> x = tile(scratch, numbers_at_);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int32_t* symbols = task_.inputs.data() + rows[static_cast<std::size_t>(i)] * task_.n_inputs;
    for (std::int64_t c = 0; c < task_.n_inputs; ++c) {
      x.data[c / kernels_.width * x.panel_stride + i * x.row_stride + c % kernels_.width] =
          number_of_[static_cast<std::size_t>(symbols[c])];
    }
  }
  const bool relu = !keeps_before();
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const Layer& layer = layers_[l];
    const PanelView<T> before = tile(scratch, layer.before_at), hidden = tile(scratch, layer.hidden_at);
    Epilogue<T> epilogue;
    epilogue.bias = layer.bias_at >= 0 ? parameters_ + layer.bias_at : nullptr;
    if (relu) epilogue.kind = EpilogueKind::kRelu;
    kernels_.nn(before, constant(below(scratch, l)), matrices_.packed(layer.w), count, d_mlp_, layer.depth, epilogue);
    if (!relu) kernels_.activate(hidden, constant(before), count, d_mlp_, activation_);
    filtered(filters, rows, l).forward(hidden);
  }
  const PanelView<T> logits = tile(scratch, logits_at_);
  unembedding_->forward(logits, constant(tile(scratch, layers_.back().hidden_at)), parameters_, count);
  return logits;
}

template <typename T>
void NumberMlp<T>::backward(std::span<const std::int64_t> rows, Scratch<T>& scratch, T* accumulator, bool first,
                            const HiddenFilters<T>* filters) const {
  const auto count = static_cast<std::int64_t>(rows.size());
  // A layer's activations give way to their gradient; relu's slope is read from what it overwrites.
  Epilogue<T> mask;
  if (!keeps_before()) mask.kind = EpilogueKind::kReluMask;
  unembedding_->backward_in_place(tile(scratch, layers_.back().hidden_at), constant(tile(scratch, logits_at_)), mask,
                                  accumulator, first, count);
  for (std::size_t l = layers_.size(); l-- > 0;) {
    const Layer& layer = layers_[l];
    const PanelView<T> d = tile(scratch, layer.hidden_at);
    filtered(filters, rows, l).backward(d);
    if (keeps_before()) {
      kernels_.activate_gradient(d, constant(tile(scratch, layer.before_at)), count, d_mlp_, activation_);
    }
    if (layer.bias_at >= 0) {
      kernels_.column_sums(accumulator + matrices_.gradient_at(layer.b), constant(d), count, d_mlp_, true);
    }
    const PanelView<T> in = below(scratch, l);
    kernels_.tn(accumulator + matrices_.gradient_at(layer.w), constant(in), constant(d), count, d_mlp_, layer.depth,
                !first);
    if (l > 0) {
      kernels_.nn(in, constant(d), matrices_.packed_transposed(layer.w), count, d_mlp_, d_mlp_, mask);
    }
  }
}

template <typename T>
std::unique_ptr<Network<T>> make_number_mlp(const ModelConfig& config, const Task& task, const ModelSizes& sizes,
                                            std::int64_t, const Kernels<T>& kernels) {
  return std::make_unique<NumberMlp<T>>(config, task, sizes, kernels);
}

}  // namespace

const ArchitectureDescriptor& number_mlp_architecture() {
  static const ArchitectureDescriptor descriptor = {
      .spec = {.choice = "model.architecture",
               .name = "number_mlp",
               .meaning = "the inputs as numbers, such as pixels from 0 to 1, through hidden layers",
               .uses = {},
               .keys = {},
               .check = check_mlp},
      .mark = "hidden.0.W",
      .embeds = false,
      .sizes = mlp_sizes,
      .layout = layout,
      .network_f32 = make_number_mlp<float>,
      .network_f64 = make_number_mlp<double>,
      .infer = infer,
      .check_inferred = check_inferred_classes,  // of the first matrix load_tensors compares the shape
      .neuron_tensors = [](const ModelConfig& model, std::int64_t layer) {
        return mlp_neurons(model, layer, kNumberLayers);
      }};
  return descriptor;
}

}  // namespace groklab
