// What the MLPs have in common, whatever their first hidden layer reads: its tensors, those behind it, and what a
// weights file tells about them.
#pragma once

#include <cstdint>
#include <string>

#include "groklab/model/architecture.h"

namespace groklab {

/// How the tensors of hidden layers are named.
struct MlpLayers {
  const char* first;   ///< "one_hot.": begins the first layer's names
  const char* deeper;  ///< "hidden.": with a layer's number and a dot behind it, those of the others

  std::string prefix(std::int64_t layer) const;
};
inline constexpr MlpLayers kEmbeddedLayers = {"layers.0.", "layers."};
inline constexpr MlpLayers kOneHotLayers = {"one_hot.", "hidden."};
inline constexpr MlpLayers kNumberLayers = {"hidden.0.", "hidden."};

/// Throws Error(kConfig) for LayerNorm or tied embeddings, which no MLP has.
void check_mlp(const Config& config);
ModelSizes mlp_sizes(const ModelConfig& config, const Task& task);
/// Adds hidden layers, the first with so many inputs, and the unembedding.
void add_mlp_layers(ParameterLayout& layout, const ModelConfig& config, const ModelSizes& sizes,
                    const MlpLayers& layers, std::int64_t inputs);
/// Takes the number of layers, classes and biases from a weights file. Throws Error(kInput).
void infer_mlp_layers(ModelConfig& model, const ShapeInference& inference, const MlpLayers& layers);
NeuronTensors mlp_neurons(const ModelConfig& model, std::int64_t layer, const MlpLayers& layers);

}  // namespace groklab
