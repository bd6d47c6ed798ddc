// Points of time as text.
#pragma once

#include <chrono>
#include <string>

namespace groklab {

/// UTC, "2024-01-31T23:59:59.123Z"; before 1970 too.
std::string utc_text(std::chrono::system_clock::time_point time);

}  // namespace groklab
