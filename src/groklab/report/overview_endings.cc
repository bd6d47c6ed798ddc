// Where runs end, against a key: the transition of a sweep over data-set sizes; see overview_charts.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "groklab/report/overview_charts.h"
#include "groklab/report/xy_chart.h"
#include "groklab/view/text.h"

namespace groklab::report {
namespace {

std::string series_of(const RunGroups& groups, const std::string& color) {
  return groups.color.empty() ? "test accuracy" : fmt::format("{} {}", short_key(groups.color), color);
}

/// What tells repetitions apart: values of the keys that neither axis, colour nor figure shows.
std::string repetition_of(const RunGroups& groups, const GroupedRun& run) {
  std::string name;
  for (std::size_t i = 0; i < groups.keys.size(); ++i) {
    const std::string& key = groups.keys[i];
    if (key == groups.x || key == groups.color || key == groups.facet) continue;
    name += (name.empty() ? "" : ", ") + run.values[i];
  }
  return name;
}

/// "train_size 390: 2.3%, 1494: 99.9%": medians at the ends of the axis.
std::string outcome_of(const RunGroups& groups, const std::map<double, std::vector<double>>& ends) {
  const auto at = [](const auto& end) {
    return fmt::format("{} at {:.6g}", format_fraction(median_of(end.second)), end.first);
  };
  return fmt::format("Median over all runs: {} and {}, the ends of {}.", at(*ends.begin()), at(*ends.rbegin()),
                     short_key(groups.x));
}

}  // namespace

std::vector<Chart> ending_charts(const RunGroups& groups) {
  std::vector<Chart> charts;
  if (groups.x.empty() || !all_numbers(groups.xs)) return charts;
  for (const std::string& facet : groups.facets) {
    std::vector<XyPoint> points;
    std::map<double, std::vector<double>> ends;
    for (const RunCell& cell : cells_of(groups, facet)) {
      for (const GroupedRun* run : cell.runs) {
        if (has_diverged(*run) || run->source->curve.empty()) continue;
        const double x = std::stod(cell.x), accuracy = run->source->curve.back().test_accuracy;
        if (!std::isfinite(accuracy)) continue;
        points.push_back({series_of(groups, cell.color), x, accuracy, repetition_of(groups, *run)});
        ends[x].push_back(accuracy);
      }
    }
    if (ends.size() < 2) continue;
    std::stable_sort(points.begin(), points.end(), [](const XyPoint& a, const XyPoint& b) { return a.x < b.x; });
    XyOptions options;
    options.id = fmt::format("ending-{}", charts.size() + 1);
    options.title =
        fmt::format("Test accuracy at the end against {}{}", short_key(groups.x), facet_words(groups, facet));
    options.caption = outcome_of(groups, ends) +
                      " A line is a repetition, each run where it ended; whether it was at rest "
                      "there the figure does not say.";
    options.x_title = groups.x;
    options.y_title = "test accuracy";
    options.log_x = ends.begin()->first > 0 && ends.rbegin()->first >= 8 * ends.begin()->first;
    options.fraction_y = true;
    options.line_title = groups.over;
    for (const std::string& color : groups.colors) options.series.push_back(series_of(groups, color));
    charts.push_back(make_xy_chart(points, options));
  }
  return charts;
}

}  // namespace groklab::report
