// The one-layer transformer by its exact shortcut (docs/decisions/precomputed-tables.md). Only the last position feeds
// the loss and its token is the same in every row, so there is one query; keys and values depend on (position, token)
// alone. Attention therefore reads tables with one row for each of the R = 2p + 1 pairs, and only D rows pass the MLP.
#pragma once

#include <memory>

#include "groklab/model/blocks.h"
#include "groklab/model/network.h"
#include "groklab/model/parameters.h"
#include "groklab/model/tokens.h"

namespace groklab {

/// True if the shortcut is exact for this network: a one-layer transformer without LayerNorm whose last token is "=".
bool precomputed_applies(const ModelConfig& config);

template <typename T>
std::unique_ptr<Network<T>> make_precomputed_transformer(const ModelConfig& config, const TokenSequence& tokens,
                                                         const ModelSizes& sizes, const Kernels<T>& kernels);

}  // namespace groklab
