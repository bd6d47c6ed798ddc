// How many tokens a network reads and how many logits it gives: the rules, of a configuration and a table's size.
#pragma once

#include <cstdint>

#include "groklab/config.h"

namespace groklab {

/// Columns of the unembedding: model.d_vocab_out, or the task's classes. Throws Error(kConfig) if there are more.
std::int64_t logit_count(const ModelConfig& model, std::int64_t n_classes);
/// Rows of a transformer's embedding: model.d_vocab, or the symbols and special tokens ("o", "="). Throws
/// Error(kConfig) if there are more.
std::int64_t token_count(const ModelConfig& model, std::int64_t n_symbols);

}  // namespace groklab
