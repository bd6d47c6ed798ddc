// See sweep_text.h.
#include "groklab/sweep/sweep_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "groklab/analysis/event_times.h"
#include "groklab/base/csv.h"
#include "groklab/store/run_json.h"
#include "groklab/view/text.h"

namespace groklab {
namespace {

std::string varied_text(const PlannedRun& run) {
  std::string text;
  for (const auto& [key, value] : run.varied) text += (text.empty() ? "" : ", ") + key + " = " + value;
  return text;
}

}  // namespace

const char* planned_state_name(const PlannedResult& result) {
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

namespace {

/// Of the last record, in the order of their columns.
constexpr double (*kCsvNumbers[])(const Record&) = {[](const Record& r) { return r.train.loss; },
                                                    [](const Record& r) { return r.train.accuracy; },
                                                    [](const Record& r) { return r.test.loss; },
                                                    [](const Record& r) { return r.test.accuracy; },
                                                    [](const Record& r) { return r.removed.accuracy; },
                                                    [](const Record& r) { return r.never_seen.accuracy; },
                                                    [](const Record& r) { return r.norm; },
                                                    [](const Record& r) { return r.train.correct_logit_centred; },
                                                    [](const Record& r) { return r.train.margin; },
                                                    [](const Record& r) { return r.test.margin; }};

std::vector<std::string> varied_keys(const SweepPlan& plan) {
  std::vector<std::string> keys;
  for (const PlannedRun& run : plan.runs) {
    for (const auto& [key, value] : run.varied) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
  }
  return keys;
}

/// A fork's own value comes last and counts; "" if the run does not vary the key.
std::string varied_value(const PlannedRun& run, const std::string& key) {
  for (auto at = run.varied.rbegin(); at != run.varied.rend(); ++at) {
    if (at->first == key) return at->second;
  }
  return "";
}

}  // namespace

std::string results_csv(const Store& store, const SweepPlan& plan, const std::vector<PlannedResult>& results) {
  const std::vector<std::string> keys = varied_keys(plan);
  CsvText csv;
  csv.cell("run").cell("parent");
  for (const std::string& key : keys) csv.cell(key);
  csv.line("status", "step", "t_fit", "t_grok", "t_ungrok", "train_loss", "train_accuracy", "test_loss",
           "test_accuracy", "removed_accuracy", "never_seen_accuracy", "norm", "train_correct_logit_centred",
           "train_margin", "test_margin", "seconds", "error");
  for (std::size_t i = 0; i < results.size(); ++i) {
    const PlannedRun& planned = plan.runs[i];
    const PlannedResult& result = results[i];
    csv.cell(result.id);
    csv.cell(planned.parent != kNoParent ? results[static_cast<std::size_t>(planned.parent)].id : std::string());
    for (const std::string& key : keys) csv.cell(varied_value(planned, key));
    csv.cell(planned_state_name(result)).cell(result.outcome.step);
    std::vector<Record> records;
    if (!result.id.empty() && store.contains(result.id)) records = store.records(result.id);
    const EventTimes times = event_times(records, event_rule(planned.config));
    csv.cell(times.fit).cell(times.grok).cell(times.ungrok);
    std::optional<Record> last;
    if (!records.empty()) last = records.back();
    for (double (*value)(const Record&) : kCsvNumbers) csv.cell(last ? value(*last) : std::nan(""));
    csv.line(result.outcome.seconds, result.error);
  }
  return csv.text();
}

nlohmann::ordered_json results_json(const Store& store, const SweepPlan& plan,
                                    const std::vector<PlannedResult>& results) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const PlannedRun& planned = plan.runs[i];
    const PlannedResult& result = results[i];
    nlohmann::ordered_json varied = nlohmann::ordered_json::object();
    for (const auto& [key, value] : planned.varied) varied[key] = value;
    EventTimesFinder finder(event_rule(planned.config));
    const bool stored = !result.id.empty() && store.contains(result.id);
    if (stored) store.visit_records(result.id, [&](const Record& record) { finder.add(record); });
    const EventTimes times = finder.times();
    const auto step = [](const auto& known) { return known ? nlohmann::ordered_json(*known) : nullptr; };
    list.push_back({{"run", result.id},
                    {"parent", planned.parent == kNoParent ? "" : results[static_cast<std::size_t>(planned.parent)].id},
                    {"varied", std::move(varied)},
                    {"status", planned_state_name(result)},
                    {"step", result.outcome.step},
                    {"was_done", result.was_done},
                    {"t_fit", step(times.fit)},
                    {"t_grok", step(times.grok)},
                    {"t_ungrok", step(times.ungrok)},
                    {"last", nullptr},
                    {"error", result.error}});
    if (!stored) continue;
    const RunInfo info = store.run(result.id);
    if (info.last) list.back()["last"] = record_to_json(*info.last, info.tensor_names);
  }
  return {{"runs", std::move(list)}};
}

nlohmann::ordered_json estimate_json(const SweepEstimate& estimate, int jobs) {
  return {{"estimate",
           {{"runs", estimate.runs},
            {"steps", estimate.steps},
            {"flop", estimate.flop},
            {"seconds", estimate.wall_seconds},
            {"jobs", jobs},
            {"bytes", estimate.bytes}}}};
}

}  // namespace groklab
