// groklab runs
#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands.h"
#include "groklab/analysis/curves.h"
#include "groklab/analysis/event_times.h"
#include "groklab/base/error.h"
#include "groklab/config/engine_identity.h"
#include "groklab/record/task_label.h"
#include "groklab/store/run_engines.h"
#include "groklab/store/run_json.h"
#include "groklab/view/text.h"
#include "options.h"
#include "run_text.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

constexpr std::ptrdiff_t kTimesColumn = 8;  ///< behind the accuracies

std::vector<std::string> row_of(const RunInfo& info) {
  std::vector<std::string> row = {info.id, run_status_name(info.status), format_count(info.step),
                                  task_label(info.config)};
  row.push_back(info.last ? format_count(info.last->train.rows) : "-");
  row.push_back(fmt::format("{}", info.config.seed));
  row.push_back(info.last ? format_fraction(info.last->train.accuracy) : "-");
  row.push_back(info.last ? format_fraction(info.last->test.accuracy) : "-");
  row.push_back(info.last ? format_number(info.last->norm) : "-");
  row.push_back(format_duration(info.seconds));
  const std::string note = arithmetic_note(info.engine, engine_identity());
  row.push_back(info.created + (note.empty() ? "" : "  " + note));
  return row;
}

std::string step_text(const std::optional<std::int64_t>& step) { return step ? format_count(*step) : "-"; }

/// Half of the runs have reached it by then; a run that has not counts up to its last step.
std::string median_text(const std::vector<Duration>& durations) {
  const double median = median_survival(durations);
  return std::isnan(median) ? "not reached" : format_count(static_cast<std::int64_t>(median));
}

/// `times`: of each run, or empty.
std::string table_of(const std::vector<RunInfo>& runs, const std::vector<EventTimes>& times) {
  std::vector<std::string> head = {"RUN",   "STATUS", "STEP", "TASK", "TRAIN SIZE", "SEED",
                                   "TRAIN", "TEST",   "NORM", "TIME", "CREATED"};
  const std::vector<std::string> times_head = {"T_FIT", "T_GROK"};
  if (!times.empty()) head.insert(head.begin() + kTimesColumn, times_head.begin(), times_head.end());
  std::vector<std::vector<std::string>> rows = {head};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    rows.push_back(row_of(runs[i]));
    if (times.empty()) continue;
    const std::vector<std::string> cells = {step_text(times[i].fit), step_text(times[i].grok)};
    rows.back().insert(rows.back().begin() + kTimesColumn, cells.begin(), cells.end());
  }
  if (times.empty()) return align_columns(rows, "llrlrrrrrrl");
  std::vector<Duration> fit, grok;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto duration = [&](const std::optional<std::int64_t>& step) {
      return Duration{static_cast<double>(step.value_or(runs[i].step)), step.has_value()};
    };
    fit.push_back(duration(times[i].fit));
    grok.push_back(duration(times[i].grok));
  }
  return align_columns(rows, "llrlrrrrrrrrl") +
         fmt::format("median T_fit {}, T_grok {} (Kaplan-Meier)\n", median_text(fit), median_text(grok));
}

nlohmann::ordered_json list_of(const std::vector<RunInfo>& runs, const std::vector<EventTimes>& times) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    list.push_back(run_to_json(runs[i]));
    if (!times.empty()) list.back().update(times_to_json(times[i]));
  }
  return list;
}

/// Of each run; one whose records are damaged leaves `runs` for a line in `damaged`.
std::vector<EventTimes> times_of(const Store& store, std::vector<RunInfo>& runs, std::vector<std::string>& damaged) {
  std::vector<EventTimes> times;
  std::vector<RunInfo> good;
  for (RunInfo& info : runs) {
    try {
      EventTimesFinder finder;
      store.visit_records(info.id, [&](const Record& record) { finder.add(record); });
      times.push_back(finder.times());
      good.push_back(std::move(info));
    } catch (const Error& error) {
      damaged.emplace_back(error.what());
    }
  }
  runs = std::move(good);
  return times;
}

}  // namespace

void add_runs(CLI::App& program, Action& action) {
  struct Options {
    std::string where;
    bool times = false, json = false;
    StoreOption store;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("runs", "List the stored runs, newest first");
  command->add_option("--where", options->where,
                      "Condition over columns and config keys, e.g. \"status = 'finished' AND optim.beta2 > 0.9\"");
  command->add_flag("--times", options->times, "With T_fit and T_grok of each run, and their medians");
  command->add_flag("--json", options->json, "As JSON, with the whole config of every run");
  options->store.add_to(*command);
  command->callback([options, &action] {
    action = [options] {
      const Store store = options->store.open_existing();
      std::vector<std::string> damaged;
      std::vector<RunInfo> runs = store.runs(options->where, &damaged);
      const std::vector<EventTimes> times = options->times ? times_of(store, runs, damaged) : std::vector<EventTimes>{};
      if (options->json) {
        write_text(json_text(list_of(runs, times), 2) + "\n");
      } else {
        write_text(runs.empty() ? "no runs\n" : table_of(runs, times));
      }
      for (const std::string& line : damaged) print_error(line);
      return damaged.empty() ? kExitOk : kExitFailed;
    };
  });
}

}  // namespace groklab::cli
