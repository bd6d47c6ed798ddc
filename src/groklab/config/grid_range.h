// The numbers of a range in a grid file, such as { from = 0, to = 9, step = 3 }. Includes toml++.
#pragma once

#include <string>
#include <vector>

#include "groklab/config/toml_names.h"

namespace groklab {

/// Numbers from `from` to `to`, both included where the step allows. `where` is the place and the key, for messages.
/// Throws Error(kConfig).
std::vector<double> range_numbers(const toml::table& table, const std::string& where);

}  // namespace groklab
