// The one-layer transformer with precomputed tables, which is exact (docs/decisions/precomputed-tables.md). Only the
// last position feeds the loss and its token is the same in every row, so there is one query; keys and values depend on
// (position, token) alone. Attention therefore reads tables with one row for each of the R = 2p + 1 pairs, and only D
// rows pass the MLP.
#pragma once

#include <memory>

#include "groklab/model/blocks.h"
#include "groklab/model/network.h"
#include "groklab/model/parameters.h"
#include "groklab/model/tokens.h"

namespace groklab {

/// True if the tables are exact for this transformer: one layer, no LayerNorm, and "=" as the last token.
bool precomputed_applies(const ModelConfig& config);

template <typename T>
std::unique_ptr<Network<T>> make_precomputed_transformer(const ModelConfig& config, const TokenSequence& tokens,
                                                         const ModelSizes& sizes, const Kernels<T>& kernels);

}  // namespace groklab
