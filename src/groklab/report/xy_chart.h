// Points and curves over data-set size, steps or anything else: several series, intervals, marked places.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "groklab/report/chart.h"

namespace groklab::report {

struct XyPoint {
  std::string series;  ///< entry of the legend
  double x = 0, y = 0;
  std::string line = {};  ///< points of one line within a series, such as a seed; "" for one line per series
  double low = std::numeric_limits<double>::quiet_NaN(), high = std::numeric_limits<double>::quiet_NaN();
  double x_low = std::numeric_limits<double>::quiet_NaN(), x_high = std::numeric_limits<double>::quiet_NaN();
};

/// A vertical line with a name.
struct XyRule {
  double x = 0;
  std::string name;
};

struct XyOptions {
  std::string id, title, caption;
  std::string x_title, y_title;
  bool log_x = false, log_y = false, steps_x = false;  ///< steps_x: log(1 + x)
  bool fraction_y = false;                             ///< y from 0 to 1 as a percentage
  bool lines = true, points = true;
  std::string line_title = "seed";
  std::vector<std::string> series = {};  ///< order and choice of the legend; empty: as they come
  std::vector<XyRule> rules = {};
  bool diagonal = false;  ///< draws y = x
  double band = 0;        ///< with the diagonal: shades y from x / band to x band, a factor above 1
  bool square = false;    ///< both axes, logarithmic, have one range and one length, so that the diagonal is one
  bool names = false;     ///< of a square chart: points of the first series are named by their `line`; other series
                          ///< are drawn smaller and hollow
};

/// 1-2-5 ticks across the values: Vega's own labels on a logarithmic axis of less than two decades overlap.
nlohmann::json log_ticks(const std::vector<double>& values);

/// Points without finite y (on a logarithmic axis: without y > 0) are in the data and not drawn.
Chart make_xy_chart(const std::vector<XyPoint>& points, const XyOptions& options);

}  // namespace groklab::report
