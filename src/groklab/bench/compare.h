// Stored ratios, so that a change that slows the engine is seen.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "groklab/bench/bench.h"

namespace groklab {

/// Roofline fraction by "case/threads" for one instruction set. Reads {"ratios": {"AVX-512": {"V/1": 0.9, ...}}}; empty
/// if nothing is stored for that set. Throws Error(kInput).
std::map<std::string, double> read_ratios(const std::string& path, const std::string& instruction_set);

/// One line for each result whose best repeat is more than 15 % below its stored ratio. The best repeat counts because
/// noise on a shared machine only slows. Results without a stored ratio are not judged.
std::vector<std::string> ratio_falls(const std::vector<BenchResult>& results,
                                     const std::map<std::string, double>& stored);

}  // namespace groklab
