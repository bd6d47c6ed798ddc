// The frame around a chart; see sections.h. web/src/page.js finds the parts by their data- attributes.
#include <fmt/format.h>

#include "groklab/report/html.h"
#include "groklab/report/sections.h"

namespace groklab::report {

std::string chart_figure(const Chart& chart) {
  const bool has_control = chart.spec.contains("params");
  std::string html = fmt::format("<figure class=\"chart\" id=\"{}\">\n", html_escape(chart.id));
  html += fmt::format("<h3>{}</h3>\n", html_escape(chart.title));
  if (chart.is_empty) return html + "<p class=\"empty\">Nothing that could be drawn was measured.</p>\n</figure>\n";
  html += fmt::format(
      "<div class=\"plot{}\" data-chart=\"{}\" data-height=\"{}\" role=\"group\" aria-label=\"{}\"></div>\n",
      has_control ? " has-control" : "", html_escape(chart.id), chart.height + (has_control ? 44 : 0),
      html_escape("Chart: " + chart.title + ". " + chart.caption));
  html += fmt::format("<figcaption>{}</figcaption>\n", html_escape(chart.caption));
  html += fmt::format(
      "<p class=\"downloads\"><button type=\"button\" data-download=\"csv\" data-of=\"{0}\" "
      "aria-label=\"Data (CSV) of {1}\">Data (CSV)</button>"
      "<button type=\"button\" data-download=\"spec\" data-of=\"{0}\" "
      "aria-label=\"Chart (JSON) of {1}, a Vega-Lite specification\">Chart (JSON)</button></p>\n",
      html_escape(chart.id), html_escape(chart.title));
  html += fmt::format("<script type=\"application/json\" data-spec=\"{}\">", html_escape(chart.id));
  html += script_json(chart.spec);
  return html + "</script>\n</figure>\n";
}

}  // namespace groklab::report
