// Limits of a task's table, and what its configuration alone tells about its size.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "groklab/config.h"

namespace groklab {

/// Largest table of any task: modulus 2000, or all 21-bit inputs. Larger ones are a slip of the keyboard.
inline constexpr std::int64_t kMaxRows = 4'000'000;
inline constexpr std::int64_t kMaxSymbols = 2000;  // kMaxSymbols^2 == kMaxRows

/// Of the chosen operation. Nothing for a user's table, whose size only its file knows.
std::optional<TaskSize> task_size(const TaskConfig& task);
/// A few words for lists of runs, such as "add mod 113". Labels are not told.
std::string operation_label(const TaskConfig& task);

}  // namespace groklab
