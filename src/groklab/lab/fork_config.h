// The config of a stored run with changes, and that of a fork.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/config.h"
#include "groklab/store/store.h"

namespace groklab {

/// `assignments` are "key=value" as in --set. Setting split.train_fraction alone takes back the stored
/// split.train_size; naming another table or row file forgets the old one's digest.
void change_config(Config& config, const std::vector<std::string>& assignments);

/// The parent's config, changed, and with [fork] filled in.
Config fork_config(const Store& store, const std::string& parent_id, std::int64_t step,
                   const std::vector<std::string>& assignments);

}  // namespace groklab
