// The inside view of one run; see sections.h.
#include <fmt/format.h>

#include "groklab/probe/probe_text.h"
#include "groklab/report/charts.h"
#include "groklab/report/html.h"
#include "groklab/report/sections.h"
#include "groklab/view/text.h"

namespace groklab::report {

namespace {

std::string result_table(const ProbeResult& result) {
  std::string html = fmt::format(
      "<div class=\"scroll\"><table class=\"config inside\">\n<caption>Probes at step {}</caption>\n<thead><tr><th "
      "scope=\"col\">probe</th><th scope=\"col\">measurement</th><th scope=\"col\">value</th></tr></thead>\n<tbody>\n",
      format_count(result.step));
  for (const ProbeLine& line : probe_lines(result)) {
    html += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n", html_escape(line.probe),
                        html_escape(line.name), html_escape(line.value));
  }
  return html + "</tbody></table></div>\n";
}

}  // namespace

std::string inside_section(const PlotRun& run) {
  const InsideView& inside = run.source->inside;
  if (inside.over_steps.empty() && !inside.last) return "";
  std::string html = "<section aria-labelledby=\"h-inside\">\n<h2 id=\"h-inside\">Inside the network</h2>\n";
  if (inside.over_steps.size() < 2 && inside.last && inside.last->frequencies) {
    html +=
        "<p class=\"note\">Only the last state was looked at. To see circuits over training: train with "
        "train.probe_every, or probe stored checkpoints with groklab probe RUN --at all.</p>\n";
  }
  html += "<div class=\"charts\">\n";
  for (const Chart& chart : inside_charts(run)) html += chart_figure(chart);
  html += "</div>\n";
  if (inside.last) html += result_table(*inside.last);
  return html + "</section>\n";
}

}  // namespace groklab::report
