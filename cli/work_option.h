// What is to be trained by many machines: a sweep's grid, or a study.
#pragma once

#include <CLI/CLI.hpp>
#include <atomic>
#include <string>
#include <vector>

#include "groklab/sweep/plan.h"

namespace groklab::cli {

struct WorkOption {
  std::string grid, study, scale, instruction_set;

  void add_to(CLI::App& command);
  /// Throws Error(kConfig) unless there is exactly one of grid and study.
  void check(const std::string& command) const;
  /// Incomplete where `interrupt` was set meanwhile.
  SweepPlan plan(const std::atomic<bool>& interrupt) const;
  /// The arguments of groklab that train it; `grid_file` in the place of the grid.
  std::vector<std::string> words(const std::string& grid_file) const;
};

}  // namespace groklab::cli
