// See report.h.
#include "groklab/report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "groklab/report/assets.h"
#include "groklab/report/charts.h"
#include "groklab/report/figures.h"
#include "groklab/report/html.h"
#include "groklab/report/page.h"
#include "groklab/report/sections.h"
#include "groklab/view/text.h"

namespace groklab::report {

namespace {

std::string figures(const std::vector<Chart>& charts) {
  std::string html;
  for (const Chart& chart : charts) html += chart_figure(chart);
  return html;
}

std::string logits_section(const std::vector<PlotRun>& runs) {
  const std::vector<Chart> charts = logit_charts(runs);
  if (charts.empty()) return "";
  const auto with_slice =
      std::count_if(runs.begin(), runs.end(), [](const PlotRun& run) { return !run.source->slice.logits.empty(); });
  std::string html = "<section aria-labelledby=\"h-logits\">\n<h2 id=\"h-logits\">Logits</h2>\n";
  if (static_cast<std::size_t>(with_slice) > charts.size()) {
    html += fmt::format("<p class=\"note\">The first {} runs of {}.</p>\n", charts.size(), with_slice);
  }
  return html + "<div class=\"charts\">\n" + figures(charts) + "</div>\n</section>\n";
}

std::string charts_note(const std::vector<PlotRun>& runs) {
  std::string note =
      "Step axes are log(1 + step), so that the untrained network, step 0, has its place at the left. Each chart's "
      "data and specification can be saved below it.";
  for (const PlotRun& run : runs) {
    if (!is_downsampled(run)) continue;
    note += fmt::format(" Of {}, {} of {} records are drawn and saved here, peaks kept; all of them: groklab export.",
                        run.label, format_count(static_cast<std::int64_t>(run.drawn.size())),
                        format_count(static_cast<std::int64_t>(run.source->records.size())));
  }
  return note;
}

// One line under the title; nothing that the title says already.
std::string lead(const std::vector<PlotRun>& runs, const std::string& title) {
  if (runs.empty()) return "No runs.";
  std::string text = runs[0].source->task_name;
  for (const PlotRun& run : runs) {
    if (run.source->task_name != text) text = "several tasks";
  }
  if (runs.size() == 1) return text == title ? "" : text;
  return fmt::format("{} runs \u00B7 {}", runs.size(), text);
}

std::string version_text(const std::vector<PlotRun>& runs) {
  std::set<std::string> versions;
  for (const PlotRun& run : runs) versions.insert(run.source->info.version);
  std::string text;
  for (const std::string& version : versions) {
    if (!text.empty()) text += ", ";
    text += version;
  }
  return text;
}

}  // namespace

}  // namespace groklab::report

namespace groklab {

std::vector<Figure> report_figures(const std::vector<ReportRun>& runs) {
  using namespace report;
  const std::vector<PlotRun> plots = make_plot_runs(runs);
  std::vector<Figure> figures;
  const auto add = [&](const std::vector<Chart>& charts) {
    for (const Chart& chart : charts) figures.push_back({chart.id, chart.title, chart.caption, chart.spec.dump()});
  };
  add(training_figures(plots));
  if (plots.size() == 1) add(inside_charts(plots[0]));
  add(logit_charts(plots));
  return figures;
}

std::string_view figure_program() { return report::page_bundle(); }

std::string render_report(const std::vector<ReportRun>& runs, const std::string& title) {
  using namespace report;
  const std::vector<PlotRun> plots = make_plot_runs(runs);
  std::string cards;
  for (const PlotRun& plot : plots) cards += summary_card(plot);
  std::string main = fmt::format(
      "<section aria-labelledby=\"h-runs\">\n<h2 id=\"h-runs\">{}</h2>\n<div class=\"cards\">\n{}</div>\n</section>\n",
      runs.size() == 1 ? "Run" : "Runs", cards);
  main += "<section aria-labelledby=\"h-charts\">\n<h2 id=\"h-charts\">Training</h2>\n<p class=\"note\">" +
          html_escape(charts_note(plots)) + "</p>\n" + no_script_note() + "<div class=\"charts\">\n" +
          figures(training_figures(plots)) + "</div>\n</section>\n";
  if (plots.size() == 1) main += inside_section(plots[0]);
  main += logits_section(plots);
  main += "<section aria-labelledby=\"h-config\">\n<h2 id=\"h-config\">Configuration</h2>\n" + config_section(plots) +
          "</section>\n";
  return render_page({"groklab report", title, lead(plots, title), main,
                      fmt::format("Runs made by groklab {}.", version_text(plots))});
}

}  // namespace groklab
