// Rows of a user's own data, such as images: numbers and a label, from a CSV file or from arrays in .npy or IDX.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "groklab/task/operation.h"

namespace groklab {

/// Distinct numbers in a table of rows: their names and places are kept for each.
inline constexpr std::int64_t kMaxLevels = 4'000'000;

/// CSV: each line holds a row's inputs and, last, its label; the same count in every line; blank lines and lines that
/// start with '#' are skipped. Arrays (.npy or IDX): one of shape [rows, inputs + 1] with the label last, or one of
/// inputs [rows, ...] with one of labels [rows] behind it in the same file.
/// Labels are whole numbers from 0 on. If inputs are whole numbers from 0 to kMaxSymbols - 1 alone, symbols are 0 to
/// the largest and number_mlp divides by it; otherwise each distinct number is a symbol, in ascending order, which
/// number_mlp takes as it is. Fills everything but the task's name. `where` names the file in messages. Throws
/// Error(kInput) as "file:line:column: expected ...", of arrays as "file: row 3: expected ...".
Task parse_row_table(std::string_view bytes, const std::string& where);

/// For the check of a task whose rows are no pairs (x, y): refuses what only pairs have.
void check_no_pairs(const Config& config);

/// Reads task.table, and checks it against task.table_digest where that is known.
const OperationDescriptor& rows_operation();

}  // namespace groklab
