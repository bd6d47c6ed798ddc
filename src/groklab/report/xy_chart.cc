// See xy_chart.h. The page's scripts read the legend from the first layer's encodings (web/src/legend.js).
#include "groklab/report/xy_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "groklab/base/csv.h"
#include "groklab/report/data.h"
#include "groklab/report/label_places.h"

namespace groklab::report {

using nlohmann::json;

json log_ticks(const std::vector<double>& values) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const double v : values) {
    if (!(v > 0) || !std::isfinite(v)) continue;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  json ticks = json::array();
  if (high <= 0) return ticks;
  if (high <= low * 1.0001) return {low};
  if (high < 4 * low) {  // 1-2-5 ticks would be one or two
    const double rough = (high - low) / 5, unit = std::pow(10.0, std::floor(std::log10(rough)));
    const double step = unit * (rough > 5 * unit ? 10 : rough > 2 * unit ? 5 : rough > unit ? 2 : 1);
    for (double k = std::ceil(low / step); k * step <= high; ++k) ticks.push_back(k * step);
    if (ticks.size() > 1) return ticks;
  }
  const bool coarse = high > 300 * low;
  for (int k = static_cast<int>(std::floor(std::log10(low))); k <= static_cast<int>(std::ceil(std::log10(high))); ++k) {
    for (const double m : {1.0, 2.0, 3.0, 5.0, 7.0}) {
      if (coarse && m != 1) continue;
      if (!coarse && high > 8 * low && (m == 3 || m == 7)) continue;
      const double tick = m * std::pow(10.0, k);
      if (tick >= 0.8 * low && tick <= 1.25 * high) ticks.push_back(tick);
    }
  }
  return ticks;
}

