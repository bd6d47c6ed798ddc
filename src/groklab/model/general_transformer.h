// The decoder-only transformer with any number of layers and LayerNorm, all positions computed; only the last layer's
// query, output and MLP are limited to the last position, which alone feeds the loss.
#pragma once

#include <memory>

#include "groklab/model/network.h"
#include "groklab/model/parameters.h"
#include "groklab/model/tokens.h"

namespace groklab {

template <typename T>
std::unique_ptr<Network<T>> make_general_transformer(const ModelConfig& config, const TokenSequence& tokens,
                                                     const ModelSizes& sizes, const Kernels<T>& kernels);

}  // namespace groklab
