// Charts of margins and of the correct logit; see charts.h.
#include <cmath>

#include "groklab/report/charts.h"

namespace groklab::report {

namespace {

Chart group_chart(const std::vector<PlotRun>& runs, const char* id, const char* title, const char* caption,
                  const char* value_title, double GroupMetrics::*metric) {
  CurveOptions options;
  options.id = id;
  options.title = title;
  options.caption = caption;
  options.value_title = value_title;
  options.series = test_and_train(metric);
  return make_curve_chart(runs, options);
}

/// What circuits compete for, of the network as it is at each step.
Chart efficiency_chart(const std::vector<PlotRun>& runs) {
  const auto per_norm = [](std::string name, GroupMetrics Record::*group) -> CurveSeries {
    return {std::move(name), [group](const ReportRun&, const Record& r) {
              return (r.*group).rows > 0 && r.norm > 0 ? (r.*group).margin / r.norm : std::nan("");
            }};
  };
  CurveOptions options;
  options.id = "margin-per-norm";
  options.title = "Margin per norm: efficiency";
  options.caption =
      "Mean margin divided by the norm of all parameters. What decay rewards: it rises while a more efficient circuit "
      "takes over from the one that memorised.";
  options.value_title = "margin / norm";
  options.series = {per_norm("test", &Record::test), per_norm("train", &Record::train)};
  options.milestones = true;
  return make_curve_chart(runs, options);
}

}  // namespace

std::vector<Chart> margin_charts(const std::vector<PlotRun>& runs) {
  return {
      group_chart(runs, "margin-mean", "Mean margin",
                  "Label's logit minus the largest other logit, mean over rows. Above zero the row is right.", "margin",
                  &GroupMetrics::margin),
      group_chart(runs, "margin-min", "Smallest margin", "The worst row's margin. Above zero every row is right.",
                  "smallest margin", &GroupMetrics::margin_min),
      group_chart(runs, "correct-logit", "Correct logit",
                  "Label's logit minus the mean of the row's logits, mean over rows.", "centred correct logit",
                  &GroupMetrics::correct_logit_centred),
      efficiency_chart(runs),
  };
}

}  // namespace groklab::report
