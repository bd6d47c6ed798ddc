// One chart of the page: a Vega-Lite specification with its data inside, and the text around it.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "groklab/report/plot_run.h"

namespace groklab::report {

struct Chart {
  std::string id;  ///< names the chart's element and its downloads: letters and dashes
  std::string title;
  std::string caption;    ///< plain text: what is seen
  int height = 300;       ///< CSS pixels of the drawing, reserved before it is drawn
  nlohmann::json spec;    ///< its data stand as CSV text in spec["data"]["values"]
  bool is_empty = false;  ///< nothing in the data can be drawn: the page says so, in the place of axes and caption
};

/// Vega expression of a label on a logarithmic axis: 1e-7, 1.5e-6, 0.01, 5000.
inline constexpr const char* kLogLabel =
    "datum.value < 0.001 || datum.value >= 1e4 ? format(datum.value, '.1~e') : format(datum.value, '~g')";

/// Vega expression of a label of steps, sizes and the like, written as in the page's text: 0.5, 5,000, 120,000, 3M.
inline constexpr const char* kCountLabel =
    "datum.value >= 1e6 ? format(datum.value / 1e6, '~r') + 'M' : format(datum.value, datum.value < 1e3 ? '~g' : "
    "',~r')";

/// The encoding of "step", 0 to `last`: log(1 + step) keeps the untrained network (step 0) on the axis.
nlohmann::json step_axis(std::int64_t last);
/// The encoding of a key's values, in their order, as colours: ordered ones for numbers.
nlohmann::json value_colour(const char* field, const std::vector<std::string>& values);

enum class Axis { kLinear, kFraction, kLog };

/// A measurement of one of a run's records; NaN: there is none.
using RecordValue = std::function<double(const ReportRun&, const Record&)>;

/// One curve per run and series against the step.
struct CurveSeries {
  std::string name;  ///< column of the CSV and entry of the legend
  RecordValue value;
};
struct CurveOptions {
  std::string id, title, caption, value_title;
  Axis axis = Axis::kLinear;
  std::vector<CurveSeries> series;
  bool choose_series = false;  ///< one series at a time, chosen by the reader (where series × runs would be too many)
  bool milestones = false;     ///< mark fit and grok steps; drawn for a single run only
};

/// The chart; colour tells runs apart and dashes series, or colour and dashes both tell series of a single run apart.
Chart make_curve_chart(const std::vector<PlotRun>& runs, const CurveOptions& options);

/// "run,step,<series>..." with one line per drawn record.
std::string curve_csv(const std::vector<PlotRun>& runs, const std::vector<CurveSeries>& series);

/// A metric of a group of rows, NaN where the group is empty.
CurveSeries group_series(std::string name, GroupMetrics Record::*group, double GroupMetrics::*metric);
/// The same metric of the test rows and of the training rows.
std::vector<CurveSeries> test_and_train(double GroupMetrics::*metric);

/// Where the words beside a rule at `step` stand, as a part of the axis of fractions: as near as may be to `wanted`
/// without a curve behind them or one of the `taken` places beside them. `left`: they end at the rule.
double free_height(const PlotRun& run, const std::vector<CurveSeries>& series, std::int64_t step, bool left,
                   double wanted, const std::vector<double>& taken);

/// Whether any drawn record of any run has a finite value that `accept`s.
bool any_value(const std::vector<PlotRun>& runs, const RecordValue& value, const std::function<bool(double)>& accept);

}  // namespace groklab::report
