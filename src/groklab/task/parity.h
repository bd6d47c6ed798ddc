// (n, k) sparse parity: n bits, of which a hidden k-subset decides the label.
#pragma once

#include <cstdint>
#include <vector>

#include "groklab/task/operation.h"

namespace groklab {

/// The hidden bits, ascending: k of n, drawn from the run's seed.
std::vector<std::int64_t> parity_subset(std::int64_t n_bits, std::int64_t subset_size, std::int64_t seed);

/// Rows in ascending order of the binary number that their bits spell (first bit most significant): all of them, or
/// task.parity_rows distinct ones. The subset does not depend on how many rows are sampled.
const OperationDescriptor& parity_operation();

}  // namespace groklab
