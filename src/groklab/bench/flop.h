// The second count of a step's work, which does not follow what the engine leaves out.
#pragma once

#include <cstdint>

#include "groklab/config.h"

namespace groklab {

/// FLOP of a training step taken layer by layer on the last position of `rows` rows: each matrix of weights once
/// forward and twice backward, a multiply-add counted as two. What stands in tables over pairs of (position, token)
/// counts nothing. Transformer of one layer: 6 rows (2 d m + d C). MLP of L hidden layers on k embeddings (k = 1 where
/// they are added up): 6 rows (k d m + (L - 1) m^2 + m C). d = d_model, m = d_mlp, C = `classes` logits; `inputs`
/// symbols a row. So programs that save in different ways can be told by one count.
double layerwise_flop(const ModelConfig& model, std::int64_t rows, std::int64_t inputs, std::int64_t classes);

}  // namespace groklab
