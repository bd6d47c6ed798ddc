// A split of rows that are chosen already.
#pragma once

#include <cstdint>
#include <vector>

#include "groklab/task.h"

namespace groklab {

/// `rows` are ascending and in 0..n_rows-1, each once. A row that trained in `parent` or its ancestors and is not among
/// them is kRemoved.
Split split_of_rows(std::vector<std::int64_t> rows, std::int64_t n_rows, const Split* parent = nullptr);

}  // namespace groklab
