// Changes of a configuration, each "key=value" as in --set.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "groklab/config.h"

namespace groklab {

/// Assignments, and what follows from them. Setting split.train_fraction alone takes back split.train_size, which would
/// win over it; naming another table or row file forgets the old one's digest. `option` is named in messages.
void change_config(Config& config, const std::vector<std::string>& assignments, std::string_view option = "--set");

}  // namespace groklab
