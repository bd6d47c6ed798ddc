// The summary card of one run; see sections.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/base/join.h"
#include "groklab/report/config_diff.h"
#include "groklab/report/html.h"
#include "groklab/report/outcome.h"
#include "groklab/report/sections.h"
#include "groklab/view/text.h"

namespace groklab::report {

namespace {

std::string tile(const char* name, const std::string& value) {
  return fmt::format("<div class=\"tile\"><dt>{}</dt><dd>{}</dd></div>\n", name, html_escape(value));
}

std::string row(const char* name, const std::string& value) {
  if (value.empty()) return "";
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, html_escape(value));
}

std::string milestone(const std::optional<std::int64_t>& step) { return step ? format_count(*step) : "not yet"; }

const Record* last_record(const ReportRun& run) {
  if (!run.records.empty()) return &run.records.back();
  return run.info.last ? &*run.info.last : nullptr;
}

std::string group_accuracy(const Record* record, GroupMetrics Record::*group) {
  if (record == nullptr || (record->*group).rows == 0) return "\u2013";
  return format_fraction((record->*group).accuracy);
}

std::string size_text(const ReportRun& run) {
  if (run.n_rows <= 0) return "";
  return fmt::format("{} of {} rows ({})", format_count(run.n_train), format_count(run.n_rows),
                     format_fraction(static_cast<double>(run.n_train) / static_cast<double>(run.n_rows)));
}

std::string time_text(const RunInfo& info) {
  if (info.seconds <= 0 || info.step <= 0) return format_duration(info.seconds);
  const double rate = static_cast<double>(info.step) / info.seconds;
  return fmt::format("{} ({} steps/s)", format_duration(info.seconds),
                     rate >= 100 ? format_count(std::llround(rate)) : fmt::format("{:.3g}", rate));
}

// "2025-03-09T14:02:11Z" -> "2025-03-09 14:02:11 UTC"; other text stays as it is.
std::string utc_text(std::string created) {
  if (created.size() < 20 || created[10] != 'T' || created.back() != 'Z') return created;
  created[10] = ' ';
  created.pop_back();
  return created + " UTC";
}

std::string fork_text(const ForkConfig& fork) {
  return fork.run.empty() ? "" : fmt::format("{} at step {}", fork.run, format_count(fork.step));
}

}  // namespace

std::string summary_card(const PlotRun& plot) {
  const ReportRun& run = *plot.source;
  const RunInfo& info = run.info;
  const Record* last = last_record(run);
  const bool has_test = last == nullptr || last->test.rows > 0;
  const char* status = run_status_name(info.status);
  std::string html = fmt::format("<article class=\"card\" data-run=\"{}\">\n", plot.colour);
  html += fmt::format("<h3>{} <span class=\"status {}\">{}</span></h3>\n", html_escape(plot.label), status, status);
  if (!run.task_name.empty()) html += fmt::format("<p class=\"task\">{}</p>\n", html_escape(run.task_name));
  if (const std::string text = outcome_sentence(info, plot.events, last); !text.empty()) {
    html += fmt::format("<p class=\"outcome\">{}</p>\n", html_escape(text));
  }
  html += "<dl class=\"tiles\">\n";
  html += tile("Train accuracy", group_accuracy(last, &Record::train));
  html += tile("Test accuracy", group_accuracy(last, &Record::test));
  html += tile("Fitted at step", milestone(plot.events.fit));
  html += tile("Grokked at step", has_test ? milestone(plot.events.grok) : "\u2013");
  if (plot.events.ungrok) html += tile("Lost at step", milestone(plot.events.ungrok));
  html += "</dl>\n<dl class=\"facts\">\n";
  html += row("Run", info.id == plot.label ? "" : info.id);
  html += row("Tags", join(info.annotation.tags, ", "));
  html += row("Note", info.annotation.note);
  html += row("Training set", size_text(run));
  html += row("Parameters", run.n_parameters > 0 ? format_count(run.n_parameters) : "");
  html += row("Steps", fmt::format("{} of {}", format_count(info.step), format_count(info.config.train.steps)));
  html += row("Ended because", info.reason);
  html += row("Forked from", fork_text(info.config.fork));
  html += row("Training time", time_text(info));
  html += row("Started", utc_text(info.created));
  html += row("Machine", info.machine);
  html += row("groklab", info.version);
  html += row("Made by", train_command(info.config));
  return html + "</dl>\n</article>\n";
}

}  // namespace groklab::report
