// JSON texts of rows, which may be damaged or made by others. Internal to store/.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace groklab {

/// Throws Error(kStore) "WHERE: expected JSON, found ...": no JSON, or nested deeper than anything that groklab writes
/// (walking such a tree would overflow the stack).
nlohmann::ordered_json parse_stored_json(const std::string& text, const std::string& where);

/// A JSON value as the text of a row.
std::string stored_json_text(const nlohmann::ordered_json& json);

}  // namespace groklab
