// The one-layer transformer with precomputed tables, which is exact (docs/decisions/precomputed-tables.md). Only the
// last position feeds the loss and its token is the same in every row, so there is one query; keys and values depend on
// (position, token) alone. Attention therefore reads tables with few rows; where it is cheaper, tables of what it adds
// to the neurons' inputs and to the logits, so that the residual stream of a row is never formed.
#pragma once

#include <cstdint>
#include <memory>

#include "groklab/model/blocks.h"
#include "groklab/model/network.h"
#include "groklab/model/parameters.h"
#include "groklab/model/precomputed_plan.h"
#include "groklab/model/tokens.h"

namespace groklab {

/// True if the tables are exact for this transformer: one layer, no LayerNorm, and "=" as the last token.
bool precomputed_applies(const ModelConfig& config);

/// The shape that the form is chosen by, for steps of `rows` rows.
PrecomputedShape precomputed_shape(const ModelConfig& config, const TokenSequence& tokens, const ModelSizes& sizes,
                                   std::int64_t rows);

/// In the form of `plan`: cheapest_plan() of its shape, or another one for tests.
template <typename T>
std::unique_ptr<Network<T>> make_precomputed_transformer(const ModelConfig& config, const TokenSequence& tokens,
                                                         const ModelSizes& sizes, const PrecomputedPlan& plan,
                                                         const Kernels<T>& kernels);

}  // namespace groklab
