// The table of configurations; see sections.h.
#include <fmt/format.h>

#include <algorithm>

#include "groklab/report/config_diff.h"
#include "groklab/report/html.h"
#include "groklab/report/sections.h"

namespace groklab::report {

namespace {

std::string cell(const std::string& value, const std::string& default_value) {
  const std::string text = value.empty() ? "<span class=\"empty\">none</span>" : html_escape(value);
  return value == default_value ? fmt::format("<td>{}</td>", text) : fmt::format("<td><strong>{}</strong></td>", text);
}

std::string table_head(const std::vector<PlotRun>& runs) {
  std::string html = "<thead><tr><th scope=\"col\">key</th>";
  for (const PlotRun& run : runs) {
    const std::string name = runs.size() == 1 ? "value" : html_escape(run.label);
    html += fmt::format("<th scope=\"col\"><span class=\"swatch\" data-run=\"{}\"></span>{}</th>", run.colour, name);
  }
  return html + "<th scope=\"col\">default</th></tr></thead>\n";
}

std::string table(const std::vector<PlotRun>& runs, const std::vector<ConfigRow>& rows, const char* label) {
  std::string html = fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\n<table class=\"config{}\">\n", label,
      runs.size() == 1 ? " single" : "");
  html += table_head(runs) + "<tbody>\n";
  for (const ConfigRow& row : rows) {
    html +=
        fmt::format("<tr{}><th scope=\"row\">{}</th>", row.differs ? " class=\"differs\"" : "", html_escape(row.key));
    for (const std::string& value : row.values) html += cell(value, row.default_value);
    html += fmt::format("<td class=\"default\">{}</td></tr>\n", html_escape(row.default_value));
  }
  return html + "</tbody>\n</table>\n</div>\n";
}

}  // namespace

std::string config_section(const std::vector<PlotRun>& plots) {
  std::vector<ReportRun> runs;
  for (const PlotRun& plot : plots) {
    ReportRun light;  // without records: only the config is read here
    light.info.config = plot.source->info.config;
    runs.push_back(std::move(light));
  }
  const std::vector<ConfigRow> rows = config_rows(runs);
  std::string html = "<p class=\"note\">Bold: not the default.";
  if (plots.size() == 1) return html + "</p>\n" + table(plots, rows, "Table of keys");

  const std::vector<ConfigRow> differences = config_differences(runs);
  if (differences.empty()) {
    html += " All runs have the same configuration.</p>\n";
  } else {
    html += " These keys differ between the runs.</p>\n" + table(plots, differences, "Keys that differ");
  }
  return html + "<details>\n<summary>All keys</summary>\n<p class=\"note\">Shaded: differs between the runs.</p>\n" +
         table(plots, rows, "All keys") + "</details>\n";
}

}  // namespace groklab::report
