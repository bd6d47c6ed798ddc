// Tasks and training rows that a caller brings himself: checked, and named by their contents.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "groklab/task.h"

namespace groklab {

/// Throws Error(kInput): sizes that do not fit together, a symbol or label out of range, more than kMaxRows rows.
void check_own_task(const Task& task);

/// Ascending. Throws Error(kInput): a row twice, or not in the table.
std::vector<std::int64_t> check_own_rows(std::vector<std::int64_t> rows, std::int64_t n_rows);

/// XXH3-128 hex digits of inputs and labels. Names do not count.
std::string task_digest(const Task& task);
/// The same of row numbers.
std::string rows_digest(std::span<const std::int64_t> rows);

}  // namespace groklab
