// The page's script bundle, style sheet and template, embedded at build time from web/ (cmake/EmbedWeb.cmake).
#pragma once

#include <string_view>

namespace groklab::report {

std::string_view page_bundle();
std::string_view page_style();
std::string_view page_template();

}  // namespace groklab::report
