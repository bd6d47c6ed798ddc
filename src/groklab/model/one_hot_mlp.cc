// The MLP on one-hot inputs, "two-hot" for pairs (Gromov 2023, arXiv:2301.02679, and after it much of the literature on
// modular arithmetic): x holds a 1 for the symbol of each input; h_1 = act(x W_0 + b_0), h_{i+1} = act(h_i W_i + b_i),
// logits = h W_U + b_U. Its network: embedding_mlp.h.
#include <fmt/format.h>

#include <string>

#include "groklab/base/error.h"
#include "groklab/model/architecture.h"
#include "groklab/model/embedding_mlp.h"

namespace groklab {

const ArchitectureDescriptor& one_hot_mlp_architecture();

namespace {

std::string prefix_of(std::int64_t layer) { return layer == 0 ? "one_hot." : fmt::format("hidden.{}.", layer); }

void check(const Config& config) {
  const ModelConfig& model = config.model;
  if (model.layer_norm != LayerNormKind::kNone) {
    refuse(config, "model.layer_norm", "none for model.architecture = one_hot_mlp");
  }
  if (model.tied_embeddings) refuse(config, "model.tied_embeddings", "false for model.architecture = one_hot_mlp");
}

ModelSizes sizes(const ModelConfig& config, const Task& task) {
  return {task.n_symbols, task.n_inputs, class_count(config, task)};
}

ParameterLayout layout(const ModelConfig& c, const ModelSizes& sizes) {
  ParameterLayout layout;
  std::int64_t width = sizes.positions * sizes.vocabulary;
  for (std::int64_t i = 0; i < c.n_layers; ++i) {
    layout.add(prefix_of(i) + "W", {width, c.d_mlp}, {.role = TensorRole::kLinear, .fan_in = width});
    if (c.biases != Biases::kNone) {
      layout.add(prefix_of(i) + "b", {c.d_mlp}, {.role = TensorRole::kBias, .fan_in = width});
    }
    width = c.d_mlp;
  }
  layout.add("unembed.W_U", {width, sizes.classes}, {.role = TensorRole::kUnembedding, .fan_in = width});
  if (c.biases == Biases::kAll) {
    layout.add("unembed.b_U", {sizes.classes}, {.role = TensorRole::kBias, .fan_in = width});
  }
  return layout;
}

void infer(ModelConfig& model, const ShapeInference& inference) {
  const WeightShapes& weights = inference.weights;
  inference.set("model.d_mlp", model.d_mlp, weights.at("one_hot.W", 2, "[inputs * symbols, d_mlp]").shape[1]);
  std::int64_t layers = 1;
  while (weights.find(prefix_of(layers) + "W") != nullptr) ++layers;
  inference.set("model.n_layers", model.n_layers, layers);
  inference.set("model.d_vocab_out", model.d_vocab_out, weights.at("unembed.W_U", 2, "[d_mlp, d_vocab_out]").shape[1]);
  if (inference.is_fixed("model.biases")) return;
  model.biases = weights.find("unembed.b_U") != nullptr ? Biases::kAll
                 : weights.find("one_hot.b") != nullptr ? Biases::kMlp
                                                        : Biases::kNone;
}

/// Rows of the first matrix are the task's inputs times its symbols: load_tensors compares the shapes.
void check_inferred(const ModelConfig& model, const TaskSize& size, const std::string& file) {
  if (model.d_vocab_out != 0 && model.d_vocab_out < size.n_classes) {
    fail(ErrorKind::kInput, "{}: expected unembed.W_U of at least {} columns for as many classes, found {}", file,
         size.n_classes, model.d_vocab_out);
  }
}

NeuronTensors neurons_of(const ModelConfig& model, std::int64_t layer) {
  const std::string out = layer + 1 < model.n_layers ? prefix_of(layer + 1) + "W" : "unembed.W_U";
  return {prefix_of(layer) + "W", model.biases != Biases::kNone ? prefix_of(layer) + "b" : "", out};
}

}  // namespace

const ArchitectureDescriptor& one_hot_mlp_architecture() {
  static const ArchitectureDescriptor descriptor = {
      .spec = {.choice = "model.architecture",
               .name = "one_hot_mlp",
               .meaning = "the inputs as one-hot vectors side by side (two-hot for pairs), through hidden layers",
               .uses = {},
               .keys = {},
               .check = check},
      .mark = "one_hot.W",
      .sizes = sizes,
      .layout = layout,
      .network_f32 = make_one_hot_mlp<float>,
      .network_f64 = make_one_hot_mlp<double>,
      .infer = infer,
      .check_inferred = check_inferred,
      .neuron_tensors = neurons_of};
  return descriptor;
}

}  // namespace groklab
