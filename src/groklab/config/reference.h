// The list of all configuration keys as people read it.
#pragma once

#include <string>
#include <string_view>

namespace groklab {

/// docs/config.md: one table per section.
std::string config_reference_markdown();
/// For a terminal: one key per line with default, range and unit, its meaning below. Of one key or section if named;
/// throws Error(kConfig) if there is none of that name.
std::string config_reference_text(std::string_view name = "");

}  // namespace groklab
