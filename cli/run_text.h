// Stored runs in words, shared by the listings.
#pragma once

#include <string>
#include <vector>

#include "groklab/record/record.h"

namespace groklab::cli {

/// One line: when the run fitted its training rows and when it generalised.
std::string times_line(const std::vector<Record>& records);

}  // namespace groklab::cli
