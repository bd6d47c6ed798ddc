// Suggestions for mistyped names and keys.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace groklab {

/// The candidate nearest to `word` by edit distance, or "" if none is near (shared by keys, enums and subcommands).
std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates);

/// The key that the user may have meant by an unknown dotted key, or "".
std::string suggest_key(std::string_view unknown);

}  // namespace groklab
