// See assets.h. The symbols come from cmake/web_assets.S.in.
#include "groklab/report/assets.h"

#include <cstddef>

extern "C" {
extern const char groklab_web_bundle_begin[];
extern const char groklab_web_bundle_end[];
extern const char groklab_web_style_begin[];
extern const char groklab_web_style_end[];
extern const char groklab_web_template_begin[];
extern const char groklab_web_template_end[];
}

namespace groklab::report {

namespace {

std::string_view between(const char* begin, const char* end) {
  return std::string_view(begin, static_cast<std::size_t>(end - begin));
}

}  // namespace

std::string_view page_bundle() { return between(groklab_web_bundle_begin, groklab_web_bundle_end); }
std::string_view page_style() { return between(groklab_web_style_begin, groklab_web_style_end); }
std::string_view page_template() { return between(groklab_web_template_begin, groklab_web_template_end); }

}  // namespace groklab::report
