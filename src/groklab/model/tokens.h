// How a row of a task becomes a sequence of tokens.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "groklab/config.h"
#include "groklab/task.h"

namespace groklab {

/// Slots are the positions of a sequence. A slot holds an input symbol or a constant token ("o", "=").
class TokenSequence {
 public:
  /// Throws Error(kConfig) if the sequence would be longer than the kernels allow.
  TokenSequence(const ModelConfig& model, const Task& task);

  std::int64_t positions() const { return static_cast<std::int64_t>(slots_.size()); }
  std::int64_t vocabulary() const { return vocabulary_; }
  bool constant(std::int64_t slot) const { return slots_[static_cast<std::size_t>(slot)].input < 0; }
  /// Distinct tokens that can stand in a slot.
  std::int64_t choices(std::int64_t slot) const { return constant(slot) ? 1 : symbols_; }
  /// The token of choice `choice` in a slot.
  std::int64_t token(std::int64_t slot, std::int64_t choice) const {
    return constant(slot) ? slots_[static_cast<std::size_t>(slot)].token : choice;
  }
  /// The choice that task row `row` makes in a slot.
  std::int64_t choice(std::int64_t slot, std::int64_t row) const {
    const std::int64_t input = slots_[static_cast<std::size_t>(slot)].input;
    return input < 0 ? 0 : task_->inputs[static_cast<std::size_t>(row * task_->n_inputs + input)];
  }

 private:
  struct Slot {
    std::int64_t input;  ///< index into the row's inputs, or -1
    std::int64_t token;  ///< the constant token if input is -1
  };
  const Task* task_;
  std::vector<Slot> slots_;
  std::int64_t symbols_ = 0;
  std::int64_t vocabulary_ = 0;
};

}  // namespace groklab
