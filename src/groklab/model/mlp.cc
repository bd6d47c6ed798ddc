// The embedding MLP: its checks, its tensors, what a weights file tells about it. Its network: embedding_mlp.h.
#include <fmt/format.h>

#include "groklab/base/error.h"
#include "groklab/model/architecture.h"
#include "groklab/model/embedding_mlp.h"

namespace groklab {

const ArchitectureDescriptor& mlp_architecture();

namespace {

void check(const Config& config) {
  const ModelConfig& model = config.model;
  if (model.layer_norm != LayerNormKind::kNone) {
    refuse(config, "model.layer_norm", "none for model.architecture = mlp");
  }
  if (model.tied_embeddings) refuse(config, "model.tied_embeddings", "false for model.architecture = mlp");
}

ModelSizes sizes(const ModelConfig& config, const Task& task) {
  return {task.n_symbols, task.n_inputs, class_count(config, task)};
}

ParameterLayout layout(const ModelConfig& c, const ModelSizes& sizes) {
  ParameterLayout layout;
  layout.add("embed.W_E", {sizes.vocabulary, c.d_model}, {.role = TensorRole::kEmbedding});
  std::int64_t width = c.combination == EmbeddingCombination::kConcatenate ? sizes.positions * c.d_model : c.d_model;
  for (std::int64_t i = 0; i < c.n_layers; ++i) {
    const std::string prefix = fmt::format("layers.{}.", i);
    layout.add(prefix + "W", {width, c.d_mlp}, {.role = TensorRole::kLinear, .fan_in = width});
    if (c.biases != Biases::kNone) layout.add(prefix + "b", {c.d_mlp}, {.role = TensorRole::kBias, .fan_in = width});
    width = c.d_mlp;
  }
  layout.add("unembed.W_U", {width, sizes.classes}, {.role = TensorRole::kUnembedding, .fan_in = width});
  if (c.biases == Biases::kAll) {
    layout.add("unembed.b_U", {sizes.classes}, {.role = TensorRole::kBias, .fan_in = width});
  }
  return layout;
}

/// The first layer's inputs are one embedding (a sum) or a whole number of them (concatenated).
void infer(ModelConfig& model, const ShapeInference& inference) {
  const WeightShapes& weights = inference.weights;
  inference.set("model.d_model", model.d_model, weights.at("embed.W_E", 2, "[symbols, d_model]").shape[1]);
  const auto& first = weights.at("layers.0.W", 2, "[inputs, d_mlp]").shape;
  inference.set("model.d_mlp", model.d_mlp, first[1]);
  const bool is_sum = first[0] == model.d_model;
  if (first[0] % model.d_model != 0 ||
      (inference.is_fixed("model.combination") && is_sum != (model.combination == EmbeddingCombination::kSum))) {
    fail(
        ErrorKind::kInput,
        "{}: expected layers.0.W of {} rows for model.combination = sum, of a multiple of it for concatenate, found {}",
        weights.file, model.d_model, first[0]);
  }
  model.combination = is_sum ? EmbeddingCombination::kSum : EmbeddingCombination::kConcatenate;
  std::int64_t layers = 0;
  while (weights.find(fmt::format("layers.{}.W", layers)) != nullptr) ++layers;
  inference.set("model.n_layers", model.n_layers, layers);
  inference.set("model.d_vocab_out", model.d_vocab_out, weights.at("unembed.W_U", 2, "[d_mlp, d_vocab_out]").shape[1]);
  if (inference.is_fixed("model.biases")) return;
  model.biases = weights.find("unembed.b_U") != nullptr  ? Biases::kAll
                 : weights.find("layers.0.b") != nullptr ? Biases::kMlp
                                                         : Biases::kNone;
}

/// Rows of the embedding are the task's symbols: load_tensors compares the shapes.
void check_inferred(const ModelConfig& model, const TaskSize& size, const std::string& file) {
  if (model.d_vocab_out != 0 && model.d_vocab_out < size.n_classes) {
    fail(ErrorKind::kInput, "{}: expected unembed.W_U of at least {} columns for as many classes, found {}", file,
         size.n_classes, model.d_vocab_out);
  }
}

NeuronTensors neurons_of(const ModelConfig& model, std::int64_t layer) {
  const std::string prefix = fmt::format("layers.{}.", layer);
  const std::string out = layer + 1 < model.n_layers ? fmt::format("layers.{}.W", layer + 1) : "unembed.W_U";
  return {prefix + "W", model.biases != Biases::kNone ? prefix + "b" : "", out};
}

}  // namespace

const ArchitectureDescriptor& mlp_architecture() {
  static const ArchitectureDescriptor descriptor = {
      .spec = {.choice = "model.architecture",
               .name = "mlp",
               .meaning = "embeddings of the inputs, concatenated or summed, through hidden layers",
               .uses = {"model.d_model", "model.combination"},
               .keys = {},
               .check = check},
      .mark = "layers.0.W",
      .sizes = sizes,
      .layout = layout,
      .network_f32 = make_embedding_mlp<float>,
      .network_f64 = make_embedding_mlp<double>,
      .infer = infer,
      .check_inferred = check_inferred,
      .neuron_tensors = neurons_of};
  return descriptor;
}

}  // namespace groklab
