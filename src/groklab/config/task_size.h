// What a task's configuration alone tells about the size of its table.
#pragma once

#include <cstdint>
#include <optional>

#include "groklab/config.h"

namespace groklab {

/// Largest table of any task: modulus 2000, or all 21-bit inputs. Larger ones are a slip of the keyboard.
inline constexpr std::int64_t kMaxRows = 4'000'000;
inline constexpr std::int64_t kMaxSymbols = 2000;  // kMaxSymbols^2 == kMaxRows

bool is_group_operation(Operation operation);
/// Any of the operations modulo task.modulus.
bool is_modular_operation(Operation operation);

/// Number of elements of the group; degree >= 1. Grows no further than 10^12, so that it never overflows.
std::int64_t group_order(GroupKind group, std::int64_t degree);

/// Nothing for a user's table, whose size only its file knows.
std::optional<TaskSize> task_size(const TaskConfig& task);

}  // namespace groklab
