// See tokens.h. Tokens 0..p-1 are symbols; "o" (4 input tokens only) is p; "=" is the last of the vocabulary.
#include "groklab/model/tokens.h"

#include "groklab/base/error.h"
#include "groklab/config/vocabulary.h"
#include "groklab/kernel/kernels.h"

namespace groklab {

TokenSequence::TokenSequence(const ModelConfig& model, const Task& task) : task_(&task), symbols_(task.n_symbols) {
  vocabulary_ = groklab::token_count(model, task.n_symbols);
  for (std::int64_t input = 0; input < task.n_inputs; ++input) {
    positions_.push_back({input, 0});
    if (model.input_tokens == 4 && input == 0) positions_.push_back({-1, symbols_});
  }
  if (model.input_tokens >= 3) positions_.push_back({-1, vocabulary_ - 1});
  if (positions() > kMaxPositions) {
    fail(ErrorKind::kConfig, "the task's rows have {} tokens: expected at most {}", positions(), kMaxPositions);
  }
}

}  // namespace groklab
