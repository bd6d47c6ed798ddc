// Charts of margins and of the correct logit; see charts.h.
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
  };
}

}  // namespace groklab::report
