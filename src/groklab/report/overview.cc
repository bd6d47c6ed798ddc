// See overview.h.
#include "groklab/report/overview.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "groklab/base/join.h"
#include "groklab/record/task_label.h"
#include "groklab/report/figures.h"
#include "groklab/report/html.h"
#include "groklab/report/overview_charts.h"
#include "groklab/report/page.h"
#include "groklab/report/sections.h"
#include "groklab/view/text.h"

namespace groklab::report {
namespace {

std::string count_text(std::size_t count) { return format_count(static_cast<std::int64_t>(count)); }

/// What came out, in a sentence.
std::string outcome_line(const std::vector<OverviewRun>& runs) {
  std::size_t grokked = 0, lost = 0, diverged = 0, unended = 0;
  for (const OverviewRun& run : runs) {
    grokked += run.events.grok ? 1 : 0;
    lost += run.events.ungrok ? 1 : 0;
    diverged += run.info.status == RunStatus::kDiverged ? 1 : 0;
    unended += run.info.status == RunStatus::kRunning || run.info.status == RunStatus::kInterrupted ? 1 : 0;
  }
  std::string text =
      fmt::format("{} run{}: {} grokked", count_text(runs.size()), runs.size() == 1 ? "" : "s", count_text(grokked));
  if (lost > 0) text += fmt::format(" ({} of them lost it again)", count_text(lost));
  if (diverged > 0) text += fmt::format(", {} diverged", count_text(diverged));
  if (unended > 0) text += fmt::format(", {} not done", count_text(unended));
  std::set<std::string> tasks;
  for (const OverviewRun& run : runs) tasks.insert(task_label(run.info.config));
  return text + " \u00B7 " + (tasks.size() == 1 ? *tasks.begin() : count_text(tasks.size()) + " tasks");
}

std::string step_cell(const std::optional<std::int64_t>& step) {
  return step ? fmt::format("<td data-value=\"{}\">{}</td>", *step, format_count(*step))
              : "<td class=\"empty\">\u2013</td>";
}

std::string number_cell(double value, std::string (*format)(double)) {
  if (!std::isfinite(value)) return "<td class=\"empty\">\u2013</td>";
  return fmt::format("<td data-value=\"{}\">{}</td>", value, html_escape(format(value)));
}

std::string table_row(const GroupedRun& grouped, bool with_parents) {
  const RunInfo& info = grouped.source->info;
  const std::string id = html_escape(info.id);
  const std::string name = html_escape(info.annotation.name);
  std::string html =
      fmt::format("<tr id=\"run-{0}\"><th scope=\"row\">{0}{1}</th>", id, name.empty() ? "" : " " + name);
  for (const std::string& value : grouped.values)
    html += fmt::format("<td data-value=\"{0}\">{0}</td>", html_escape(value));
  html += fmt::format("<td><span class=\"status {0}\">{0}</span></td>", run_status_name(info.status));
  html += step_cell(info.step) + step_cell(grouped.source->events.fit) + step_cell(grouped.source->events.grok) +
          step_cell(grouped.source->events.ungrok);
  const double nan = std::nan("");
  html += number_cell(info.last ? info.last->test.accuracy : nan, format_fraction);
  html += number_cell(info.last ? info.last->norm : nan, format_number);
  if (!with_parents) return html + "</tr>\n";
  const std::string parent = html_escape(info.config.fork.run);
  html +=
      parent.empty() ? "<td class=\"empty\">\u2013</td>" : fmt::format("<td><a href=\"#run-{0}\">{0}</a></td>", parent);
  return html + "</tr>\n";
}

std::string runs_table(const RunGroups& groups) {
  std::string html =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of runs\">\n<table class=\"config "
      "runs\" "
      "data-sortable>\n<thead><tr>";
  std::vector<std::string> heads = {"run"};
  for (const std::string& key : groups.keys) heads.push_back(short_key(key));
  for (const char* head : {"status", "steps", "T_fit", "T_grok", "T_ungrok", "test accuracy", "norm"}) {
    heads.emplace_back(head);
  }
  const bool with_parents = std::any_of(groups.runs.begin(), groups.runs.end(), [](const GroupedRun& run) {
    return !run.source->info.config.fork.run.empty();
  });
  if (with_parents) heads.emplace_back("forked from");
  for (const std::string& head : heads) {
    html += fmt::format("<th scope=\"col\"><button type=\"button\" data-sort>{}</button></th>", html_escape(head));
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const GroupedRun& run : groups.runs) html += table_row(run, with_parents);
  return html + "</tbody>\n</table>\n</div>\n";
}

std::string section(const char* id, const char* title, const std::string& content) {
  return fmt::format("<section aria-labelledby=\"h-{0}\">\n<h2 id=\"h-{0}\">{1}</h2>\n{2}</section>\n", id, title,
                     content);
}

std::string note(const std::string& text) { return "<p class=\"note\">" + html_escape(text) + "</p>\n"; }

std::string figures_of(const std::vector<Chart>& charts) {
  std::string html = "<div class=\"charts\">\n";
  for (const Chart& chart : charts) html += chart_figure(chart);
  return html + "</div>\n";
}

/// How runs are grouped, and what counts as an event: definitions before use.
std::string reading_note(const RunGroups& groups, const std::vector<OverviewRun>& runs) {
  std::set<std::string> rules;
  for (const OverviewRun& run : runs) {
    const EventRule rule = event_rule(run.info.config);
    rules.insert(
        fmt::format("{:.6g} % for {} evaluation step{}", 100 * rule.accuracy, rule.held, rule.held == 1 ? "" : "s"));
  }
  std::string text = fmt::format(
      "T_fit and T_grok: the first steps from which accuracy on training and on test rows is held ({}); T_ungrok: the "
      "step "
      "from which test accuracy is below that to the end.",
      join(std::vector<std::string>(rules.begin(), rules.end()), " or "));
  if (!groups.over.empty())
    text += fmt::format(" Runs that differ in {} alone are repetitions of one another.", groups.over);
  if (!groups.pooled.empty()) {
    text += fmt::format(" Taken together, though they differ: {}.", join(groups.pooled, ", "));
  }
  return text;
}

OverviewPoint point_of(const Record& record) {
  return {record.step, record.test.accuracy, record.train.accuracy, record.test.loss, record.norm};
}

}  // namespace
}  // namespace groklab::report

