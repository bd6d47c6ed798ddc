// Heat maps of logits over a slice of the table; see charts.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/base/csv.h"
#include "groklab/report/charts.h"
#include "groklab/report/data.h"

namespace groklab::report {

using nlohmann::json;

namespace {

constexpr std::size_t kMaxMaps = 6;
constexpr std::int64_t kMaxCells = 40000;  ///< more are slow to draw and smaller than a pixel

const char* role_name(RowRole role) {
  switch (role) {
    case RowRole::kTrain:
      return "train";
    case RowRole::kRemoved:
      return "removed";
    case RowRole::kNeverSeen:
      return "never seen";
  }
  return "never seen";
}

std::int64_t n_rows(const LogitSlice& slice) { return static_cast<std::int64_t>(slice.row_names.size()); }

// Every how many-th row is drawn.
std::int64_t row_stride(const LogitSlice& slice) {
  const std::int64_t cells = n_rows(slice) * slice.n_classes;
  return std::max<std::int64_t>(1, (cells + kMaxCells - 1) / kMaxCells);
}

bool is_drawable(const LogitSlice& slice) {
  const auto rows = slice.row_names.size();
  return slice.n_classes > 0 && rows > 0 && slice.logits.size() == rows * static_cast<std::size_t>(slice.n_classes) &&
         slice.labels.size() == rows && slice.roles.size() == rows;
}

std::string slice_csv(const LogitSlice& slice) {
  CsvText csv;
  csv.line("y", "class", "logit", "label", "rows");
  for (std::int64_t row = 0; row < n_rows(slice); row += row_stride(slice)) {
    const auto r = static_cast<std::size_t>(row);
    for (std::int64_t c = 0; c < slice.n_classes; ++c) {
      const double logit = slice.logits[static_cast<std::size_t>(row * slice.n_classes + c)];
      csv.line(slice.row_names[r], c, for_colour(logit), std::int64_t{slice.labels[r]}, role_name(slice.roles[r]));
    }
  }
  return csv.text();
}

// The colour scale is symmetric: zero is its middle.
double colour_bound(const LogitSlice& slice) {
  double largest = 0;
  for (double logit : slice.logits) {
    if (std::isfinite(logit)) largest = std::max(largest, std::abs(logit));
  }
  if (largest <= 0) return 1;
  // Up to two digits, for a legend that reads well.
  const double unit = std::pow(10.0, std::floor(std::log10(largest)) - 1);
  return std::ceil(largest / unit) * unit;
}

// A band axis with about a dozen labels, at round distances.
json band_axis(const std::vector<std::string>& names) {
  std::size_t stride = 1;
  for (std::size_t next : {2, 5, 10, 20, 50, 100, 200, 500}) {
    if (names.size() / stride > 14) stride = next;
  }
  json values = json::array();
  for (std::size_t i = 0; i < names.size(); i += stride) values.push_back(names[i]);
  return {{"values", values}, {"labelAngle", 0}, {"labelOverlap", false}, {"ticks", false}, {"domain", false}};
}

std::vector<std::string> class_names(const LogitSlice& slice) {
  std::vector<std::string> names;
  for (std::int64_t c = 0; c < slice.n_classes; ++c) names.push_back(std::to_string(c));
  return names;
}

std::vector<std::string> drawn_rows(const LogitSlice& slice) {
  std::vector<std::string> names;
  for (std::int64_t row = 0; row < n_rows(slice); row += row_stride(slice)) {
    names.push_back(slice.row_names[static_cast<std::size_t>(row)]);
  }
  return names;
}

json heat_layers(const LogitSlice& slice) {
  const double bound = colour_bound(slice);
  const double mark_size = std::clamp(48000.0 / std::pow(static_cast<double>(n_rows(slice)), 2), 8.0, 60.0);
  const json x = {{"field", "class"},
                  {"type", "ordinal"},
                  {"sort", nullptr},
                  {"title", "class"},
                  {"axis", band_axis(class_names(slice))}};
  const json y = {
      {"field", "y"}, {"type", "ordinal"}, {"sort", nullptr}, {"title", "y"}, {"axis", band_axis(drawn_rows(slice))}};
  const json tooltip = {{{"field", "y"}, {"type", "nominal"}, {"title", "y"}},
                        {{"field", "class"}, {"type", "nominal"}, {"title", "class"}},
                        {{"field", "logit"}, {"type", "quantitative"}, {"format", ".4~g"}, {"title", "logit"}},
                        {{"field", "label"}, {"type", "nominal"}, {"title", "correct class"}},
                        {{"field", "rows"}, {"type", "nominal"}, {"title", "row is"}}};
  const json colour = {
      {"field", "logit"},
      {"type", "quantitative"},
      {"scale", {{"scheme", "blueorange"}, {"reverse", true}, {"domain", {-bound, bound}}}},
      {"legend", {{"title", "logit"}, {"format", ".3~g"}, {"gradientLength", 160}, {"values", {-bound, 0, bound}}}}};
  const json marks = {
      {"field", "rows"},
      {"type", "nominal"},
      {"scale", {{"domain", {"train", "removed", "never seen"}}, {"range", {"circle", "triangle-up", "square"}}}},
      {"legend", nullptr}};
  const json filled = {{"condition", {{"test", "datum.rows === 'train'"}, {"value", "#000000"}}}, {"value", "#ffffff"}};
  const json edge = {{"condition", {{"test", "datum.rows === 'train'"}, {"value", "#ffffff"}}}, {"value", "#000000"}};
  return {
      {{"mark", {{"type", "rect"}}}, {"encoding", {{"x", x}, {"y", y}, {"color", colour}, {"tooltip", tooltip}}}},
      {{"transform", {{{"filter", "datum['class'] === datum.label"}}}},
       {"mark", {{"type", "point"}, {"size", mark_size}, {"strokeWidth", 0.7}, {"opacity", 1}}},
       {"encoding", {{"x", x}, {"y", y}, {"shape", marks}, {"fill", filled}, {"stroke", edge}, {"tooltip", tooltip}}}}};
}

Chart heat_map(const PlotRun& run, std::size_t index, bool several) {
  const LogitSlice& slice = run.source->slice;
  Chart chart;
  chart.id = fmt::format("logits-{}", index + 1);
  chart.title = several ? fmt::format("Logits at x = {}: {}", slice.fixed_input, run.label)
                        : fmt::format("Logits at x = {}", slice.fixed_input);
  chart.caption = run.source->state +
                  ". Logit of every class for each y. Each row's mark is its correct class: black where the row is in "
                  "training, white where it is not.";
  const bool removed = std::find(slice.roles.begin(), slice.roles.end(), RowRole::kRemoved) != slice.roles.end();
  if (removed) chart.caption += " Triangles: rows that a fork removed from training.";
  const std::int64_t stride = row_stride(slice);
  if (stride > 1) chart.caption += fmt::format(" Only every {}th y is drawn.", stride);
  chart.height = several ? 460 : 560;
  chart.spec = {
      {"description", chart.title + ". " + chart.caption},
      {"width", "container"},
      {"height", chart.height},
      {"autosize", {{"type", "fit"}, {"contains", "padding"}}},
      {"data", {{"values", slice_csv(slice)}, {"format", {{"type", "csv"}, {"parse", {{"logit", "number"}}}}}}},
      {"layer", heat_layers(slice)}};
  return chart;
}

}  // namespace

std::vector<Chart> logit_charts(const std::vector<PlotRun>& runs) {
  std::vector<Chart> charts;
  for (std::size_t i = 0; i < runs.size() && charts.size() < kMaxMaps; ++i) {
    if (is_drawable(runs[i].source->slice)) charts.push_back(heat_map(runs[i], i, runs.size() > 1));
  }
  return charts;
}

}  // namespace groklab::report
