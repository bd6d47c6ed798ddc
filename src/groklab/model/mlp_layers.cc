// See mlp_layers.h.
#include "groklab/model/mlp_layers.h"

#include <fmt/format.h>

#include "groklab/base/error.h"

namespace groklab {

std::string MlpLayers::prefix(std::int64_t layer) const {
  return layer == 0 ? first : fmt::format("{}{}.", deeper, layer);
}

void check_mlp(const Config& config) {
  const ModelConfig& model = config.model;
  if (model.layer_norm != LayerNormKind::kNone) {
    refuse(config, "model.layer_norm", fmt::format("none for model.architecture = {}", model.architecture));
  }
  if (model.tied_embeddings) {
    refuse(config, "model.tied_embeddings", fmt::format("false for model.architecture = {}", model.architecture));
  }
}

ModelSizes mlp_sizes(const ModelConfig& config, const Task& task) {
  return {task.n_symbols, task.n_inputs, class_count(config, task)};
}

void add_mlp_layers(ParameterLayout& layout, const ModelConfig& c, const ModelSizes& sizes, const MlpLayers& layers,
                    std::int64_t inputs) {
  std::int64_t width = inputs;
  for (std::int64_t i = 0; i < c.n_layers; ++i) {
    const std::string prefix = layers.prefix(i);
    layout.add(prefix + "W", {width, c.d_mlp}, {.role = TensorRole::kLinear, .fan_in = width});
    if (c.biases != Biases::kNone) layout.add(prefix + "b", {c.d_mlp}, {.role = TensorRole::kBias, .fan_in = width});
    width = c.d_mlp;
  }
  layout.add("unembed.W_U", {width, sizes.classes}, {.role = TensorRole::kUnembedding, .fan_in = width});
  if (c.biases == Biases::kAll) {
    layout.add("unembed.b_U", {sizes.classes}, {.role = TensorRole::kBias, .fan_in = width});
  }
}

void infer_mlp_layers(ModelConfig& model, const ShapeInference& inference, const MlpLayers& layers) {
  const WeightShapes& weights = inference.weights;
  std::int64_t count = 0;
  while (weights.find(layers.prefix(count) + "W") != nullptr) ++count;
  inference.set("model.n_layers", model.n_layers, count);
  inference.set("model.d_vocab_out", model.d_vocab_out, weights.at("unembed.W_U", 2, "[d_mlp, d_vocab_out]").shape[1]);
  if (inference.is_fixed("model.biases")) return;
  model.biases = weights.find("unembed.b_U") != nullptr            ? Biases::kAll
                 : weights.find(layers.prefix(0) + "b") != nullptr ? Biases::kMlp
                                                                   : Biases::kNone;
}

NeuronTensors mlp_neurons(const ModelConfig& model, std::int64_t layer, const MlpLayers& layers) {
  const std::string prefix = layers.prefix(layer);
  const std::string out = layer + 1 < model.n_layers ? layers.prefix(layer + 1) + "W" : "unembed.W_U";
  return {prefix + "W", model.biases != Biases::kNone ? prefix + "b" : "", out};
}

}  // namespace groklab
