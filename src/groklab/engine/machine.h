// What computed a run, in words.
#pragma once

#include <string>

namespace groklab {

/// Processor name, instruction set in use, threads: "Intel Xeon ..., AVX-512, 2 threads".
/// `instruction_set` "": the best.
std::string machine_description(int threads, const std::string& instruction_set = "");

}  // namespace groklab
