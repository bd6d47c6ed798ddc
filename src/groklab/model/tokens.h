// How a row of a task becomes a sequence of tokens.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "groklab/config.h"
#include "groklab/task.h"

namespace groklab {

/// At a position of a sequence stands an input symbol or a constant token ("o", "=").
class TokenSequence {
 public:
  /// Throws Error(kConfig) if the sequence would be longer than the kernels allow.
  TokenSequence(const ModelConfig& model, const Task& task);

  std::int64_t positions() const { return static_cast<std::int64_t>(positions_.size()); }
  std::int64_t vocabulary() const { return vocabulary_; }
  bool constant(std::int64_t position) const { return positions_[static_cast<std::size_t>(position)].input < 0; }
  /// Distinct tokens that can stand at a position.
  std::int64_t token_count(std::int64_t position) const { return constant(position) ? 1 : symbols_; }
  /// Number `index` of the tokens that can stand at a position.
  std::int64_t token(std::int64_t position, std::int64_t index) const {
    return constant(position) ? positions_[static_cast<std::size_t>(position)].token : index;
  }
  /// Which of them stands there in task row `row`.
  std::int64_t index(std::int64_t position, std::int64_t row) const {
    const std::int64_t input = positions_[static_cast<std::size_t>(position)].input;
    return input < 0 ? 0 : task_->inputs[static_cast<std::size_t>(row * task_->n_inputs + input)];
  }

 private:
  struct Position {
    std::int64_t input;  ///< index into the row's inputs, or -1
    std::int64_t token;  ///< the constant token if input is -1
  };
  const Task* task_;
  std::vector<Position> positions_;
  std::int64_t symbols_ = 0;
  std::int64_t vocabulary_ = 0;
};

}  // namespace groklab
