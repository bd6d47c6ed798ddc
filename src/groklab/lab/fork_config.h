// The config of a fork: the parent's with changes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/config/config.h"
#include "groklab/store/store.h"

namespace groklab {

/// `assignments` are "key=value" as in --set. Setting split.train_fraction alone takes back the parent's
/// split.train_size; naming another table or row file forgets the old one's digest.
Config fork_config(const Store& store, const std::string& parent_id, std::int64_t step,
                   const std::vector<std::string>& assignments);

}  // namespace groklab
