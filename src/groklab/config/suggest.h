// Suggestions for mistyped keys. (nearest_name itself is public, see fields.h.)
#pragma once

#include <string>
#include <string_view>

namespace groklab {

/// The key that the user may have meant by an unknown dotted key, or "".
std::string suggest_key(std::string_view unknown);

}  // namespace groklab
