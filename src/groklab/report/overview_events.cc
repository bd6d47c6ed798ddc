// Figures of T_grok over many runs; see overview_charts.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/base/csv.h"
#include "groklab/report/data.h"
#include "groklab/report/overview_charts.h"
#include "groklab/report/palette.h"
#include "groklab/report/xy_chart.h"
#include "groklab/view/text.h"

namespace groklab::report {
namespace {

using nlohmann::json;

constexpr std::size_t kMostCounts = 24;  ///< with more cells grokked/n would overlap
constexpr double kLogSpread = 8;         ///< largest / smallest from which on an axis is logarithmic

std::string step_words(double step) { return std::isfinite(step) ? format_count(std::llround(step)) : "beyond"; }

/// "T_grok 1,230 [980, beyond], 9/10 grokked".
std::string cell_words(const RunCell& cell) {
  const std::string count = fmt::format("{}/{} grokked", cell.grokked, cell.runs.size());
  if (!std::isfinite(cell.grok.value)) return "no median, " + count;
  return fmt::format("{} [{}, {}], {}", step_words(cell.grok.value), step_words(cell.grok.low),
                     step_words(cell.grok.high), count);
}

std::string where_words(const RunGroups& groups, const RunCell& cell) {
  std::string text;
  if (!groups.x.empty()) text += fmt::format("{} {}", short_key(groups.x), cell.x);
  if (!groups.color.empty())
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", short_key(groups.color), cell.color);
  return text.empty() ? "all runs" : text;
}

/// What came out: where it was fastest and slowest, and how many runs got there at all.
std::string outcome_words(const RunGroups& groups, const std::vector<RunCell>& cells) {
  const RunCell *fastest = nullptr, *slowest = nullptr;
  std::int64_t grokked = 0;
  std::size_t runs = 0, without = 0;
  for (const RunCell& cell : cells) {
    grokked += cell.grokked;
    runs += cell.runs.size();
    if (!std::isfinite(cell.grok.value)) {
      ++without;
      continue;
    }
    if (fastest == nullptr || cell.grok.value < fastest->grok.value) fastest = &cell;
    if (slowest == nullptr || cell.grok.value > slowest->grok.value) slowest = &cell;
  }
  std::string text = fmt::format("{} of {} runs grokked.", format_count(grokked), format_count(std::int64_t(runs)));
  if (fastest != nullptr) text += fmt::format(" Fastest: {}: {}.", where_words(groups, *fastest), cell_words(*fastest));
  if (slowest != fastest) text += fmt::format(" Slowest: {}: {}.", where_words(groups, *slowest), cell_words(*slowest));
  if (without > 0) {
    text += fmt::format(" In {} of {} groups more than half had not grokked when they ended: no median.", without,
                        cells.size());
  }
  return text;
}

std::string events_csv(const std::vector<RunCell>& cells) {
  double last = 0;
  for (const RunCell& cell : cells) {
    for (const GroupedRun* run : cell.runs) last = std::max(last, observed_until(*run));
  }
  CsvText csv;
  csv.line("series", "kind", "x", "y", "low", "high", "grokked", "run", "href");
  for (const RunCell& cell : cells) {
    if (std::isfinite(cell.grok.value)) {
      // A fork of a network that generalises has grokked at step 0, which a logarithmic axis has not.
      const double low = std::max(1.0, std::min(cell.grok.low, last));
      csv.cell(cell.color).cell("median").cell(cell.x).cell(cell.grok.value).cell(low);
      csv.line(std::min(cell.grok.high, last), fmt::format("{}/{}", cell.grokked, cell.runs.size()), "", "");
    }
    for (const GroupedRun* run : cell.runs) {
      const auto& grok = run->source->events.grok;
      const std::string& id = run->source->info.id;
      csv.cell(cell.color).cell(grok ? "run" : "not grokked").cell(cell.x);
      csv.cell(grok ? static_cast<double>(*grok) : observed_until(*run)).cell("").cell("").cell("");
      csv.line(id, "#run-" + id);
    }
  }
  return csv.text();
}

json x_of(const RunGroups& groups, std::vector<double>& values) {
  json x = {{"field", "x"}, {"title", groups.x.empty() ? "all runs" : groups.x}};
  if (!all_numbers(groups.xs)) {
    x.update({{"type", "nominal"}, {"sort", groups.xs}, {"axis", {{"labelAngle", 0}, {"labelOverlap", "greedy"}}}});
    return x;
  }
  for (const std::string& value : groups.xs) values.push_back(std::stod(value));
  x["type"] = "quantitative";
  const bool log = values.front() > 0 && values.back() >= kLogSpread * values.front();
  x["scale"] = {{"padding", 14}, {"nice", false}, {"type", log ? "log" : "linear"}};
  if (!log) x["scale"]["zero"] = false;
  x["axis"] = {{"labelExpr", kCountLabel}, {"labelOverlap", "greedy"}};
  if (log) x["axis"]["values"] = log_ticks(values);
  return x;
}

json y_of(const std::vector<RunCell>& cells) {
  std::vector<double> steps;
  for (const RunCell& cell : cells) {
    for (const GroupedRun* run : cell.runs) {
      const auto& grok = run->source->events.grok;
      steps.push_back(grok ? static_cast<double>(*grok) : observed_until(*run));
    }
  }
  return {{"field", "y"},
          {"type", "quantitative"},
          {"title", "T_grok, steps"},
          {"scale", {{"type", "log"}, {"nice", false}, {"padding", 14}}},
          {"axis", {{"values", log_ticks(steps)}, {"labelExpr", kCountLabel}, {"labelOverlap", "greedy"}}}};
}

json layer_of(const char* kinds, json mark, json encoding) {
  const std::string filter = fmt::format("{} && isValid(datum.y) && datum.y > 0", kinds);
  return {{"transform", {{{"filter", filter}}}}, {"mark", std::move(mark)}, {"encoding", std::move(encoding)}};
}

json event_layers(const RunGroups& groups, const std::vector<RunCell>& cells, const json& x) {
  const json y = y_of(cells), colour = value_colour("series", groups.colors);
  const json base = {{"x", x}, {"y", y}, {"color", colour}};
  const auto tip = [](const char* field, const char* title, const char* format) -> json {
    json one = {{"field", field}, {"title", title}, {"type", format != nullptr ? "quantitative" : "nominal"}};
    if (format != nullptr) one["format"] = format;
    return one;
  };
  json line = base, interval = base, median = base, single = base, count = base;
  line["order"] = {{"field", "x"}};
  interval["y"]["field"] = "low";
  interval["y2"] = {{"field", "high"}};
  median["tooltip"] = {tip("series", "series", nullptr), tip("x", "x", nullptr),  tip("y", "median", ",d"),
                       tip("low", "from", ",d"),         tip("high", "to", ",d"), tip("grokked", "grokked", nullptr)};
  single["href"] = {{"field", "href"}};
  single["tooltip"] = {tip("run", "run", nullptr), tip("kind", "is", nullptr), tip("series", "series", nullptr),
                       tip("y", "step", ",d")};
  count["text"] = {{"field", "grokked"}};
  count.erase("color");
  const char *medians = "datum.kind === 'median'", *grokked = "datum.kind === 'run'",
             *others = "datum.kind === 'not grokked'";
  json layers = json::array();
  layers.push_back(layer_of(medians, {{"type", "line"}, {"strokeWidth", 1.6}, {"opacity", 0.8}}, line));
  layers.push_back(layer_of(medians, {{"type", "rule"}, {"strokeWidth", 1.6}}, interval));
  layers.push_back(layer_of(grokked, {{"type", "point"}, {"filled", true}, {"size", 22}, {"opacity", 0.3}}, single));
  layers.push_back(
      layer_of(others, {{"type", "point"}, {"shape", "triangle-up"}, {"size", 46}, {"opacity", 0.6}, {"filled", false}},
               single));
  layers.push_back(layer_of(medians, {{"type", "point"}, {"filled", true}, {"size", 70}, {"opacity", 1}}, median));
  if (cells.size() <= kMostCounts) {
    layers.push_back(layer_of(
        medians, {{"type", "text"}, {"dx", 8}, {"dy", -8}, {"align", "left"}, {"fontSize", 11}, {"color", kTextInk}},
        count));
  }
  return layers;
}

/// Smallest and largest: more labels would overlap on a legend.
json ends_of(const std::vector<double>& values) {
  if (values.empty()) return json::array();
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return *low < *high ? json::array({*low, *high}) : json::array({*low});
}

Chart map_chart(const RunGroups& groups, const std::vector<RunCell>& cells, const std::string& facet) {
  CsvText csv;
  csv.line("x", "series", "median", "grokked", "low", "high");
  std::vector<double> medians;
  for (const RunCell& cell : cells) {
    csv.cell(cell.x).cell(cell.color).cell(drawable(cell.grok.value));
    csv.cell(fmt::format("{}/{}", cell.grokked, cell.runs.size()));
    csv.line(step_words(cell.grok.low), step_words(cell.grok.high));
    if (cell.grok.value > 0) medians.push_back(cell.grok.value);
  }
  const json x = {
      {"field", "x"}, {"type", "ordinal"}, {"sort", groups.xs}, {"title", groups.x}, {"axis", {{"labelAngle", 0}}}};
  const std::vector<std::string> from_top(groups.colors.rbegin(), groups.colors.rend());
  const json y = {{"field", "series"}, {"type", "ordinal"}, {"sort", from_top}, {"title", groups.color}};
  const json legend = {
      {"title", "T_grok"}, {"values", ends_of(medians)}, {"gradientLength", 160}, {"labelExpr", kCountLabel}};
  const json colour = {{"field", "median"},
                       {"type", "quantitative"},
                       {"scale", {{"type", "log"}, {"scheme", "viridis"}, {"reverse", true}}},
                       {"legend", medians.empty() ? json(nullptr) : legend}};
  json tooltip = json::array();
  for (const char* field : {"x", "series", "median", "low", "high", "grokked"}) {
    tooltip.push_back({{"field", field}, {"type", "nominal"}, {"title", field}});
  }
  const json halo = {
      {"type", "text"}, {"fontSize", 11.5}, {"stroke", "#ffffff"}, {"strokeWidth", 3}, {"color", "#ffffff"}};
  const json text = {{"x", x}, {"y", y}, {"text", {{"field", "grokked"}}}};
  Chart chart;
  chart.id = "map-" +
             std::to_string(1 + (std::find(groups.facets.begin(), groups.facets.end(), facet) - groups.facets.begin()));
  chart.title =
      fmt::format("T_grok over {} and {}{}", short_key(groups.x), short_key(groups.color), facet_words(groups, facet));
  chart.caption =
      "Colour: the median over the runs of a cell; the number: how many grokked. Cells without colour have no "
      "median. " +
      outcome_words(groups, cells);
  chart.height = std::clamp(90 + 34 * static_cast<int>(groups.colors.size()), 200, 520);
  chart.spec = {{"description", chart.title + ". " + chart.caption},
                {"width", "container"},
                {"height", chart.height},
                {"autosize", {{"type", "fit"}, {"contains", "padding"}}},
                {"data", {{"values", csv.text()}, {"format", {{"type", "csv"}, {"parse", {{"median", "number"}}}}}}},
                {"layer",
                 {{{"transform", {{{"filter", "datum.median > 0"}}}},
                   {"mark", {{"type", "rect"}}},
                   {"encoding", {{"x", x}, {"y", y}, {"color", colour}, {"tooltip", tooltip}}}},
                  {{"mark", halo}, {"encoding", text}},
                  {{"mark", {{"type", "text"}, {"fontSize", 11.5}, {"color", kTextInk}}}, {"encoding", text}}}}};
  return chart;
}

}  // namespace

std::vector<Chart> event_charts(const RunGroups& groups) {
  std::vector<Chart> charts;
  for (const std::string& facet : groups.facets) {
    const std::vector<RunCell> cells = cells_of(groups, facet);
    std::vector<double> numbers;
    const json x = x_of(groups, numbers);
    Chart chart;
    chart.id = fmt::format("t-grok-{}", charts.size() + 1);
    chart.title = groups.x.empty()
                      ? "T_grok"
                      : fmt::format("T_grok against {}{}", short_key(groups.x), facet_words(groups, facet));
    chart.caption =
        outcome_words(groups, cells) +
        " Large points: Kaplan and Meier's median with its 95 % interval, whose upper end is drawn to the last "
        "step where it lies beyond; the numbers: how many grokked. Small points: single runs; triangles: runs "
        "that had not grokked at that step, their last.";
    chart.height = 340;
    json parse = {{"y", "number"}, {"low", "number"}, {"high", "number"}};
    if (!numbers.empty()) parse["x"] = "number";
    chart.spec = {{"description", chart.title + ". " + chart.caption},
                  {"width", "container"},
                  {"height", chart.height},
                  {"autosize", {{"type", "fit"}, {"contains", "padding"}}},
                  {"data", {{"values", events_csv(cells)}, {"format", {{"type", "csv"}, {"parse", parse}}}}},
                  {"layer", event_layers(groups, cells, x)}};
    charts.push_back(std::move(chart));
  }
  return charts;
}

std::vector<Chart> event_maps(const RunGroups& groups) {
  std::vector<Chart> charts;
  if (groups.x.empty() || groups.color.empty()) return charts;
  for (const std::string& facet : groups.facets) charts.push_back(map_chart(groups, cells_of(groups, facet), facet));
  return charts;
}

}  // namespace groklab::report
