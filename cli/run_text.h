// Stored runs in words, shared by the listings.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "groklab/config.h"
#include "groklab/record/record.h"
#include "groklab/store/store.h"

namespace groklab::cli {

/// "add mod 113", "group_product S5", "parity 3 of 40", with "random labels" and the like where they are.
std::string task_label(const Config& config);

/// One line: when the run fitted its training rows and when it generalised.
std::string times_line(const std::vector<Record>& records);

/// The run without its records, as `runs --json` and `show --json` print it.
nlohmann::ordered_json run_to_json(const RunInfo& info);

}  // namespace groklab::cli
