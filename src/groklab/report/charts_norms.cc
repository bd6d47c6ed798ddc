// Charts of parameter norms; see charts.h.
#include <algorithm>
#include <limits>

#include "groklab/report/charts.h"

namespace groklab::report {

namespace {

// Runs may have different tensors: the union of their names, in order of appearance.
std::vector<std::string> tensor_names(const std::vector<PlotRun>& runs) {
  std::vector<std::string> names;
  for (const PlotRun& run : runs) {
    for (const std::string& name : run.source->info.tensor_names) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

Chart total_chart(const std::vector<PlotRun>& runs) {
  CurveOptions options;
  options.id = "norm";
  options.title = "Parameter norm";
  options.caption = "Euclidean norm of all parameters together.";
  options.value_title = "norm";
  options.series = {{"all parameters", [](const ReportRun&, const Record& record) { return record.norm; }}};
  return make_curve_chart(runs, options);
}

double tensor_norm(const ReportRun& run, const Record& record, const std::string& name) {
  const std::vector<std::string>& names = run.info.tensor_names;
  const auto index = static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  return index < record.tensor_norms.size() ? record.tensor_norms[index] : std::numeric_limits<double>::quiet_NaN();
}

Chart tensor_chart(const std::vector<PlotRun>& runs, const std::vector<std::string>& names) {
  CurveOptions options;
  options.id = "norm-tensors";
  options.title = "Norm of each tensor";
  options.choose_series = runs.size() > 1;
  options.caption = options.choose_series ? "Euclidean norm of one parameter tensor; choose which under the chart."
                                          : "Euclidean norm of each parameter tensor.";
  options.value_title = "norm";
  for (const std::string& name : names) {
    options.series.push_back(
        {name, [name](const ReportRun& run, const Record& record) { return tensor_norm(run, record, name); }});
  }
  return make_curve_chart(runs, options);
}

}  // namespace

std::vector<Chart> norm_charts(const std::vector<PlotRun>& runs) {
  std::vector<Chart> charts = {total_chart(runs)};
  const std::vector<std::string> names = tensor_names(runs);
  if (!names.empty()) charts.push_back(tensor_chart(runs, names));
  return charts;
}

}  // namespace groklab::report
