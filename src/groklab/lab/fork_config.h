// The config of a fork of a stored run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/config.h"
#include "groklab/store/store.h"

namespace groklab {

/// The parent's config, changed ("key=value" as in --set), and with [fork] filled in.
Config fork_config(const Store& store, const std::string& parent_id, std::int64_t step,
                   const std::vector<std::string>& assignments);

}  // namespace groklab
