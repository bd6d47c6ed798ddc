// Text that goes into the page: escaping, JSON inside <script>, filling the template.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace groklab::report {

/// Safe in element content and in quoted attributes.
std::string html_escape(std::string_view text);

/// JSON text that is safe inside <script>: no '<' at all, so neither "</script" nor "<!--" can occur.
/// Bytes that are not UTF-8 become U+FFFD.
std::string script_json(const nlohmann::json& json);

/// Replaces every {{name}} by its value in one pass: a value that contains "{{" is not looked at again.
/// Throws Error(kInternal) for a name without value.
std::string fill_template(std::string_view text, const std::map<std::string, std::string, std::less<>>& values);

}  // namespace groklab::report
