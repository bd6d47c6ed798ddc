// See sweep_text.h.
#include "groklab/sweep/sweep_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/analysis/event_times.h"
#include "groklab/view/text.h"

namespace groklab {
namespace {

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string csv_value(double value) { return std::isfinite(value) ? fmt::format("{:.9g}", value) : ""; }

std::string csv_step(const std::optional<std::int64_t>& step) { return step ? fmt::format("{}", *step) : ""; }

std::string varied_text(const PlannedRun& run) {
  std::string text;
  for (const auto& [key, value] : run.varied) text += (text.empty() ? "" : ", ") + key + " = " + value;
  return text;
}

const char* state_name(const PlannedResult& result) {
  switch (result.state) {
    case PlannedState::kDone:
      return run_status_name(result.outcome.status);
    case PlannedState::kFailed:
      return "failed";
    case PlannedState::kSkipped:
      return "skipped";
    case PlannedState::kPending:
      break;
  }
  return "pending";
}

}  // namespace

std::string format_bytes(double bytes) {
  const char* units[] = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit < 4) {
    bytes /= 1000;
    ++unit;
  }
  return fmt::format("{:.3g} {}", bytes, units[unit]);
}

std::string estimate_line(const SweepEstimate& estimate, int jobs) {
  return fmt::format("{} run{}, at most {} steps, {:.3g} PFLOP, {} on {} core{}, {} of disk",
                     format_count(estimate.runs), estimate.runs == 1 ? "" : "s", format_count(estimate.steps),
                     estimate.flop / 1e15, format_duration(estimate.wall_seconds), jobs, jobs == 1 ? "" : "s",
                     format_bytes(estimate.bytes));
}

std::string progress_line(const SweepProgress& p) {
  std::string line =
      fmt::format("{:3.0f} %  {} of {} done", std::floor(100 * p.fraction), format_count(p.done), format_count(p.runs));
  if (p.was_done > 0) line += fmt::format(" ({} before)", format_count(p.was_done));
  line += fmt::format(", {} running", p.running);
  if (p.failed > 0) line += fmt::format(", {} failed", format_count(p.failed));
  if (p.seconds > 0.5) {
    line += fmt::format(", {} steps/s", format_count(std::llround(static_cast<double>(p.steps_made) / p.seconds)));
  }
  if (p.seconds_left >= 0) line += fmt::format(", {} left", format_duration(std::round(p.seconds_left)));
  return line;
}

std::vector<std::string> failure_lines(const SweepPlan& plan, const std::vector<PlannedResult>& results,
                                       std::size_t most) {
  std::vector<std::string> lines;
  std::size_t failures = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const PlannedResult& r = results[i];
    if (r.state != PlannedState::kFailed && r.state != PlannedState::kSkipped) continue;
    if (++failures > most) continue;
    const std::string varied = varied_text(plan.runs[i]);
    lines.push_back(fmt::format("run {}{} {}: {}", r.id.empty() ? fmt::format("number {}", i + 1) : r.id,
                                varied.empty() ? "" : " (" + varied + ")",
                                r.state == PlannedState::kFailed ? "failed" : "was skipped", r.error));
  }
  if (failures > most) lines.push_back(fmt::format("and {} more", failures - most));
  return lines;
}

std::string results_csv(const Store& store, const SweepPlan& plan, const std::vector<PlannedResult>& results) {
  std::vector<std::string> keys;
  for (const PlannedRun& run : plan.runs) {
    for (const auto& [key, value] : run.varied) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
  }
  std::string text = "run,parent";
  for (const std::string& key : keys) text += "," + key;
  text +=
      ",status,step,t_fit,t_grok,train_loss,train_accuracy,test_loss,test_accuracy,removed_accuracy,"
      "never_seen_accuracy,norm,train_correct_logit_centred,train_margin,test_margin,seconds,error\n";
  for (std::size_t i = 0; i < results.size(); ++i) {
    const PlannedRun& planned = plan.runs[i];
    const PlannedResult& result = results[i];
    text += result.id + ",";
    if (planned.parent != kNoParent) text += results[static_cast<std::size_t>(planned.parent)].id;
    for (const std::string& key : keys) {
      text += ",";
      for (auto at = planned.varied.rbegin(); at != planned.varied.rend(); ++at) {  // a fork's own value comes last
        if (at->first != key) continue;
        text += csv_field(at->second);
        break;
      }
    }
    text += fmt::format(",{},{}", state_name(result), result.outcome.step);
    std::vector<Record> records;
    if (!result.id.empty() && store.contains(result.id)) records = store.records(result.id);
    const EventTimes times = event_times(records);
    text += "," + csv_step(times.fit) + "," + csv_step(times.grok);
    if (records.empty()) {
      text += ",,,,,,,,,,";
    } else {
      const Record& last = records.back();
      for (const double value : {last.train.loss, last.train.accuracy, last.test.loss, last.test.accuracy,
                                 last.removed.accuracy, last.never_seen.accuracy, last.norm,
                                 last.train.correct_logit_centred, last.train.margin, last.test.margin}) {
        text += "," + csv_value(value);
      }
    }
    text += fmt::format(",{:.3f},{}\n", result.outcome.seconds, csv_field(result.error));
  }
  return text;
}

}  // namespace groklab
