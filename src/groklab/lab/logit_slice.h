// The logits of one slice of a task's table, for the report's heat map.
#pragma once

#include <cstdint>

#include "groklab/engine/engine.h"
#include "groklab/report/report.h"
#include "groklab/task.h"

namespace groklab {

/// All rows whose first input is `fixed_input`. Empty logits if the task is no binary operation (parity).
LogitSlice logit_slice(Engine& engine, const Task& task, const Split& split, std::int64_t fixed_input);

}  // namespace groklab