namespace {

constexpr int kSquareSide = 440;  // px; fits a page of 500
/// Of it the plot itself, about: what is left beside the axes' labels and titles.
constexpr double kSquarePlot = 366;
/// Height at which a chart with names is square: its legend shows marks and takes less than what is reserved for lines.
constexpr int kNamedHeight = 408;

std::vector<std::string> series_of(const std::vector<XyPoint>& points, const XyOptions& options) {
  if (!options.series.empty()) return options.series;
  std::vector<std::string> names;
  for (const XyPoint& p : points) {
    if (std::find(names.begin(), names.end(), p.series) == names.end()) names.push_back(p.series);
  }
  return names;
}

/// Which of the optional parts the points have.
struct Parts {
  bool lines = false, intervals = false, x_intervals = false;
};

Parts parts_of(const std::vector<XyPoint>& points) {
  const auto any = [&](auto has) { return std::any_of(points.begin(), points.end(), has); };
  return {any([](const XyPoint& p) { return !p.line.empty(); }),
          any([](const XyPoint& p) { return std::isfinite(p.low); }),
          any([](const XyPoint& p) { return std::isfinite(p.x_low); })};
}

/// What the filter of the specification lets through.
bool is_drawn(const XyPoint& p, const XyOptions& options) {
  return std::isfinite(p.x) && std::isfinite(p.y) && (!options.log_x || p.x > 0) && (!options.log_y || p.y > 0);
}

std::string csv_of(const std::vector<XyPoint>& points, const XyOptions& options, const Parts& parts) {
  CsvText csv;
  csv.cell("series").cell("x").cell("y");
  if (parts.lines) csv.cell(options.line_title);
  if (parts.intervals) csv.cell("low").cell("high");
  if (parts.x_intervals) csv.cell("x_low").cell("x_high");
  csv.end_line();
  for (const XyPoint& p : points) {
    csv.cell(p.series).cell(drawable(p.x)).cell(drawable(p.y));
    if (parts.lines) csv.cell(p.line);
    if (parts.intervals) csv.cell(drawable(p.low)).cell(drawable(p.high));
    if (parts.x_intervals) csv.cell(drawable(p.x_low)).cell(drawable(p.x_high));
    csv.end_line();
  }
  return csv.text();
}

/// Of every number that is drawn on a logarithmic axis, intervals included.
struct Range {
  double low = std::numeric_limits<double>::infinity(), high = 0;
};
Range range_of(const std::vector<XyPoint>& points) {
  Range range;
  for (const XyPoint& p : points) {
    for (const double v : {p.x, p.y, p.low, p.high, p.x_low, p.x_high}) {
      if (!(v > 0) || !std::isfinite(v)) continue;
      range.low = std::min(range.low, v);
      range.high = std::max(range.high, v);
    }
  }
  return range;
}

/// Of the axes of a square chart.
Range square_range(const std::vector<XyPoint>& points) {
  const Range range = range_of(points);
  return {0.9 * range.low, 1.1 * range.high};
}

/// The same logarithmic axis for x and y.
json square_axis(const char* field, const std::string& title, const std::vector<XyPoint>& points) {
  const Range range = range_of(points);
  const auto [low, high] = square_range(points);
  json encoding = {{"field", field}, {"type", "quantitative"}, {"title", title}};
  encoding["scale"] = {{"type", "log"}, {"nice", false}};
  if (range.high > 0) encoding["scale"]["domain"] = {low, high};
  encoding["axis"] = {{"values", log_ticks({low, high})}, {"labelExpr", kCountLabel}, {"labelOverlap", "greedy"}};
  return encoding;
}

json x_encoding(const std::vector<XyPoint>& points, const XyOptions& options) {
  if (options.square) return square_axis("x", options.x_title, points);
  json x = {{"field", "x"}, {"type", "quantitative"}, {"title", options.x_title}};
  std::vector<double> values;
  for (const XyPoint& p : points) values.push_back(p.x);
  for (const XyRule& r : options.rules) values.push_back(r.x);
  if (options.steps_x) {
    double last = 1;
    for (const double v : values) last = std::max(last, v);
    json ticks = {0};
    for (double tick = 1; tick <= last; tick *= 10) ticks.push_back(tick);
    x["scale"] = {{"type", "symlog"}, {"constant", 1}, {"domain", {0, last}}, {"nice", false}};
    x["axis"] = {{"values", ticks}, {"labelExpr", kCountLabel}, {"labelOverlap", "greedy"}};
  } else if (options.log_x) {
    x["scale"] = {{"type", "log"}, {"nice", false}, {"padding", 8}};
    x["axis"] = {
        {"values", log_ticks(values)}, {"labelExpr", kCountLabel}, {"labelOverlap", "greedy"}, {"labelFlush", 12}};
  } else {
    x["scale"] = {{"zero", false}, {"padding", 8}};
    x["axis"] = {{"tickCount", 6}};
  }
  return x;
}

json y_encoding(const std::vector<XyPoint>& points, const XyOptions& options) {
  if (options.square) return square_axis("y", options.y_title, points);
  json y = {{"field", "y"}, {"type", "quantitative"}, {"title", options.y_title}};
  if (options.fraction_y) {
    y["scale"] = {{"domain", {0, 1}}};
    y["axis"] = {{"format", "~%"}, {"tickCount", 5}};
  } else if (options.log_y) {
    std::vector<double> values;
    for (const XyPoint& p : points) values.push_back(p.y);
    y["scale"] = {{"type", "log"}, {"nice", false}, {"padding", 8}};
    y["axis"] = {{"values", log_ticks(values)}, {"labelExpr", kLogLabel}, {"labelOverlap", "greedy"}};
  } else {
    y["scale"] = {{"zero", false}, {"padding", 8}};
    y["axis"] = {{"tickCount", 6}};
  }
  return y;
}

/// Whether the names are one text with ascending or descending numbers behind it, such as "D = 75", "D = 150": sizes,
/// whose colours are to have their order. Two need none.
bool is_scale(const std::vector<std::string>& series) {
  std::string text;
  std::vector<double> numbers;
  for (const std::string& name : series) {
    const std::size_t at = name.find_last_not_of("0123456789.eE+-") + 1;
    if (!is_number(name.substr(at)) || (!numbers.empty() && name.substr(0, at) != text)) return false;
    text = name.substr(0, at);
    numbers.push_back(std::stod(name.substr(at)));
  }
  return numbers.size() > 2 &&
         (std::is_sorted(numbers.begin(), numbers.end()) || std::is_sorted(numbers.rbegin(), numbers.rend()));
}

json colour_encoding(const std::vector<std::string>& series) {
  const json legend = series.size() > 1 ? json{{"title", nullptr}} : json(nullptr);
  return {
      {"field", "series"},
      {"type", "nominal"},
      {"scale",
       {{"domain", series}, {"range", is_scale(series) ? ordered_colours(series.size()) : run_colours(series.size())}}},
      {"legend", legend}};
}

/// Where x lies between the left and the right end of the axis, 0 to 1.
double place_on_axis(double x, const std::vector<XyPoint>& points, const XyOptions& options) {
  const auto scaled = [&](double v) { return options.steps_x ? std::log1p(v) : options.log_x ? std::log(v) : v; };
  double low = scaled(x), high = low;
  if (options.steps_x) low = 0;
  for (const XyPoint& p : points) {
    if (!std::isfinite(scaled(p.x))) continue;
    low = std::min(low, scaled(p.x));
    high = std::max(high, scaled(p.x));
  }
  return high > low ? (scaled(x) - low) / (high - low) : 0.0;
}

void add_rules(json& layers, const std::vector<XyPoint>& points, const XyOptions& options) {
  double height = 0.06;
  for (const XyRule& rule : options.rules) {
    if (!std::isfinite(rule.x)) continue;
    const json data = {{"values", {{{"x", rule.x}, {"name", rule.name}}}}};
    const json x = {{"field", "x"}, {"type", "quantitative"}};
    layers.push_back({{"data", data},
                      {"mark", {{"type", "rule"}, {"color", "#8a8f98"}, {"strokeDash", {4, 3}}, {"aria", false}}},
                      {"encoding", {{"x", x}}}});
    const bool near_right = place_on_axis(rule.x, points, options) > 0.7;  // a name to the right would be cut off
    const json text = {{"type", "text"},
                       {"align", near_right ? "right" : "left"},
                       {"dx", near_right ? -5 : 5},
                       {"fontSize", 11.5},
                       {"color", "#3d434d"},
                       {"y", {{"expr", fmt::format("height * {}", height)}}}};
    json halo = text;
    halo.update({{"stroke", "#ffffff"}, {"strokeWidth", 4}, {"strokeJoin", "round"}, {"aria", false}});
    const json encoding = {{"x", x}, {"text", {{"field", "name"}}}};
    layers.push_back({{"data", data}, {"mark", halo}, {"encoding", encoding}});
    layers.push_back({{"data", data}, {"mark", text}, {"encoding", encoding}});
    height += 0.07;
  }
}

/// y = x from end to end of what is drawn, and the band around it, below everything else.
void add_diagonal(json& layers, const std::vector<XyPoint>& points, const XyOptions& options) {
  const Range range = range_of(points);
  if (range.high <= 0) return;
  const json x = {{"field", "x"}, {"type", "quantitative"}}, y = {{"field", "y"}, {"type", "quantitative"}};
  const double margin = options.square ? 1.1 : 1, low = range.low * (options.square ? 0.9 : 1),
               high = range.high * margin;
  if (options.band > 1) {
    const auto at = [&](double v) -> json {
      return {{"x", v}, {"y", std::max(low, v / options.band)}, {"top", std::min(high, v * options.band)}};
    };
    json values = json::array();
    for (const double v : {low, low * options.band, high / options.band, high}) values.push_back(at(v));
    layers.push_back({{"data", {{"values", values}}},
                      {"mark", {{"type", "area"}, {"color", "#8a8f98"}, {"opacity", 0.18}, {"aria", false}}},
                      {"encoding", {{"x", x}, {"y", y}, {"y2", {{"field", "top"}}}}}});
  }
  layers.push_back({{"data", {{"values", {{{"x", low}, {"y", low}}, {{"x", high}, {"y", high}}}}}},
                    {"mark", {{"type", "line"}, {"color", "#8a8f98"}, {"strokeDash", {4, 3}}, {"strokeWidth", 1.2}}},
                    {"encoding", {{"x", x}, {"y", y}}}});
}

/// Names of the first series' points, and lines to those that stand away from theirs.
void add_names(json& layers, const std::vector<XyPoint>& points, const std::string& series, const XyOptions& options) {
  const auto [low, high] = square_range(points);
  if (!(high > low)) return;
  const double scale = kSquarePlot / std::log(high / low);
  const auto across = [&, bottom = low](double v) { return scale * std::log(v / bottom); };
  const auto down = [&](double v) { return kSquarePlot - across(v); };
  std::vector<NamedPoint> named;
  std::vector<LabelBox> marks;
  for (const XyPoint& p : points) {
    if (!is_drawn(p, options)) continue;
    const double x = across(p.x), y = down(p.y);
    marks.push_back({x - 4, y - 4, x + 4, y + 4});
    if (p.low > 0 && p.high > 0) marks.push_back({x - 1, down(p.high), x + 1, down(p.low)});
    if (p.x_low > 0 && p.x_high > 0) marks.push_back({across(p.x_low), y - 1, across(p.x_high), y + 1});
    if (p.series == series) named.push_back({x, y, p.line});
  }
  const std::vector<LabelPlace> places = place_labels(named, marks, kSquarePlot, kSquarePlot);
  const auto back = [&, bottom = low](double px) { return bottom * std::exp(px / scale); };
  const json x = {{"field", "x"}, {"type", "quantitative"}}, y = {{"field", "y"}, {"type", "quantitative"}};
  json joins = json::array(), lefts = json::array(), rights = json::array();
  for (std::size_t i = 0; i < named.size(); ++i) {
    const LabelPlace& p = places[i];
    const json place = {{"x", back(p.x)}, {"y", back(kSquarePlot - p.y)}, {"name", named[i].name}};
    (p.to_left ? rights : lefts).push_back(place);
    if (!p.far) continue;
    joins.push_back(
        {{"x", place["x"]}, {"y", place["y"]}, {"to_x", back(named[i].x)}, {"to_y", back(kSquarePlot - named[i].y)}});
  }
  json join = {{"x", x}, {"y", y}, {"x2", {{"field", "to_x"}}}, {"y2", {{"field", "to_y"}}}};
  layers.push_back({{"data", {{"values", joins}}},
                    {"mark", {{"type", "rule"}, {"color", "#8a8f98"}, {"strokeWidth", 0.8}, {"aria", false}}},
                    {"encoding", join}});
  for (const auto& [values, align] : {std::pair(&lefts, "left"), std::pair(&rights, "right")}) {
    const json text = {{"type", "text"},         {"align", align},     {"baseline", "middle"},
                       {"fontSize", kLabelFont}, {"color", "#3d434d"}, {"dx", align[0] == 'l' ? 1 : -1}};
    json halo = text;
    halo.update({{"stroke", "#ffffff"}, {"strokeWidth", 3}, {"strokeJoin", "round"}, {"aria", false}});
    const json encoding = {{"x", x}, {"y", y}, {"text", {{"field", "name"}}}};
    for (const json& mark : {halo, text}) {
      layers.push_back({{"data", {{"values", *values}}}, {"mark", mark}, {"encoding", encoding}});
    }
  }
}

/// Marks of a chart with names: the first series filled, the others smaller, hollow and of a shape each.
void add_named_points(json& layers, const json& filter, json point, const std::vector<std::string>& series) {
  const std::string first = fmt::format("datum.series == {}", json(series.empty() ? "" : series.front()).dump());
  point["shape"] = {
      {"field", "series"},
      {"type", "nominal"},
      {"scale", {{"domain", series}, {"range", {"circle", "square", "triangle-up", "diamond", "cross", "stroke"}}}},
      {"legend", nullptr}};
  for (const bool is_first : {false, true}) {
    json own = filter;
    own.push_back({{"filter", is_first ? first : "!(" + first + ")"}});
    const json mark =
        is_first ? json{{"type", "point"}, {"filled", true}, {"size", 70}, {"opacity", 1}}
                 : json{{"type", "point"}, {"filled", false}, {"size", 30}, {"strokeWidth", 1.5}, {"opacity", 1}};
    layers.push_back({{"transform", own}, {"mark", mark}, {"encoding", point}});
  }
}

/// Bars from low to high of one axis.
json interval_layer(const json& encoding, const std::string& filter, bool of_x) {
  json range = encoding;
  const std::string axis = of_x ? "x" : "y", low = of_x ? "x_low" : "low", high = of_x ? "x_high" : "high";
  range[axis]["field"] = low;
  range[axis + "2"] = {{"field", high}};
  return {{"transform", {{{"filter", fmt::format("{} && isValid(datum.{}) && isValid(datum.{})", filter, low, high)}}}},
          {"mark", {{"type", "rule"}, {"strokeWidth", 1.4}, {"opacity", 0.7}}},
          {"encoding", range}};
}

}  // namespace

