// What computed a run, in words.
#pragma once

#include <string>

namespace groklab {

/// Processor name, instruction set in use, threads: "Intel Xeon ..., AVX-512, 2 threads".
std::string machine_description(int threads);

}  // namespace groklab
