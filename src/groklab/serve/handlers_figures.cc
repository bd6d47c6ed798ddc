// Figures: those of the report, one by one; see handlers.h.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/report/figures.h"
#include "groklab/report/overview_charts.h"
#include "groklab/report/report_run.h"
#include "groklab/serve/handlers.h"

namespace groklab::serve {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostRecords = 3000;  ///< of a run's figures

std::string figures_json(const std::vector<report::Chart>& charts, ordered_json head = ordered_json::object()) {
  ordered_json list = ordered_json::array();
  for (const report::Chart& chart : charts) {
    list.push_back({{"id", chart.id},
                    {"title", chart.title},
                    {"caption", chart.caption},
                    {"description", fmt::format("Chart: {}. {}", chart.title, chart.caption)},
                    {"height", chart.height},
                    {"spec", chart.spec}});
  }
  head["figures"] = std::move(list);
  return dumped(head);
}

std::string parameter(const Call& call, const char* name) { return std::string(call.request.parameter(name)); }

/// Runs that meet the request's condition, as the overview takes them.
std::vector<OverviewRun> overview_runs(const RunSnapshot& runs,
                                       const std::optional<std::vector<std::int64_t>>& numbers) {
  std::set<std::int64_t> chosen;
  if (numbers) chosen.insert(numbers->begin(), numbers->end());
  std::vector<OverviewRun> read;
  for (const auto& entry : runs.entries) {
    if (!numbers || chosen.contains(entry->number)) read.push_back({entry->run.info, entry->run.times, entry->curve});
  }
  return read;
}

std::string overview_json(Service& service, const Call& call, const RunSnapshot& runs) {
  const std::vector<OverviewRun> read = overview_runs(runs, chosen_numbers(service, call.request));
  if (read.empty()) return figures_json({});
  OverviewOptions options;
  options.x = parameter(call, "x");
  options.color = parameter(call, "color");
  options.facet = parameter(call, "facet");
  for (const ListColumn& column : runs.columns) {
    if (column.is_key) options.differing.push_back(column.name);
  }
  const report::RunGroups groups = report::group_runs(read, options);
  std::vector<report::Chart> charts = report::event_charts(groups);
  OverviewOptions heat = options;
  if (const std::string x = parameter(call, "heat_x"); !x.empty()) heat.x = x;
  if (const std::string y = parameter(call, "heat_y"); !y.empty()) heat.color = y;
  const bool other = heat.x != options.x || heat.color != options.color;
  for (report::Chart& chart : report::event_maps(other ? report::group_runs(read, heat) : groups)) {
    charts.push_back(std::move(chart));
  }
  for (report::Chart& chart : report::ending_charts(groups)) charts.push_back(std::move(chart));
  for (report::Chart& chart : report::overview_curves(groups, false)) charts.push_back(std::move(chart));
  return figures_json(charts);
}

}  // namespace

Response get_figures(Service& service, const Call& call) {
  const auto runs = service.list().snapshot();
  const ListEntry* entry = runs->find(call.run);
  if (entry == nullptr) throw HttpError(404, "run " + call.run + " is gone");
  // Of the run's own version: another run's step changes nothing here.
  return cached(service, call.request, fmt::format("{} figures {}", entry->changed, call.run), [&] {
    ReportRun run;
    run.info = service.store().run(call.run);
    run.records = service.store().sampled_records(call.run, kMostRecords);
    run.inside.over_steps = service.store().probes(call.run);
    return figures_json(report::run_figures(run));
  });
}

Response get_inside(Service& service, const Call& call) {
  const std::vector<CheckpointInfo> states = service.store().checkpoints(call.run);
  if (states.empty()) throw HttpError(409, fmt::format("run {} has no stored state to look into", call.run));
  const std::int64_t step = number_parameter(call.request, "step", 0, kLastStep).value_or(states.back().step);
  const auto is_it = [&](const CheckpointInfo& state) { return state.step == step; };
  if (std::none_of(states.begin(), states.end(), is_it)) {
    throw HttpError(404, fmt::format("run {} has no stored state at step {}", call.run, step));
  }
  const auto runs = service.list().snapshot();
  const ListEntry* entry = runs->find(call.run);
  const std::int64_t number = entry == nullptr ? 0 : entry->number;  // a run that is trained anew has another
  // The same steps of one run have the same bits, whenever they are asked for. One at a time: they fill all cores.
  return cached(service, call.request, fmt::format("inside {} {} {}", call.run, number, step), [&] {
    ThreadPool pool(service.options().threads);
    return figures_json(report::state_figures(report_state(service.store(), call.run, step, pool)), {{"step", step}});
  });
}

Response get_overview(Service& service, const Call& call) {
  const auto runs = service.list().snapshot();
  std::string name = fmt::format("{} overview", runs->version);
  for (const auto& [key, value] : call.request.query) {
    if (key != "token") name += fmt::format("\n{}={}", key, value);
  }
  return cached(service, call.request, name, [&] { return overview_json(service, call, *runs); });
}

}  // namespace groklab::serve
