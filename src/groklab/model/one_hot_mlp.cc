// The MLP on one-hot inputs, "two-hot" for pairs (Gromov 2023, arXiv:2301.02679, and after it much of the literature on
// modular arithmetic): x holds a 1 for the symbol of each input; h_1 = act(x W_0 + b_0), h_{i+1} = act(h_i W_i + b_i),
// logits = h W_U + b_U. Its network: embedding_mlp.h.
#include "groklab/model/embedding_mlp.h"
#include "groklab/model/mlp_layers.h"

namespace groklab {

const ArchitectureDescriptor& one_hot_mlp_architecture();

namespace {

ParameterLayout layout(const ModelConfig& c, const ModelSizes& sizes) {
  ParameterLayout layout;
  add_mlp_layers(layout, c, sizes, kOneHotLayers, sizes.positions * sizes.vocabulary);
  return layout;
}

void infer(ModelConfig& model, const ShapeInference& inference) {
  const WeightShapes& weights = inference.weights;
  inference.set("model.d_mlp", model.d_mlp, weights.at("one_hot.W", 2, "[inputs * symbols, d_mlp]").shape[1]);
  infer_mlp_layers(model, inference, kOneHotLayers);
}

}  // namespace

const ArchitectureDescriptor& one_hot_mlp_architecture() {
  static const ArchitectureDescriptor descriptor = {
      .spec = {.choice = "model.architecture",
               .name = "one_hot_mlp",
               .meaning = "the inputs as one-hot vectors side by side (two-hot for pairs), through hidden layers",
               .uses = {},
               .keys = {},
               .check = check_mlp},
      .mark = "one_hot.W",
      .sizes = mlp_sizes,
      .layout = layout,
      .network_f32 = make_one_hot_mlp<float>,
      .network_f64 = make_one_hot_mlp<double>,
      .infer = infer,
      .check_inferred = check_inferred_classes,  // of the first matrix load_tensors compares the shape
      .neuron_tensors = [](const ModelConfig& model, std::int64_t layer) {
        return mlp_neurons(model, layer, kOneHotLayers);
      }};
  return descriptor;
}

}  // namespace groklab
