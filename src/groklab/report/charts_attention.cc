// Charts of embeddings on circles and of attention; see charts.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "groklab/base/csv.h"
#include "groklab/report/charts.h"
#include "groklab/report/data.h"
#include "groklab/view/text.h"

namespace groklab::report {

using nlohmann::json;

namespace {

constexpr int kCircleSize = 320;          ///< CSS pixels, as wide as high: a circle is to look like one
constexpr std::size_t kMostNamed = 64;    ///< symbols on a circle that are written beside their points
constexpr std::size_t kMostCells = 1600;  ///< of one head's heat map
constexpr std::int64_t kMostHeads = 8;

json with_csv(const std::string& csv, json parse) {
  return {{"values", csv}, {"format", {{"type", "csv"}, {"parse", std::move(parse)}}}};
}

Chart circle_chart(const std::string& state, const EmbeddingCircle& circle, std::size_t index) {
  Chart chart;
  chart.id = fmt::format("inside-circle-{}", index + 1);
  chart.title = fmt::format("Embedding on the circle of frequency {}", circle.frequency);
  const std::size_t n = circle.names.size();
  chart.caption = fmt::format(
      "{}. Each symbol's embedding in the plane of frequency {}, which holds {} of the embeddings' squared "
      "norm; "
      "the line joins neighbours k g mod n. A closed round line: symbols are angles, which the network adds.",
      state, circle.frequency, format_fraction(circle.fraction));
  chart.height = kCircleSize;
  CsvText csv;
  csv.line("place", "symbol", "x", "y");
  double bound = 0;
  for (std::size_t i = 0; i <= n; ++i) {  // the first again, which closes the line
    const std::size_t at = i % n;
    csv.line(static_cast<std::int64_t>(i), circle.names[at], for_colour(circle.x[at]), for_colour(circle.y[at]));
    bound = std::max({bound, std::abs(circle.x[at]), std::abs(circle.y[at])});
  }
  if (!(bound > 0) || !std::isfinite(bound)) bound = 1;
  const auto axis = [&](const char* field) -> json {
    return {{"field", field},
            {"type", "quantitative"},
            {"scale", {{"domain", {-1.15 * bound, 1.15 * bound}}, {"nice", false}, {"zero", false}}},
            {"axis", nullptr}};
  };
  const json x = axis("x"), y = axis("y");
  const json tooltip = {{{"field", "symbol"}, {"type", "nominal"}},
                        {{"field", "x"}, {"type", "quantitative"}, {"format", ".3~g"}},
                        {{"field", "y"}, {"type", "quantitative"}, {"format", ".3~g"}}};
  const json colour = {{"field", "place"},
                       {"type", "quantitative"},
                       {"scale", {{"scheme", "sinebow"}, {"domain", {0, n}}}},
                       {"legend", nullptr}};
  json layers = {{{"mark", {{"type", "line"}, {"strokeWidth", 0.8}, {"opacity", 0.5}, {"color", "#888888"}}},
                  {"encoding", {{"x", x}, {"y", y}, {"order", {{"field", "place"}, {"type", "quantitative"}}}}}},
                 {{"mark", {{"type", "point"}, {"filled", true}, {"size", 45}, {"opacity", 1}}},
                  {"encoding", {{"x", x}, {"y", y}, {"color", colour}, {"tooltip", tooltip}}}}};
  if (n <= kMostNamed) {
    layers.push_back({{"mark", {{"type", "text"}, {"dy", -9}, {"fontSize", 9}}},
                      {"encoding", {{"x", x}, {"y", y}, {"text", {{"field", "symbol"}, {"type", "nominal"}}}}}});
  }
  chart.spec = {{"description", chart.title + ". " + chart.caption},
                {"width", kCircleSize},
                {"height", kCircleSize},
                {"data", with_csv(csv.text(), {{"place", "number"}, {"x", "number"}, {"y", "number"}})},
                {"layer", layers}};
  return chart;
}

json some_names(const std::vector<std::string>& names, std::size_t stride) {
  json values = json::array();
  const std::size_t drawn = (names.size() + stride - 1) / stride, every = drawn / 12 + 1;
  for (std::size_t i = 0; i < drawn; i += every) values.push_back(names[i * stride]);
  return values;
}

Chart attention_chart(const std::string& state, const AttentionPattern& pattern, std::int64_t head) {
  const std::size_t n = pattern.first_names.size(), m = pattern.second_names.size();
  std::size_t stride = 1;
  while ((n / stride) * (m / stride) > kMostCells) ++stride;
  Chart chart;
  chart.id = fmt::format("inside-attention-{}", head);
  chart.title = fmt::format("Attention of head {} to the first input", head);
  CsvText csv;
  csv.line("x", "y", "first", "second");
  double least = 1, most = 0;
  for (std::size_t a = 0; a < n; a += stride) {
    for (std::size_t b = 0; b < m; b += stride) {
      const std::size_t at = (static_cast<std::size_t>(head) * n + a) * m + b;
      csv.line(pattern.first_names[a], pattern.second_names[b], for_colour(pattern.to_first[at]),
               for_colour(pattern.to_second[at]));
      least = std::min(least, pattern.to_first[at]);
      most = std::max(most, pattern.to_first[at]);
    }
  }
  chart.caption = fmt::format(
      "{}, first block. Fraction of the last position's attention that goes to x, from {} to {}; the rest goes "
      "to "
      "y and to constant tokens.{}",
      state, format_fraction(least), format_fraction(most),
      stride > 1 ? fmt::format(" Every {}th symbol is drawn.", stride) : "");
  chart.height = 300;
  const auto band = [&](const char* field, const std::vector<std::string>& names) -> json {
    return {{"field", field},
            {"type", "ordinal"},
            {"sort", nullptr},
            {"title", field},
            {"axis",
             {{"values", some_names(names, stride)},
              {"labelAngle", 0},
              {"labelOverlap", "greedy"},
              {"ticks", false},
              {"domain", false}}}};
  };
  const json colour = {{"field", "first"},
                       {"type", "quantitative"},
                       {"scale", {{"scheme", "viridis"}, {"domain", {0, 1}}}},
                       {"legend", {{"title", "to x"}, {"format", "~%"}, {"gradientLength", 120}}}};
  const json tooltip = {{{"field", "x"}, {"type", "nominal"}},
                        {{"field", "y"}, {"type", "nominal"}},
                        {{"field", "first"}, {"type", "quantitative"}, {"format", ".1%"}, {"title", "to x"}},
                        {{"field", "second"}, {"type", "quantitative"}, {"format", ".1%"}, {"title", "to y"}}};
  chart.spec = {{"description", chart.title + ". " + chart.caption},
                {"width", "container"},
                {"height", chart.height},
                {"autosize", {{"type", "fit"}, {"contains", "padding"}}},
                {"data", with_csv(csv.text(), {{"first", "number"}, {"second", "number"}})},
                {"layer",
                 {{{"mark", {{"type", "rect"}}},
                   {"encoding",
                    {{"x", band("x", pattern.first_names)},
                     {"y", band("y", pattern.second_names)},
                     {"color", colour},
                     {"tooltip", tooltip}}}}}}};
  return chart;
}

}  // namespace

std::vector<Chart> embedding_charts(const ReportRun& run) {
  const InsideView& inside = run.inside;
  std::vector<Chart> charts;
  for (std::size_t i = 0; i < inside.circles.size(); ++i)
    charts.push_back(circle_chart(run.state, inside.circles[i], i));
  return charts;
}

std::vector<Chart> attention_charts(const ReportRun& run) {
  const InsideView& inside = run.inside;
  std::vector<Chart> charts;
  const std::size_t cells = inside.attention.first_names.size() * inside.attention.second_names.size();
  if (inside.attention.to_first.size() != cells * static_cast<std::size_t>(inside.attention.heads)) return charts;
  for (std::int64_t head = 0; head < std::min(inside.attention.heads, kMostHeads); ++head) {
    charts.push_back(attention_chart(run.state, inside.attention, head));
  }
  return charts;
}

}  // namespace groklab::report
