#include "groklab/report/xy_chart.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "groklab/report/sections.h"

namespace groklab::report {
namespace {

std::vector<double> ticks_of(const std::vector<double>& values) {
  std::vector<XyPoint> points;
  for (const double v : values) points.push_back({"a", v, v});
  XyOptions options;
  options.id = "chart";
  options.log_x = options.log_y = true;
  return make_xy_chart(points, options).spec["layer"][0]["encoding"]["y"]["axis"]["values"].get<std::vector<double>>();
}

TEST(XyChart, LogarithmicTicksSuitTheRange) {
  EXPECT_EQ(ticks_of({14, 25}), (std::vector<double>{15, 20, 25}));
  EXPECT_EQ(ticks_of({100, 950}), (std::vector<double>{100, 200, 500, 1000}));
  EXPECT_EQ(ticks_of({1e-7, 10}).size(), 9u) << "powers of ten";
}

TEST(XyChart, OnePlaceHasOneTick) {
  EXPECT_EQ(ticks_of({130}).size(), 1u);
  EXPECT_EQ(ticks_of({130, 130, 130.0001}).size(), 1u);
  EXPECT_TRUE(ticks_of({}).empty());
}

TEST(XyChart, NamesOfPlacesNearTheRightEndStandToTheLeft) {
  XyOptions options;
  options.id = "chart";
  options.steps_x = true;
  options.rules = {{10, "early"}, {9000, "late"}};
  const Chart chart = make_xy_chart({{"a", 0, 1}, {"a", 10000, 2}}, options);
  std::vector<std::string> aligned;
  for (const auto& layer : chart.spec["layer"]) {
    if (layer["mark"]["type"] == "text") aligned.push_back(layer["mark"]["align"]);
  }
  EXPECT_EQ(aligned, (std::vector<std::string>{"left", "left", "right", "right"}));
}

TEST(XyChart, SaysWhenItHasNothingToDraw) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  XyOptions options;
  options.id = "chart";
  EXPECT_TRUE(make_xy_chart({}, options).is_empty);
  EXPECT_TRUE(make_xy_chart({{"a", 1, nan}, {"a", nan, 1}}, options).is_empty);
  EXPECT_FALSE(make_xy_chart({{"a", 1, nan}, {"a", 0, -1}}, options).is_empty);
  options.log_y = true;
  EXPECT_TRUE(make_xy_chart({{"a", 1, nan}, {"a", 0, -1}}, options).is_empty);
  const std::string html = chart_figure(make_xy_chart({}, options));
  EXPECT_NE(html.find("Nothing that could be drawn was measured."), std::string::npos);
  EXPECT_EQ(html.find("data-chart"), std::string::npos);
}

// Catches: sizes in colours without an order; kinds that end in a number in colours that have one.
TEST(XyChart, SizesHaveColoursInTheirOrderAndKindsHaveNot) {
  const auto colours = [](const std::vector<std::string>& series) {
    std::vector<XyPoint> points;
    for (const std::string& name : series) points.push_back({name, 1, 2});
    XyOptions options;
    options.id = "chart";
    return make_xy_chart(points, options).spec["layer"][0]["encoding"]["color"]["scale"]["range"];
  };
  EXPECT_EQ(colours({"D = 75", "D = 150", "D = 300"}), nlohmann::json(ordered_colours(3)));
  EXPECT_EQ(colours({"D = 75", "D = 300", "D = 150"}), nlohmann::json(run_colours(3)));
  EXPECT_EQ(colours({"frequency 3", "frequency 14", "not periodic"}), nlohmann::json(run_colours(3)));
  EXPECT_EQ(colours({"x 1", "y 2", "z 3"}), nlohmann::json(run_colours(3)));
  EXPECT_EQ(colours({"D = 75", "D = 150"}), nlohmann::json(run_colours(2)));
}

// Catches: rivals named, or drawn like what they are compared with.
TEST(XyChart, ASquareChartNamesThePointsOfItsFirstSeriesAlone) {
  XyOptions options;
  options.id = "chart";
  options.log_x = options.log_y = options.square = options.names = options.diagonal = true;
  options.band = 1.1;
  const Chart chart =
      make_xy_chart({{"ours", 100, 110, "one"}, {"ours", 400, 380, "two"}, {"rival", 100, 300, "one"}}, options);
  std::vector<std::string> named;
  std::vector<bool> filled;
  for (const auto& layer : chart.spec["layer"]) {
    if (layer["mark"]["type"] == "point") filled.push_back(layer["mark"]["filled"]);
    if (layer["mark"]["type"] != "text" || layer["mark"].contains("stroke")) continue;  // the halo behind it
    for (const auto& value : layer["data"]["values"]) named.push_back(value["name"]);
  }
  std::sort(named.begin(), named.end());
  EXPECT_EQ(named, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(filled, (std::vector<bool>{false, true}));
}

}  // namespace
}  // namespace groklab::report
