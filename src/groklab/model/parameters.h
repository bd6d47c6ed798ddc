// The sizes and tensors of a network, and their initial values.
#pragma once

#include <cstdint>
#include <vector>

#include "groklab/config.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// Sizes that the layout depends on but the config does not hold.
struct ModelSizes {
  std::int64_t vocabulary = 0;  ///< rows of W_E
  std::int64_t positions = 0;   ///< rows of W_pos; for the MLP, inputs
  std::int64_t classes = 0;     ///< columns of W_U (d_vocab_out)
};

/// All tensors of a resolved config, as its architecture lists them.
ParameterLayout model_layout(const ModelConfig& config, const ModelSizes& sizes);

/// Initial parameters, layout.total() numbers, padding zero. `paper`: N(0, 1 / d_model) for embeddings, attention and
/// MLP, N(0, 1 / vocabulary) for the unembedding (variances), biases 0, LayerNorm gain 1.
/// `torch`: embeddings N(0, 1), linear maps and their biases uniform in +-1/sqrt(fan_in). Both times init_scale.
std::vector<double> initial_parameters(const ModelConfig& config, const ModelSizes& sizes,
                                       const ParameterLayout& layout, std::int64_t seed);

}  // namespace groklab
