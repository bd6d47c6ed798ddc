// Stored ratios, so that a change that slows the engine is seen.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "groklab/bench/bench.h"

namespace groklab {

/// What one case reached when it was stored.
struct StoredRatio {
  double roofline = 0;    ///< rate of the step / peak rate of fused multiply-adds
  double of_library = 0;  ///< rate of the step / rate of the library's product of matrices; 0: not stored
};

/// Ratios by "case/threads" for one instruction set. Reads
/// {"ratios": {"AVX-512": {"V/1": {"roofline": 0.87, "of_library": 1.0}, ...}}}; empty if nothing is stored for that
/// set. Throws Error(kInput).
std::map<std::string, StoredRatio> read_ratios(const std::string& path, const std::string& instruction_set);

/// How a measurement is called in a file of ratios: "V/1".
std::string ratio_key(const std::string& name, int threads);

/// Those of `keys` that have no stored ratio, about which a comparison can say nothing.
std::vector<std::string> without_ratio(const std::vector<std::string>& keys,
                                       const std::map<std::string, StoredRatio>& stored);

/// One line for each result whose best repeat is more than 15 % below its stored ratios, below both of them: a
/// neighbour who takes caches and memory from this machine slows the library's product as well, a slower engine does
/// not. The best repeat counts because noise only slows. Results without a stored ratio are not judged.
std::vector<std::string> ratio_falls(const std::vector<BenchResult>& results,
                                     const std::map<std::string, StoredRatio>& stored);

}  // namespace groklab
