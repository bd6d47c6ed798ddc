// See figures.h.
#include "groklab/report/figures.h"

#include <utility>

#include "groklab/report/charts.h"
#include "groklab/report/overview_charts.h"

namespace groklab::report {
namespace {

void append_all(std::vector<Chart>& charts, std::vector<Chart> more) {
  for (Chart& chart : more) charts.push_back(std::move(chart));
}

}  // namespace

std::vector<Chart> training_figures(const std::vector<PlotRun>& runs) {
  std::vector<Chart> charts;
  for (const auto family : {accuracy_and_loss_charts, norm_charts, margin_charts, dynamics_charts}) {
    append_all(charts, family(runs));
  }
  if (runs.size() > 1) append_all(charts, compared_balance_charts(runs));
  return charts;
}

std::vector<Chart> run_figures(const ReportRun& run) {
  const std::vector<ReportRun> runs = {run};  // the plots point into it
  const std::vector<PlotRun> plots = make_plot_runs(runs);
  std::vector<Chart> charts = training_figures(plots);
  append_all(charts, inside_charts(plots.front()));
  return charts;
}

std::vector<Chart> state_figures(const ReportRun& run) {
  std::vector<ReportRun> states = {run};
  states.front().inside.over_steps.clear();  // they are the run's, not the state's
  const std::vector<PlotRun> plots = make_plot_runs(states);
  std::vector<Chart> charts = logit_charts(plots);
  append_all(charts, inside_charts(plots.front()));
  return charts;
}

std::vector<Chart> outcome_figures(const RunGroups& groups) {
  std::vector<Chart> charts = event_charts(groups);
  append_all(charts, event_maps(groups));
  append_all(charts, ending_charts(groups));
  return charts;
}

}  // namespace groklab::report
