// Which arithmetic a trajectory comes from: the engine's name and the version of its arithmetic. engine_identity()
// joins the two; identities and the store write it.
#pragma once

#include <string_view>

#include "groklab/config/engine_identity.h"

namespace groklab {

/// Names reach the disk through identities: never rename one.
inline constexpr std::string_view kEngineName = "cpu";

/// 3: subnormal numbers count as zero (exec/flush_denormals.h).
/// 2: tables of what attention adds to the neurons and the logits, one matrix W_out W_U, tiles ordered by operands.
/// 1: column panels; unless train.chunks is set, 1, 2 or 8 chunks (below 512, below 8192 rows, and above).
///
/// To be raised by a change after which any network in either precision on any instruction set gives other bits than
/// before: another order of sums, other chunks or tiles, another polynomial, a fused multiplication more or less.
/// tests/arithmetic_test.cc says when that has happened; its hashes are then computed anew. Not raised by what only
/// adds: a new component, or a key whose default computes as before.
inline constexpr int kArithmeticVersion = 3;

}  // namespace groklab
