// See assets.h. The symbols come from cmake/serve_assets.S.in.
#include "groklab/serve/assets.h"

#include <cstddef>

extern "C" {
extern const char groklab_serve_script_begin[];
extern const char groklab_serve_script_end[];
extern const char groklab_serve_style_begin[];
extern const char groklab_serve_style_end[];
extern const char groklab_serve_template_begin[];
extern const char groklab_serve_template_end[];
}

namespace groklab::serve {

namespace {

std::string_view bytes_between(const char* begin, const char* end) {
  return std::string_view(begin, static_cast<std::size_t>(end - begin));
}

}  // namespace

std::string_view app_script() { return bytes_between(groklab_serve_script_begin, groklab_serve_script_end); }
std::string_view app_style() { return bytes_between(groklab_serve_style_begin, groklab_serve_style_end); }
std::string_view app_template() { return bytes_between(groklab_serve_template_begin, groklab_serve_template_end); }

}  // namespace groklab::serve
