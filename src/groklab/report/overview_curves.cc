// Aggregated curves of many runs; see overview_charts.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "groklab/analysis/estimate.h"
#include "groklab/base/csv.h"
#include "groklab/report/data.h"
#include "groklab/report/overview_charts.h"
#include "groklab/report/xy_chart.h"

namespace groklab::report {
namespace {

using nlohmann::json;

constexpr std::size_t kGridPoints = 80;    ///< of a curve: a sixth of an e-fold over a hundred thousand steps
constexpr std::size_t kMostSingles = 300;  ///< thin lines of a figure: more are a grey area, and megabytes
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Measure {
  const char *id, *title, *value_title;
  double OverviewPoint::*value;
  Axis axis;
};
constexpr Measure kMeasures[] = {
    {"test-accuracy", "Test accuracy", "test accuracy", &OverviewPoint::test_accuracy, Axis::kFraction},
    {"test-loss", "Test loss", "test loss", &OverviewPoint::test_loss, Axis::kLog},
    {"train-accuracy", "Train accuracy", "train accuracy", &OverviewPoint::train_accuracy, Axis::kFraction},
    {"norm", "Norm of the parameters", "norm", &OverviewPoint::norm, Axis::kLinear}};

/// Steps at equal distances of log(1 + step), 0 and the last one among them.
std::vector<std::int64_t> step_grid(const RunGroups& groups) {
  std::int64_t last = 1;
  for (const GroupedRun& run : groups.runs) {
    if (!run.source->curve.empty()) last = std::max(last, run.source->curve.back().step);
  }
  std::set<std::int64_t> steps;
  for (std::size_t i = 0; i <= kGridPoints; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(kGridPoints);
    steps.insert(std::llround(std::expm1(part * std::log1p(static_cast<double>(last)))));
  }
  return {steps.begin(), steps.end()};
}

/// At every step of the grid the run's last record until then. `hold`: beyond its end, too; otherwise NaN there.
std::vector<double> on_grid(const OverviewRun& run, double OverviewPoint::*value, const std::vector<std::int64_t>& grid,
                            bool hold) {
  std::vector<double> values;
  std::size_t next = 0;
  for (const std::int64_t step : grid) {
    while (next < run.curve.size() && run.curve[next].step <= step) ++next;
    const bool known = next > 0 && (hold || next < run.curve.size() || run.curve.back().step == step);
    values.push_back(known ? run.curve[next - 1].*value : kNaN);
  }
  return values;
}

/// One line of the figure: the runs of a colour (and, where it is chosen from, of an x).
struct Bundle {
  std::string x, color;
  std::vector<const GroupedRun*> runs;  ///< that did not diverge
};

struct BundleKeys {
  bool by_x = false;      ///< the lines' colour is the key on the other figures' axis
  bool choose_x = false;  ///< the reader chooses an x
};

std::vector<Bundle> bundles_of(const RunGroups& groups, const std::string& facet, const BundleKeys& keys) {
  std::vector<Bundle> bundles;
  for (const RunCell& cell : cells_of(groups, facet)) {
    Bundle bundle{keys.choose_x ? cell.x : "", keys.by_x ? cell.x : cell.color, {}};
    for (const GroupedRun* run : cell.runs) {
      if (!has_diverged(*run)) bundle.runs.push_back(run);
    }
    if (!bundle.runs.empty()) bundles.push_back(std::move(bundle));
  }
  return bundles;
}

Estimate middle_of(std::vector<double>& values, bool use_mean) {
  if (use_mean) return mean_estimate(values);
  std::sort(values.begin(), values.end());
  return {quantile_of_sorted(values, 0.5), quantile_of_sorted(values, 0.25), quantile_of_sorted(values, 0.75),
          static_cast<std::int64_t>(values.size())};
}

std::string short_number(double value) { return std::isfinite(value) ? fmt::format("{:.4g}", value) : ""; }

/// Of so many runs in a figure every how many-th has a thin line.
std::size_t single_stride(std::size_t runs) {
  return std::max<std::size_t>((runs + kMostSingles - 1) / kMostSingles, 1);
}

/// `stride`: of the runs' thin lines; `place` counts them over the figure's bundles.
void add_bundle(CsvText& csv, const Bundle& bundle, const Measure& measure, const std::vector<std::int64_t>& grid,
                bool use_mean, std::size_t stride, std::size_t& place) {
  std::vector<std::vector<double>> held;
  for (const GroupedRun* run : bundle.runs) {
    held.push_back(on_grid(*run->source, measure.value, grid, true));
    if (place++ % stride != 0) continue;
    const std::vector<double> single = on_grid(*run->source, measure.value, grid, false);
    for (std::size_t i = 0; i < grid.size(); ++i) {
      if (!std::isfinite(single[i])) continue;
      csv.line(bundle.color, bundle.x, run->source->info.id.substr(0, 6), grid[i], short_number(single[i]), "", "");
    }
  }
  for (std::size_t i = 0; i < grid.size(); ++i) {
    std::vector<double> values;
    for (const auto& run : held) {
      if (std::isfinite(run[i])) values.push_back(run[i]);
    }
    if (values.empty()) continue;
    const Estimate middle = middle_of(values, use_mean);
    csv.line(bundle.color, bundle.x, "", grid[i], short_number(middle.value), short_number(middle.low),
             short_number(middle.high));
  }
}

json layers_of(const RunGroups& groups, const Measure& measure, const std::vector<std::int64_t>& grid,
               const BundleKeys& keys) {
  const bool log = measure.axis == Axis::kLog;
  json y = {{"field", "value"}, {"type", "quantitative"}, {"title", measure.value_title}};
  y["scale"] = measure.axis == Axis::kFraction ? json{{"domain", {0, 1}}}
               : log                           ? json{{"type", "log"}}
                                               : json{{"zero", true}};
  if (measure.axis == Axis::kFraction) y["axis"] = {{"format", "~%"}, {"tickCount", 5}};
  if (log) {
    std::vector<double> values;
    for (const GroupedRun& run : groups.runs) {
      if (has_diverged(run)) continue;
      for (const OverviewPoint& point : run.source->curve) {
        if (point.*measure.value > 0) values.push_back(point.*measure.value);
      }
    }
    y["axis"] = {{"labelExpr", kLogLabel}, {"labelOverlap", "greedy"}, {"values", log_ticks(values)}};
  }
  const json base = {{"x", step_axis(grid.back())},
                     {"y", y},
                     {"color", value_colour("series", keys.by_x ? groups.xs : groups.colors)}};
  json band = base, single = base, points = base;
  band["y"]["field"] = "low";
  band["y2"] = {{"field", "high"}};
  band["color"]["legend"] = single["color"]["legend"] = nullptr;
  single["detail"] = {{"field", "run"}};
  points["tooltip"] = json::array();
  for (const char* field : {"series", "step", "value", "low", "high"}) {
    points["tooltip"].push_back({{"field", field}, {"type", "nominal"}, {"title", field}});
  }
  const auto layer = [&](const char* what, json mark, json encoding) -> json {
    json transforms = json::array();
    transforms.push_back(
        {{"filter", fmt::format("{} && isValid(datum.value){}", what, log ? " && datum.value > 0" : "")}});
    if (keys.choose_x) transforms.push_back({{"filter", "datum.x === x_choice"}});
    return {{"transform", transforms}, {"mark", std::move(mark)}, {"encoding", std::move(encoding)}};
  };
  const char *middle = "datum.run === ''", *one = "datum.run !== ''";
  return {layer(middle, {{"type", "line"}, {"strokeWidth", 2.2}}, base),
          layer(log ? "datum.run === '' && datum.low > 0" : middle,
                {{"type", "area"}, {"opacity", 0.16}, {"clip", true}}, band),
          layer(one, {{"type", "line"}, {"strokeWidth", 0.7}, {"opacity", 0.3}}, single),
          layer(middle, {{"type", "point"}, {"filled", true}, {"size", 50}, {"opacity", 0}}, points)};
}

std::string curve_caption(const RunGroups& groups, const std::string& facet, bool use_mean) {
  std::size_t diverged = 0, ended = 0, runs = 0;
  const std::int64_t last = step_grid(groups).back();
  for (const GroupedRun& run : groups.runs) {
    if (run.facet != facet) continue;
    ++runs;
    if (has_diverged(run)) {
      ++diverged;
    } else if (!run.source->curve.empty() && run.source->curve.back().step < last) {
      ++ended;
    }
  }
  std::string text =
      fmt::format("{} over runs that differ in {} alone, with {}; thin: each run, {} in all.",
                  use_mean ? "Mean" : "Median", groups.over.empty() ? "nothing" : groups.over,
                  use_mean ? "Student's 95 % interval" : "a band that holds the middle half of them", runs - diverged);
  if (const std::size_t stride = single_stride(runs - diverged); stride > 1) {
    text += fmt::format(" Every {}th of them is drawn.", stride);
  }
  if (ended > 0) {
    text += fmt::format(" {} of them ended earlier; there they count on with their last value.", ended);
  }
  if (diverged > 0) text += fmt::format(" Left out: {} that diverged.", diverged);
  return text;
}

/// What the reader may choose: an x that other figures alone have would leave this one empty.
std::vector<std::string> drawn_xs(const RunGroups& groups, const std::vector<Bundle>& bundles) {
  std::vector<std::string> xs;
  for (const std::string& x : groups.xs) {
    if (std::any_of(bundles.begin(), bundles.end(), [&](const Bundle& b) { return b.x == x; })) xs.push_back(x);
  }
  return xs;
}

Chart curve_chart(const RunGroups& groups, const Measure& measure, const std::string& facet, std::size_t place,
                  bool use_mean) {
  const bool has_x = groups.xs.size() > 1, has_color = groups.colors.size() > 1;
  const BundleKeys keys{has_x && !has_color, has_x && has_color};
  const std::vector<std::int64_t> grid = step_grid(groups);
  CsvText csv;
  csv.line("series", "x", "run", "step", "value", "low", "high");
  const std::vector<Bundle> bundles = bundles_of(groups, facet, keys);
  std::size_t runs = 0, counted = 0;
  for (const Bundle& bundle : bundles) runs += bundle.runs.size();
  for (const Bundle& bundle : bundles) add_bundle(csv, bundle, measure, grid, use_mean, single_stride(runs), counted);
  Chart chart;
  chart.id = fmt::format("{}-{}", measure.id, place);
  chart.title = measure.title;
  const std::string colour_key = keys.by_x ? groups.x : groups.color;
  if (!colour_key.empty()) chart.title += " by " + short_key(colour_key);
  if (!groups.facet.empty()) chart.title += fmt::format(", {} {}", short_key(groups.facet), facet);
  chart.caption = curve_caption(groups, facet, use_mean);
  chart.spec = {{"description", chart.title + ". " + chart.caption},
                {"width", "container"},
                {"height", chart.height},
                {"autosize", {{"type", "fit"}, {"contains", "padding"}}},
                {"data",
                 {{"values", csv.text()},
                  {"format",
                   {{"type", "csv"},
                    {"parse", {{"step", "number"}, {"value", "number"}, {"low", "number"}, {"high", "number"}}}}}}},
                {"layer", layers_of(groups, measure, grid, keys)}};
  if (keys.choose_x) {
    const std::vector<std::string> xs = drawn_xs(groups, bundles);
    chart.spec["params"] = {{{"name", "x_choice"},
                             {"value", xs.empty() ? "" : xs.front()},
                             {"bind", {{"input", "select"}, {"options", xs}, {"name", short_key(groups.x) + " "}}}}};
  }
  return chart;
}

}  // namespace

std::vector<Chart> overview_curves(const RunGroups& groups, bool use_mean) {
  std::vector<Chart> charts;
  for (std::size_t i = 0; i < groups.facets.size(); ++i) {
    for (const Measure& measure : kMeasures) {
      charts.push_back(curve_chart(groups, measure, groups.facets[i], i + 1, use_mean));
    }
  }
  return charts;
}

}  // namespace groklab::report
