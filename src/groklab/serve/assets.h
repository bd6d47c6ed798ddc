// The live page's script, style sheet and template, embedded at build time from web/serve/ (cmake/EmbedWeb.cmake).
#pragma once

#include <string_view>

namespace groklab::serve {

std::string_view app_script();
std::string_view app_style();
/// HTML with {{token}}, {{read_only}} and {{query}}, all inside quoted attributes.
std::string_view app_template();

}  // namespace groklab::serve
