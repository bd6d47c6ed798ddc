// Charts of the updates: gradient and update norms, softmax collapse; see charts.h.
#include "groklab/report/charts.h"

namespace groklab::report {

namespace {

Chart update_chart(const std::vector<PlotRun>& runs) {
  CurveOptions options;
  options.id = "gradient";
  options.title = "Gradient and update";
  options.caption =
      "Norm of the loss gradient (without weight decay) and of the step taken, log scale. They begin at the first "
      "update.";
  options.value_title = "norm";
  options.axis = Axis::kLog;
  options.series = {{"gradient", [](const ReportRun&, const Record& record) { return record.gradient_norm; }},
                    {"update", [](const ReportRun&, const Record& record) { return record.update_norm; }}};
  return make_curve_chart(runs, options);
}

Chart collapse_chart(const std::vector<PlotRun>& runs) {
  CurveOptions options;
  options.id = "softmax-collapse";
  options.title = "Softmax collapse";
  options.caption =
      "Fraction of rows whose softmax denominator is exactly 1 in float32: the framework form of the loss gives such a "
      "row no gradient.";
  options.value_title = "fraction of rows";
  options.axis = Axis::kFraction;
  options.series = test_and_train(&GroupMetrics::softmax_collapse);
  return make_curve_chart(runs, options);
}

}  // namespace

std::vector<Chart> dynamics_charts(const std::vector<PlotRun>& runs) {
  std::vector<Chart> charts = {update_chart(runs)};
  for (const CurveSeries& series : test_and_train(&GroupMetrics::softmax_collapse)) {
    if (any_value(runs, series.value, [](double fraction) { return fraction > 0; })) {
      charts.push_back(collapse_chart(runs));
      break;
    }
  }
  return charts;
}

}  // namespace groklab::report
