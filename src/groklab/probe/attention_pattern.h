// Where the last position of a transformer's first block looks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/config.h"
#include "groklab/engine/engine.h"
#include "groklab/task.h"

namespace groklab {

/// Attention of the last position in the first block. Only embeddings go into it, so that it follows from the tensors.
struct AttentionPattern {
  std::int64_t heads = 0;
  std::vector<std::string> first_names, second_names;  ///< of the inputs' symbols
  std::vector<double> to_first, to_second;  ///< [heads, first, second]: probabilities; what is left goes to constants
};

/// Empty for an MLP, and for tasks that are no operation on two inputs.
AttentionPattern attention_pattern(const Engine& engine, const ResolvedConfig& config, const Task& task);

}  // namespace groklab
