// groklab runs
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
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
#include "groklab/report/run_columns.h"
#include "groklab/store/run_json.h"
#include "groklab/view/text.h"
#include "options.h"
#include "run_text.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

/// Half of the runs have reached it by then; a run that has not counts up to its last step.
std::string median_text(const std::vector<Duration>& durations) {
  const double median = median_survival(durations);
  return std::isnan(median) ? "not reached" : format_count(static_cast<std::int64_t>(median));
}

std::string medians_line(const std::vector<ListedRun>& runs) {
  std::vector<Duration> fit, grok;
  for (const ListedRun& run : runs) {
    const auto duration = [&](const std::optional<std::int64_t>& step) {
      return Duration{static_cast<double>(step.value_or(run.info.step)), step.has_value()};
    };
    fit.push_back(duration(run.times.fit));
    grok.push_back(duration(run.times.grok));
  }
  return fmt::format("median T_fit {}, T_grok {} (Kaplan-Meier)\n", median_text(fit), median_text(grok));
}

/// An array with a run's object after the other: all of them at once would take 28 kB of memory each.
void write_json_list(const std::vector<ListedRun>& runs) {
  std::string text = "[";
  for (const ListedRun& run : runs) {
    nlohmann::ordered_json json = run_to_json(run.info);
    json.update(times_to_json(run.times));
    text += fmt::format("{}\n{}", &run == runs.data() ? "" : ",", json_text(json, 2));
    write_text(std::exchange(text, ""));
  }
  write_text(text + "\n]\n");
}

/// With their events, if these are asked for; a run whose row or records are damaged becomes a line in `damaged`.
std::vector<ListedRun> listed_runs(const Store& store, const std::string& where, bool with_events,
                                   std::vector<std::string>& damaged) {
  std::vector<ListedRun> listed;
  for (RunInfo& info : store.runs(where, &damaged)) {
    try {
      EventTimesFinder finder(event_rule(info.config));
      if (with_events) store.visit_records(info.id, [&](const Record& record) { finder.add(record); });
      listed.push_back({std::move(info), finder.times()});
    } catch (const Error& error) {
      damaged.emplace_back(error.what());
    }
  }
  return listed;
}

struct RunsOptions {
  std::string where, sort, columns;
  bool reverse = false, times = false, json = false, csv = false;
  StoreOption store;
};

int list_runs(const RunsOptions& options) {
  std::vector<RunColumn> columns = chosen_columns(options.columns, "--columns");
  const std::optional<RunColumn> sort =
      options.sort.empty() ? std::nullopt : std::optional(run_column(options.sort, "--sort"));
  const Store store = options.store.open_existing();
  std::vector<std::string> damaged;
  const bool with_events = columns.empty() || options.json || options.times || (sort && sort->needs_events) ||
                           std::any_of(columns.begin(), columns.end(), [](const auto& c) { return c.needs_events; });
  std::vector<ListedRun> runs = listed_runs(store, options.where, with_events, damaged);
  if (sort) {
    sort_runs(runs, *sort, options.reverse);
  } else if (options.reverse) {
    std::reverse(runs.begin(), runs.end());
  }
  const bool chosen = !columns.empty();
  if (!chosen) columns = default_columns(runs);
  if (options.json) {
    write_json_list(runs);
  } else if (options.csv) {
    write_data(csv_of_runs(runs, columns));
  } else if (runs.empty()) {
    write_text("no runs\n");
  } else {
    write_text(table_of_runs(runs, columns, chosen ? 0 : terminal_width(STDOUT_FILENO)) +
               (options.times ? medians_line(runs) : ""));
  }
  print_damaged(damaged);
  return damaged.empty() ? kExitOk : kExitFailed;
}

}  // namespace

void add_runs(CLI::App& program, Action& action) {
  auto options = std::make_shared<RunsOptions>();
  CLI::App* command = program.add_subcommand(
      "runs", "List the stored runs, newest first, with the keys that differ between them and what came out");
  command->add_option("--where", options->where,
                      "Condition over columns and config keys, e.g. \"status = 'finished' AND optim.beta2 > 0.9\"");
  command->add_option("--sort", options->sort, "Column or config key to sort by, e.g. t_grok");
  command->add_flag("--reverse", options->reverse, "The other way round");
  command->add_option("--columns", options->columns,
                      "Columns and config keys to show, comma-separated, e.g. id,optim.weight_decay,t_grok");
  command->add_flag("--times", options->times, "With the medians of T_fit and T_grok below");
  CLI::Option* csv = command->add_flag("--csv", options->csv, "As comma-separated text, numbers in full");
  command->add_flag("--json", options->json, "As JSON, with the whole config of every run")->excludes(csv);
  options->store.add_to(*command);
  command->callback([options, &action] { action = [options] { return list_runs(*options); }; });
}

}  // namespace groklab::cli
