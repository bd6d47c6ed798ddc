// See page.h. The page is the template of web/page.html, filled.
#include "groklab/report/page.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "groklab/report/assets.h"
#include "groklab/report/html.h"
#include "groklab/report/sha256.h"

namespace groklab::report {

namespace {

/// The values of an attribute in HTML of ours, each once. Text of others cannot forge one: its quotes are escaped.
std::set<std::string> values_of(std::string_view html, const std::string& attribute) {
  const std::string start = " " + attribute + "=\"";
  std::set<std::string> values;
  for (std::size_t at = html.find(start); at != html.npos; at = html.find(start, at)) {
    at += start.size();
    values.emplace(html.substr(at, html.find('"', at) - at));
  }
  return values;
}

bool consists_of(std::string_view text, std::string_view letters) {
  return !text.empty() && text.find_first_not_of(letters) == text.npos;
}

/// Heights of charts and colours of runs as rules: the page's policy forbids style attributes.
std::string style_of(std::string_view main) {
  std::string style(page_style());
  for (const std::string& height : values_of(main, "data-height")) {
    if (consists_of(height, "0123456789")) style += fmt::format("[data-height=\"{0}\"] {{ height: {0}px; }}\n", height);
  }
  for (const std::string& colour : values_of(main, "data-run")) {
    if (consists_of(colour, "#0123456789abcdef"))
      style += fmt::format("[data-run=\"{0}\"] {{ --run: {0}; }}\n", colour);
  }
  return style;
}

/// Links to the sections of `main`, whose headings bear ids; "" for a page of one or two.
std::string contents_of(std::string_view main) {
  constexpr std::string_view kHeading = "<h2 id=\"", kEnd = "</h2>";
  std::string items;
  int count = 0;
  for (std::size_t at = main.find(kHeading); at != main.npos; at = main.find(kHeading, at)) {
    at += kHeading.size();
    const std::size_t quote = main.find("\">", at), end = main.find(kEnd, at);
    if (quote == main.npos || end == main.npos || quote > end) break;
    items += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", main.substr(at, quote - at),
                         main.substr(quote + 2, end - quote - 2));
    ++count;
  }
  if (count < 3) return "";
  return "<nav class=\"contents\" aria-label=\"Contents\">\n<ul>\n" + items + "</ul>\n</nav>\n";
}

}  // namespace

std::string render_page(const Page& page) {
  const std::string style = style_of(page.main);
  return fill_template(page_template(), {{"bundle_hash", sha256_base64(page_bundle())},
                                         {"style_hash", sha256_base64(style)},
                                         {"brand", html_escape(page.brand)},
                                         {"title", html_escape(page.title)},
                                         {"style", style},
                                         {"lead", html_escape(page.lead)},
                                         {"main", contents_of(page.main) + page.main},
                                         {"footer", html_escape(page.footer)},
                                         {"bundle", std::string(page_bundle())}});
}

std::string no_script_note() {
  return "<noscript><p class=\"warning\">The charts are drawn by a script inside this page; this browser has scripts "
         "switched off.</p></noscript>\n";
}

}  // namespace groklab::report
