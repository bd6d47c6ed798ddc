// Remarks on settings that are allowed and seldom meant.
#pragma once

#include <string>
#include <vector>

#include "groklab/config.h"

namespace groklab::cli {

/// A line each, of a configuration and the assignments (--set) that made it.
std::vector<std::string> setting_notes(const Config& config, const std::vector<std::string>& assignments);

}  // namespace groklab::cli
