// The embedding MLP of the grokking literature: symbols are embedded, joined (concatenated or summed) and passed
// through hidden layers. The first product is exact table look-up: it depends on (input, symbol) alone.
#pragma once

#include <memory>

#include "groklab/model/network.h"
#include "groklab/model/parameters.h"

namespace groklab {

template <typename T>
std::unique_ptr<Network<T>> make_embedding_mlp(const ModelConfig& config, const Task& task, const ModelSizes& sizes,
                                               std::int64_t step_rows, const Kernels<T>& kernels);

/// The same without an embedding: the first layer has a row of weights for each symbol of each input, as a layer on
/// one-hot inputs side by side has; its product is the look-up.
template <typename T>
std::unique_ptr<Network<T>> make_one_hot_mlp(const ModelConfig& config, const Task& task, const ModelSizes& sizes,
                                             std::int64_t step_rows, const Kernels<T>& kernels);

}  // namespace groklab
