// Rows of a user's own data, such as images: whole numbers and a label, from a CSV file.
#pragma once

#include <string>
#include <string_view>

#include "groklab/task/operation.h"

namespace groklab {

/// Each line holds a row's inputs and, last, its label: whole numbers from 0 on, the same count in every line. Blank
/// lines and lines that start with '#' are skipped. Symbols are 0 to the largest input, classes 0 to the largest label.
/// Fills everything but the name. `where` names the file in messages. Throws Error(kInput) as "file:line: expected
/// ...".
Task parse_row_table(std::string_view text, const std::string& where);

/// For the check of a task whose rows are no pairs (x, y): refuses what only pairs have.
void check_no_pairs(const Config& config);

/// Reads task.table, and checks it against task.table_digest where that is known.
const OperationDescriptor& rows_operation();

}  // namespace groklab
