// Which stored runs a command is about: by name, by a condition, or all of a sweep.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "groklab/store/store.h"

namespace groklab::cli {

enum class NoRuns { kRefused, kAllowed };

struct RunChoice {
  std::vector<std::string> runs;
  std::string where, sweep;

  /// RUN..., --where and --sweep.
  void add_to(CLI::App& command);
  /// Full ids, each once. Throws Error(kConfig) unless exactly one of the three was given, Error(kStore) for a run that
  /// is not there, and with kRefused if there is none at all.
  std::vector<std::string> ids(const Store& store, const char* command, NoRuns none = NoRuns::kRefused) const;
};

}  // namespace groklab::cli
