// When two runs have the same task, or networks of the same shape: texts to compare and to use as keys of a map.
#pragma once

#include <string>

#include "groklab/config.h"

namespace groklab {

/// Equal for runs whose tables have the same rows and the same true labels. Seeds, training and which labels are
/// random or corrupted do not count.
std::string task_key(const ResolvedConfig& config);

/// Equal for runs of one task whose networks have the same tensors and are computed the same way: all of [model] but
/// the initial weights.
std::string shape_key(const ResolvedConfig& config);

/// Of runs of one shape_key: equal if a step costs the same per row, because loss, number format, optimiser and what
/// else is switched on are the same.
std::string cost_key(const ResolvedConfig& config);

}  // namespace groklab
