// Another groklab program, such as one of an earlier commit, and how fast this one is beside it: both are measured in
// turns, so that a neighbour's load and the clock move both.
#pragma once

#include <string>
#include <vector>

#include "groklab/bench/bench.h"

namespace groklab {

/// Runs `PROGRAM bench`. It may be older: all that it must know is --list, --json, --case, --threads, --repeats and
/// --seconds, and --set where a case is changed.
class OtherProgram {
 public:
  /// Asks for its cases. Throws Error(kInput) if it cannot be run or is no such program.
  explicit OtherProgram(std::string program);

  const std::string& program() const { return program_; }
  bool has_case(const std::string& name) const;
  /// Milliseconds of a step. Throws Error(kInput) if it fails or prints something else.
  double ms_per_step(const BenchCase& bench_case, const BenchOptions& options) const;

 private:
  std::string program_;
  std::vector<std::string> cases_;
};

/// run_bench_isolated and the other program in turns, options.repeats times, one repeat each; which of them comes first
/// alternates. The result holds the medians and the comparison.
BenchResult run_bench_against(const OtherProgram& other, const BenchCase& bench_case, const BenchOptions& options);

}  // namespace groklab
