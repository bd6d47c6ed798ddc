// A user's binary operation from a CSV file: p lines of p integers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "groklab/task/operation.h"

namespace groklab {

struct UserTable {
  std::int64_t n_symbols = 0;
  std::vector<std::int32_t> labels;  ///< [p, p]; kNoLabel where the product is unknown
};

/// Line x, cell y (both from 0) holds x o y in 0..p-1; '-' or an empty cell is an unknown product, which gets no row.
/// Blank lines and lines that start with '#' are skipped. `where` names the file in messages.
/// Throws Error(kInput) as "file:line[:column]: expected ..., found ...".
UserTable parse_user_table(std::string_view text, const std::string& where);

/// Reads task.table, and checks it against task.table_digest where that is known.
const OperationDescriptor& user_table_operation();

}  // namespace groklab