namespace groklab {

OverviewRun overview_run(const Store& store, const RunInfo& info) {
  OverviewRun run{info, {}, {}};
  EventTimesFinder finder(event_rule(info.config));
  store.visit_records(info.id, [&](const Record& record) {
    finder.add(record);
    run.curve.push_back(report::point_of(record));
  });
  run.events = finder.times();
  return run;
}

std::string render_overview(const std::vector<OverviewRun>& runs, const OverviewOptions& options,
                            const std::string& title) {
  using namespace report;
  const RunGroups groups = group_runs(runs, options);
  std::string main;
  if (!runs.empty()) {
    main += section("events", "When they grokked",
                    note(reading_note(groups, runs)) + no_script_note() + figures_of(outcome_figures(groups)));
    main +=
        section("curves", "Training",
                note("Step axes are log(1 + step), so that the untrained network, step 0, has its place at the left.") +
                    figures_of(overview_curves(groups, options.use_mean)));
    main += section("runs", "Runs",
                    note("A column's head sorts by it. One run's own page: groklab report RUN.") + runs_table(groups));
  }
  std::set<std::string> versions;
  for (const OverviewRun& run : runs) versions.insert(run.info.version);
  std::string footer =
      fmt::format("Runs made by groklab {}.", join(std::vector<std::string>(versions.begin(), versions.end()), ", "));
  if (!options.command.empty()) footer += " This page again: " + options.command + ".";
  return render_page({"groklab report", title, runs.empty() ? "No runs." : outcome_line(runs), main, footer});
}

}  // namespace groklab
