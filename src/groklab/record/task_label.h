// A run's task in a few words, for listings.
#pragma once

#include <string>

#include "groklab/config.h"

namespace groklab {

/// "add mod 113", "group_product symmetric 5", "parity 3 of 40", with "random labels" and the like where they are.
std::string task_label(const Config& config);

}  // namespace groklab
