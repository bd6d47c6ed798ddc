// Other programs that a command needs.
#pragma once

#include <string>
#include <vector>

namespace groklab::cli {

struct ChildResult {
  int code = 0;        ///< exit code; 128 + N after signal N
  std::string output;  ///< standard output and error
};

/// Runs a program of PATH with these arguments (the first is its name) and waits for it. Throws Error(kConfig) if there
/// is no such program.
ChildResult run_child(const std::vector<std::string>& arguments);

}  // namespace groklab::cli
