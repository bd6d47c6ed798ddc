// See chart.h.
#include "groklab/report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "groklab/base/csv.h"
#include "groklab/report/data.h"
#include "groklab/report/palette.h"
#include "groklab/view/text.h"

namespace groklab::report {

using nlohmann::json;

namespace {

// Solid first: it draws the series that matters most (callers order them so). Seven dashes, as many as colours, so
// that the pairs of a run with more series than colours repeat late.
const json kDashes = {{1, 0}, {6, 3}, {2, 2}, {10, 3, 2, 3}, {12, 4}, {4, 6}, {8, 2, 2, 2, 2, 2}};
constexpr std::size_t kManySeries = 3;  ///< from here on a single run's dashes change only when colours are used up

std::int64_t last_step(const std::vector<PlotRun>& runs) {
  std::int64_t last = 1;
  for (const PlotRun& run : runs) {
    if (!run.source->records.empty()) last = std::max(last, run.source->records.back().step);
  }
  return last;
}

}  // namespace

json step_axis(std::int64_t last) {
  json ticks = {0};
  for (std::int64_t tick = 1; tick <= last; tick *= 10) {
    ticks.push_back(tick);
    if (tick > last / 10) break;  // ten times as much might not be a number
  }
  return {{"field", "step"},
          {"type", "quantitative"},
          {"title", "step"},
          {"scale", {{"type", "symlog"}, {"constant", 1}, {"domain", {0, last}}, {"nice", false}}},
          {"axis", {{"values", ticks}, {"labelExpr", kCountLabel}, {"labelOverlap", "greedy"}}}};
}

json value_colour(const char* field, const std::vector<std::string>& values) {
  const bool ordered = values.size() > 2 && std::all_of(values.begin(), values.end(), is_number);
  return {
      {"field", field},
      {"type", "nominal"},
      {"scale", {{"domain", values}, {"range", ordered ? ordered_colours(values.size()) : run_colours(values.size())}}},
      {"legend", values.size() > 1 ? json{{"title", nullptr}} : json(nullptr)}};
}

namespace {

/// Least and largest finite value drawn of the runs that `wanted` names; on a logarithmic axis above 0.
struct Bounds {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
  bool some() const { return low <= high; }
};
Bounds bounds_of(const std::vector<PlotRun>& runs, const CurveOptions& options, bool diverged) {
  Bounds b;
  for (const PlotRun& run : runs) {
    if ((run.source->info.status == RunStatus::kDiverged) != diverged) continue;
    for (std::size_t i : run.drawn) {
      for (const CurveSeries& one : options.series) {
        const double v = one.value(*run.source, run.source->records[i]);
        if (!std::isfinite(v) || (options.axis == Axis::kLog && v <= 0)) continue;
        b.low = std::min(b.low, v);
        b.high = std::max(b.high, v);
      }
    }
  }
  return b;
}

/// The axis of the runs that did not diverge, where one that did would stretch it; nothing else to keep to: none.
std::optional<Bounds> kept_bounds(const std::vector<PlotRun>& runs, const CurveOptions& options) {
  if (options.axis == Axis::kFraction || options.choose_series) return std::nullopt;
  const Bounds kept = bounds_of(runs, options, false), wild = bounds_of(runs, options, true);
  if (!kept.some() || !wild.some() || (wild.low >= kept.low && wild.high <= kept.high)) return std::nullopt;
  return kept;
}

// Powers of ten across the drawn values, at most 9 of them; empty (Vega's own choice) below two decades.
json decade_ticks(const std::vector<PlotRun>& runs, const CurveOptions& options) {
  const Bounds own = bounds_of(runs, options, false), wild = bounds_of(runs, options, true);
  const Bounds b =
      kept_bounds(runs, options).value_or(Bounds{std::min(own.low, wild.low), std::max(own.high, wild.high)});
  const double low = b.low, high = b.high;
  json ticks = json::array();
  if (!(high >= 100 * low)) return ticks;
  const int first = static_cast<int>(std::floor(std::log10(low))), last = static_cast<int>(std::ceil(std::log10(high)));
  const int stride = 1 + (last - first) / 9;
  for (int k = last; k >= first; k -= stride) ticks.push_back(std::pow(10.0, k));
  return ticks;
}

json value_encoding(const std::vector<PlotRun>& runs, const CurveOptions& options) {
  json y = {{"field", "value"}, {"type", "quantitative"}, {"title", options.value_title}};
  if (options.axis == Axis::kFraction) {
    y["scale"] = {{"domain", {0, 1}}};
    y["axis"] = {{"format", "~%"}, {"tickCount", 5}};
  } else if (options.axis == Axis::kLog) {
    y["scale"] = {{"type", "log"}};
    const json ticks = decade_ticks(runs, options);
    y["axis"] = {{"labelExpr", kLogLabel}, {"labelOverlap", ticks.empty() ? json("greedy") : json(false)}};
    if (!ticks.empty()) y["axis"]["values"] = ticks;
  } else {
    y["scale"] = {{"zero", options.choose_series ? false : true}};
    y["axis"] = {{"tickCount", 6}};
  }
  if (const std::optional<Bounds> kept = kept_bounds(runs, options)) {
    const double low = options.axis == Axis::kLinear ? std::min(0.0, kept->low) : kept->low;
    y["scale"]["domain"] = {low, kept->high > low ? kept->high : low + 1};
  }
  return y;
}

json names_of(const std::vector<CurveSeries>& series) {
  json names = json::array();
  for (const CurveSeries& one : series) names.push_back(one.name);
  return names;
}

// A single run: colour and dash by series, one merged legend. Several: colour by run, dash by series.
void add_colours(json& encoding, const std::vector<PlotRun>& runs, const CurveOptions& options) {
  const json names = names_of(options.series);
  const std::size_t n = options.series.size();
  json dashes = json::array();
  for (std::size_t i = 0; i < n; ++i) {
    const bool by_round = runs.size() == 1 && n > kManySeries;
    dashes.push_back(kDashes[(by_round ? i / kPalette.size() : i) % kDashes.size()]);
  }
  const json legend = {{"title", nullptr}};
  if (runs.size() > 1) {
    json labels = json::array(), colours = json::array();
    for (const PlotRun& run : runs) {
      labels.push_back(run.label);
      colours.push_back(run.colour);
    }
    encoding["color"] = {
        {"field", "run"}, {"type", "nominal"}, {"scale", {{"domain", labels}, {"range", colours}}}, {"legend", legend}};
  } else {
    json colours = json::array();
    for (std::size_t i = 0; i < n; ++i) colours.push_back(palette_colour(i));
    encoding["color"] = {{"field", "series"},
                         {"type", "nominal"},
                         {"scale", {{"domain", names}, {"range", colours}}},
                         {"legend", n > 1 ? legend : json(nullptr)}};
  }
  encoding["strokeDash"] = {{"field", "series"},
                            {"type", "nominal"},
                            {"scale", {{"domain", names}, {"range", dashes}}},
                            {"legend", n > 1 && !options.choose_series ? legend : json(nullptr)}};
}

json tooltip(const CurveOptions& options) {
  json value = {{"field", "value"}, {"type", "quantitative"}, {"title", options.value_title}, {"format", ".4~g"}};
  if (options.axis == Axis::kFraction) value["format"] = ".2~%";
  return {{{"field", "run"}, {"type", "nominal"}, {"title", "run"}},
          {{"field", "series"}, {"type", "nominal"}, {"title", "curve"}},
          {{"field", "step"}, {"type", "quantitative"}, {"title", "step"}, {"format", ",d"}},
          value};
}

// Column names may hold dots ("embed.W_E"), which Vega reads as nesting unless escaped.
json folded_columns(const std::vector<CurveSeries>& series) {
  json columns = json::array();
  for (const CurveSeries& one : series) {
    std::string name;
    for (char c : one.name) {
      if (c == '.' || c == '[' || c == ']' || c == '\\') name += '\\';
      name += c;
    }
    columns.push_back(name);
  }
  return columns;
}

json curve_transforms(const CurveOptions& options) {
  json transforms = json::array();
  transforms.push_back({{"fold", folded_columns(options.series)}, {"as", {"series", "cell"}}});
  transforms.push_back({{"calculate", "replace(datum.series, /\\\\/g, '')"}, {"as", "series"}});
  transforms.push_back({{"calculate", "toNumber(datum.cell)"}, {"as", "value"}});
  const bool log = options.axis == Axis::kLog;
  transforms.push_back({{"filter", log ? "isValid(datum.value) && datum.value > 0" : "isValid(datum.value)"}});
  if (options.choose_series) transforms.push_back({{"filter", "datum.series === series_choice"}});
  return transforms;
}

// A vertical rule where an accuracy came to be held, and its name on the side that has room, with a white halo that
// keeps it legible on top of curves.
bool words_go_left(std::int64_t step, std::int64_t last) { return std::log1p(step) > 0.66 * std::log1p(last); }

json milestone_layers(const char* name, std::int64_t step, bool left, double height) {
  const json data = {{"values", {{{"step", step}, {"name", fmt::format("{} {}", name, format_count(step))}}}}};
  const json x = {{"field", "step"}, {"type", "quantitative"}};
  const json text = {{"type", "text"},       {"align", left ? "right" : "left"},
                     {"baseline", "middle"}, {"fontSize", 11.5},
                     {"dx", left ? -7 : 7},  {"color", kTextInk}};
  json halo = text;
  halo.update({{"stroke", "#ffffff"}, {"strokeWidth", 5}, {"strokeJoin", "round"}, {"aria", false}});
  const json place = {{"x", x}, {"y", {{"datum", height}}}, {"text", {{"field", "name"}}}};
  return {{{"data", data},
           {"mark", {{"type", "rule"}, {"color", "#8a8f98"}, {"strokeDash", {3, 3}}, {"aria", false}}},
           {"encoding", {{"x", x}}}},
          {{"data", data}, {"mark", halo}, {"encoding", place}},
          {{"data", data}, {"mark", text}, {"encoding", place}}};
}

json curve_layers(const std::vector<PlotRun>& runs, const CurveOptions& options) {
  json shared = {{"x", step_axis(last_step(runs))}, {"y", value_encoding(runs, options)}};
  json line = shared, point = shared;
  add_colours(line, runs, options);
  point["color"] = line["color"];
  line["detail"] = {{{"field", "run"}, {"type", "nominal"}}, {{"field", "series"}, {"type", "nominal"}}};
  point["opacity"] = {{"condition", {{"param", "hover"}, {"empty", false}, {"value", 1}}}, {"value", 0}};
  point["tooltip"] = tooltip(options);
  const json nearest = {
      {"name", "hover"},
      {"select", {{"type", "point"}, {"on", "pointerover"}, {"nearest", true}, {"clear", "pointerout"}}}};
  json layers = json::array();
  const json transforms = curve_transforms(options);
  layers.push_back({{"transform", transforms},
                    {"mark", {{"type", "line"}, {"strokeWidth", 1.8}, {"clip", true}}},
                    {"encoding", line}});
  layers.push_back({{"transform", transforms},
                    {"params", {nearest}},
                    {"mark", {{"type", "point"}, {"filled", true}, {"size", 60}, {"clip", true}}},
                    {"encoding", point}});
  const std::int64_t last = last_step(runs);
  std::vector<double> taken;
  const auto mark = [&](const char* name, std::optional<std::int64_t> step, double wanted) {
    if (!step) return;
    const bool left = words_go_left(*step, last);
    taken.push_back(free_height(runs[0], options.series, *step, left, wanted, taken));
    for (const json& layer : milestone_layers(name, *step, left, taken.back())) layers.push_back(layer);
  };
  if (options.milestones && runs.size() == 1) {
    mark("grokked at", runs[0].events.grok, 0.42);
    mark("lost at", runs[0].events.ungrok, 0.26);
    mark("fitted at", runs[0].events.fit, 0.58);
  }
  return layers;
}

}  // namespace

CurveSeries group_series(std::string name, GroupMetrics Record::*group, double GroupMetrics::*metric) {
  return {std::move(name), [=](const ReportRun&, const Record& record) {
            const GroupMetrics& metrics = record.*group;
            return metrics.rows > 0 ? metrics.*metric : std::numeric_limits<double>::quiet_NaN();
          }};
}

std::vector<CurveSeries> test_and_train(double GroupMetrics::*metric) {
  return {group_series("test", &Record::test, metric), group_series("train", &Record::train, metric)};
}

bool any_value(const std::vector<PlotRun>& runs, const RecordValue& value, const std::function<bool(double)>& accept) {
  for (const PlotRun& run : runs) {
    for (std::size_t i : run.drawn) {
      const double v = value(*run.source, run.source->records[i]);
      if (std::isfinite(v) && accept(v)) return true;
    }
  }
  return false;
}

double free_height(const PlotRun& run, const std::vector<CurveSeries>& series, std::int64_t step, bool left,
                   double wanted, const std::vector<double>& taken) {
  // Of a chart in half of a page of 1280 pixels, where "grokked at 1,000" takes 100 of 430 and a line 20 of 250.
  constexpr double kWidth = 0.26, kHalfLine = 0.05;
  if (run.drawn.empty()) return wanted;
  const std::vector<Record>& records = run.source->records;
  const double last = std::log1p(static_cast<double>(records[run.drawn.back()].step));
  const double at = std::log1p(static_cast<double>(step)) / last;
  const double from = left ? at - kWidth : at, to = left ? at : at + kWidth;
  const auto is_free = [&](double height) {
    for (const double other : taken) {
      if (std::abs(other - height) < 2 * kHalfLine) return false;
    }
    for (const CurveSeries& one : series) {
      for (std::size_t i = 1; i < run.drawn.size(); ++i) {
        const Record &a = records[run.drawn[i - 1]], &b = records[run.drawn[i]];
        if (std::log1p(static_cast<double>(b.step)) / last < from) continue;
        if (std::log1p(static_cast<double>(a.step)) / last > to) break;
        const double low = std::min(one.value(*run.source, a), one.value(*run.source, b));
        const double high = std::max(one.value(*run.source, a), one.value(*run.source, b));
        if (low < height + kHalfLine && high > height - kHalfLine) return false;
      }
    }
    return true;
  };
  for (int i = 0; i <= 40; ++i) {
    for (const double height : {wanted + 0.02 * i, wanted - 0.02 * i}) {
      if (height > kHalfLine && height < 1 - kHalfLine && is_free(height)) return height;
    }
  }
  return wanted;
}

std::string curve_csv(const std::vector<PlotRun>& runs, const std::vector<CurveSeries>& series) {
  CsvText csv;
  csv.cell("run").cell("step");
  for (const CurveSeries& one : series) csv.cell(one.name);
  csv.end_line();
  for (const PlotRun& run : runs) {
    for (std::size_t i : run.drawn) {
      const Record& record = run.source->records[i];
      csv.cell(run.label).cell(record.step);
      for (const CurveSeries& one : series) csv.cell(drawable(one.value(*run.source, record)));
      csv.end_line();
    }
  }
  return csv.text();
}

Chart make_curve_chart(const std::vector<PlotRun>& runs, const CurveOptions& options) {
  Chart chart;
  chart.id = options.id;
  chart.title = options.title;
  chart.caption = options.caption;
  if (kept_bounds(runs, options)) chart.caption += " Runs that diverged leave the picture, whose axis the others set.";
  chart.spec = {
      {"description", options.title + ". " + chart.caption},
      {"width", "container"},
      {"height", chart.height},
      {"autosize", {{"type", "fit"}, {"contains", "padding"}}},
      {"data",
       {{"values", curve_csv(runs, options.series)}, {"format", {{"type", "csv"}, {"parse", {{"step", "number"}}}}}}},
      {"layer", curve_layers(runs, options)}};
  if (options.choose_series) {
    const json names = names_of(options.series);
    chart.spec["params"] = {{{"name", "series_choice"},
                             {"value", names.front()},
                             {"bind", {{"input", "select"}, {"options", names}, {"name", "Tensor "}}}}};
  }
  return chart;
}

}  // namespace groklab::report
