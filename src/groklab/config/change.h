// Changes of a configuration, each "key=value" as in --set.
#pragma once

#include <string>
#include <vector>

#include "groklab/config.h"

namespace groklab {

/// The key of "key=value", without blanks around it.
std::string assigned_key(const std::string& assignment);

/// Setting split.train_fraction alone takes back the present split.train_size; naming another table or row file forgets
/// the old one's digest.
void change_config(Config& config, const std::vector<std::string>& assignments);

}  // namespace groklab
