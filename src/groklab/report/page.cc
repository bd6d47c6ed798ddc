// See page.h. The page is the template of web/page.html, filled.
#include "groklab/report/page.h"

#include "groklab/report/assets.h"
#include "groklab/report/html.h"

namespace groklab::report {

std::string render_page(const Page& page) {
  return fill_template(page_template(), {{"brand", html_escape(page.brand)},
                                         {"title", html_escape(page.title)},
                                         {"style", std::string(page_style())},
                                         {"lead", html_escape(page.lead)},
                                         {"main", page.main},
                                         {"footer", html_escape(page.footer)},
                                         {"bundle", std::string(page_bundle())}});
}

std::string no_script_note() {
  return "<noscript><p class=\"warning\">The charts are drawn by a script inside this page; this browser has scripts "
         "switched off.</p></noscript>\n";
}

}  // namespace groklab::report
