// Stored runs in words, shared by the listings.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "groklab/config/config.h"
#include "groklab/store/store.h"

namespace groklab::cli {

/// "add mod 113", "group_product S5", "parity 3 of 40", with "random labels" and the like where they are.
std::string task_label(const Config& config);

/// The run without its records, as `runs --json` and `show --json` print it.
nlohmann::ordered_json run_to_json(const RunInfo& info);

}  // namespace groklab::cli
