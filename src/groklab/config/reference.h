// The list of all configuration keys as people read it.
#pragma once

#include <string>

namespace groklab {

/// docs/config.md: one table per section.
std::string config_reference_markdown();
/// For a terminal: one key per line with default, range and unit, its meaning below.
std::string config_reference_text();

}  // namespace groklab