Chart make_xy_chart(const std::vector<XyPoint>& points, const XyOptions& options) {
  const Parts parts = parts_of(points);
  const std::vector<std::string> series = series_of(points, options);
  json encoding = {
      {"x", x_encoding(points, options)}, {"y", y_encoding(points, options)}, {"color", colour_encoding(series)}};
  if (options.names && series.size() > 1) encoding["color"]["legend"]["symbolSize"] = 60;  // marks, not lines
  std::string drawn = "isValid(datum.y) && isValid(datum.x)";
  if (options.log_y) drawn += " && datum.y > 0";
  if (options.log_x) drawn += " && datum.x > 0";
  const json filter = {{{"filter", drawn}}};
  json layers = json::array();
  json line = encoding;
  if (parts.lines) line["detail"] = {{"field", options.line_title}, {"type", "nominal"}};
  line["order"] = {{"field", "x"}, {"type", "quantitative"}};
  const double width = parts.lines ? 1.1 : 1.8;
  layers.push_back({{"transform", filter},
                    {"mark", {{"type", "line"}, {"strokeWidth", width}, {"opacity", options.lines ? 0.9 : 0.0}}},
                    {"encoding", line}});
  if (parts.intervals) layers.push_back(interval_layer(encoding, drawn, false));
  if (parts.x_intervals) layers.push_back(interval_layer(encoding, drawn, true));
  json point = encoding;
  json tooltip = json::array();
  tooltip.push_back({{"field", "series"}, {"type", "nominal"}, {"title", "series"}});
  if (parts.lines) tooltip.push_back({{"field", options.line_title}, {"type", "nominal"}});
  tooltip.push_back({{"field", "x"}, {"type", "quantitative"}, {"title", options.x_title}, {"format", ".4~g"}});
  tooltip.push_back({{"field", "y"}, {"type", "quantitative"}, {"title", options.y_title}, {"format", ".4~g"}});
  point["tooltip"] = tooltip;
  if (options.diagonal) add_diagonal(layers, points, options);
  if (options.names && options.square) {
    add_named_points(layers, filter, point, series);
    if (!series.empty()) add_names(layers, points, series.front(), options);
  } else {
    layers.push_back(
        {{"transform", filter},
         {"mark", {{"type", "point"}, {"filled", true}, {"size", 34}, {"opacity", options.points ? 0.85 : 0.0}}},
         {"encoding", point}});
  }
  add_rules(layers, points, options);
  json numbers = json::object();
  for (const char* name : {"x", "y", "low", "high", "x_low", "x_high"}) numbers[name] = "number";
  Chart chart;
  chart.is_empty = std::none_of(points.begin(), points.end(), [&](const XyPoint& p) { return is_drawn(p, options); });
  chart.id = options.id;
  chart.title = options.title;
  chart.caption = options.caption;
  chart.spec = {
      {"description", options.title + ". " + options.caption},
      {"width", options.square ? json(kSquareSide) : json("container")},
      {"height", !options.square ? chart.height
                 : options.names ? kNamedHeight
                                 : kSquareSide},
      {"autosize", {{"type", "fit"}, {"contains", "padding"}}},
      {"data", {{"values", csv_of(points, options, parts)}, {"format", {{"type", "csv"}, {"parse", numbers}}}}},
      {"layer", layers}};
  return chart;
}

}  // namespace groklab::report
