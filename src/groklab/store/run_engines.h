// Which arithmetic stored runs come from. A number from one and a number from another are not compared unnoticed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "groklab/store/store.h"

namespace groklab {

/// "" for the present engine, "older arithmetic cpu/1" for an earlier version of the same, "other engine gpu/1" else.
std::string arithmetic_note(const std::string& engine, const std::string& present);

/// The engines that the runs come from, each once, in order of their names.
std::vector<std::string> engines_of(std::span<const RunInfo> runs);

/// One line if the runs come from more than one engine or arithmetic, for whoever compares them; else "".
/// "expected runs of one arithmetic, found cpu/1 (3 runs), cpu/2 (5 runs)".
std::string mixed_engines(std::span<const RunInfo> runs);
/// The same for instruction sets: "expected runs of one instruction set, found AVX-512 (5 runs), AVX2 (3 runs)". Runs
/// of old stores, which do not tell theirs, count for none.
std::string mixed_instruction_sets(std::span<const RunInfo> runs);

}  // namespace groklab
