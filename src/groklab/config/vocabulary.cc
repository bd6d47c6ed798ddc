// See vocabulary.h.
#include "groklab/config/vocabulary.h"

#include "groklab/base/error.h"

namespace groklab {

std::int64_t logit_count(const ModelConfig& model, std::int64_t n_classes) {
  if (model.d_vocab_out == 0) return n_classes;
  if (model.d_vocab_out < n_classes) {
    fail(ErrorKind::kConfig, "model.d_vocab_out = {}: expected 0 or at least the task's {} classes", model.d_vocab_out,
         n_classes);
  }
  return model.d_vocab_out;
}

std::int64_t token_count(const ModelConfig& model, std::int64_t n_symbols) {
  const std::int64_t special = model.input_tokens - 2;
  if (model.d_vocab == 0) return n_symbols + special;
  if (model.d_vocab < n_symbols + special) {
    fail(ErrorKind::kConfig, "model.d_vocab = {}: expected 0 or at least {} ({} symbols and {} special tokens)",
         model.d_vocab, n_symbols + special, n_symbols, special);
  }
  return model.d_vocab;
}

}  // namespace groklab
