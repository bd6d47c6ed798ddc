// The embedding MLP: its checks, its tensors, what a weights file tells about it. Its network: embedding_mlp.h.
#include "groklab/base/error.h"
#include "groklab/model/embedding_mlp.h"
#include "groklab/model/mlp_layers.h"

namespace groklab {

const ArchitectureDescriptor& mlp_architecture();

namespace {

ParameterLayout layout(const ModelConfig& c, const ModelSizes& sizes) {
  ParameterLayout layout;
  layout.add("embed.W_E", {sizes.vocabulary, c.d_model}, {.role = TensorRole::kEmbedding});
  const std::int64_t width =
      c.combination == EmbeddingCombination::kConcatenate ? sizes.positions * c.d_model : c.d_model;
  add_mlp_layers(layout, c, sizes, kEmbeddedLayers, width);
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
  infer_mlp_layers(model, inference, kEmbeddedLayers);
}

}  // namespace

const ArchitectureDescriptor& mlp_architecture() {
  static const ArchitectureDescriptor descriptor = {
      .spec = {.choice = "model.architecture",
               .name = "mlp",
               .meaning = "embeddings of the inputs, concatenated or summed, through hidden layers",
               .uses = {"model.d_model", "model.combination"},
               .keys = {},
               .check = check_mlp},
      .mark = "layers.0.W",
      .sizes = mlp_sizes,
      .layout = layout,
      .network_f32 = make_embedding_mlp<float>,
      .network_f64 = make_embedding_mlp<double>,
      .infer = infer,
      .check_inferred = check_inferred_classes,  // of the embedding load_tensors compares the shape
      .neuron_tensors = [](const ModelConfig& model, std::int64_t layer) {
        return mlp_neurons(model, layer, kEmbeddedLayers);
      }};
  return descriptor;
}

}  // namespace groklab
