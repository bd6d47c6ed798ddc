// The page over many runs, shared by report and sweep.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "groklab/report/overview.h"

namespace groklab::cli {

/// --x, --color, --facet, --over, --mean.
struct OverviewFlags {
  OverviewOptions options;
  std::string over;  ///< "": the default

  void add_to(CLI::App& command);
  /// Whether one was given.
  bool any() const;
  /// As they must be repeated.
  std::string as_arguments() const;
};

std::string overview_page(const Store& store, const std::vector<RunInfo>& runs, const OverviewFlags& flags,
                          const std::string& command, const std::string& title);

}  // namespace groklab::cli
