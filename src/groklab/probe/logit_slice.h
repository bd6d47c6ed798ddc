// The logits of one slice of a task's table (the first input fixed), as they are and in the order of a frequency.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "groklab/engine/engine.h"
#include "groklab/probe/attention_pattern.h"
#include "groklab/probe/embedding_circle.h"
#include "groklab/probe/task_group.h"
#include "groklab/probes.h"
#include "groklab/task.h"

namespace groklab {

struct LogitSlice {
  std::int64_t fixed_input = 0;        ///< x
  std::vector<std::string> row_names;  ///< y symbols
  std::int64_t n_classes = 0;
  std::vector<double> logits;        ///< [rows, n_classes]
  std::vector<std::int32_t> labels;  ///< [rows]
  std::vector<RowRole> roles;        ///< [rows]
};

/// All rows whose first input is `fixed_input`. Empty logits if the task is no binary operation (parity).
LogitSlice logit_slice(Engine& engine, const Task& task, const Split& split, std::int64_t fixed_input);

/// The same with symbols and classes in the order k g mod n of their elements g of Z_n, in which the wave of frequency
/// k is one period long.
struct ReorderedLogits {
  std::string frequency;                 ///< k
  std::string fixed_input;               ///< the first input's symbol
  std::vector<std::string> row_names;    ///< second inputs
  std::vector<std::string> class_names;  ///< columns
  std::vector<double> logits;            ///< [rows, classes], each row's mean removed
};

/// In the order of the strongest key of `result`. Empty logits unless the task's group is cyclic and has a key.
ReorderedLogits reordered_logits(const LogitSlice& slice, const Task& task, const std::optional<TaskGroup>& group,
                                 const ProbeResult& result);

/// What probes say of a run. Empty: no section on its page.
struct InsideView {
  std::vector<ProbeResult> over_steps;   ///< those stored, ascending
  std::optional<ProbeResult> last;       ///< the last state with every probe and each neuron
  ReorderedLogits reordered;             ///< empty logits: no heat map
  std::vector<EmbeddingCircle> circles;  ///< of the key frequencies, strongest first
  AttentionPattern attention;            ///< no heads: no heat maps
};

}  // namespace groklab
