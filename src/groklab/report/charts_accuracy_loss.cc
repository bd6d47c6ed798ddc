// Charts of accuracy and loss; see charts.h.
#include <fmt/format.h>

#include "groklab/report/charts.h"

namespace groklab::report {

namespace {

Chart accuracy_chart(const std::vector<PlotRun>& runs) {
  CurveOptions options;
  options.id = "accuracy";
  options.title = "Accuracy";
  options.caption = "Fraction of rows whose largest logit is the label.";
  if (runs.size() == 1 && (runs[0].events.fit || runs[0].events.grok)) {
    options.caption += fmt::format(" Dotted: the step from which accuracy stays at {:.2g} or above{}.",
                                   event_rule(runs[0].source->info.config).accuracy,
                                   runs[0].events.ungrok ? ", and that from which test accuracy stays below" : "");
  }
  options.value_title = "accuracy";
  options.axis = Axis::kFraction;
  options.series = test_and_train(&GroupMetrics::accuracy);
  options.milestones = true;
  return make_curve_chart(runs, options);
}

Chart loss_chart(const std::vector<PlotRun>& runs) {
  bool other_kind = false;
  for (const PlotRun& run : runs) other_kind |= run.source->info.config.loss.kind != "cross_entropy";
  CurveOptions options;
  options.id = "loss";
  options.title = "Loss";
  options.caption =
      other_kind ? "Mean loss of each run's own kind, log scale." : "Mean cross-entropy in nats, log scale.";
  options.value_title = "loss";
  options.axis = Axis::kLog;
  options.series = test_and_train(&GroupMetrics::loss);
  for (const CurveSeries& series : options.series) {
    if (any_value(runs, series.value, [](double v) { return v <= 0; })) {
      options.caption += " Losses of exactly zero have no place on it and are left out.";
      break;
    }
  }
  return make_curve_chart(runs, options);
}

/// What the optimiser comes to rest at, beside the part of it that is the loss.
Chart objective_chart(const std::vector<PlotRun>& runs) {
  CurveOptions options;
  options.id = "objective";
  options.title = "Objective of the optimiser";
  options.caption =
      "Training loss plus what weight decay minimises with it: under AdamW (epsilon / lambda) times the sum of -x - "
      "ln(1 - "
      "x), x = lambda |theta|; under Adam and SGD lambda / 2 |theta|^2. A run rests where this does.";
  options.value_title = "objective";
  options.axis = Axis::kLog;
  options.series = {{"objective", [](const ReportRun&, const Record& record) { return record.objective; }},
                    {"training loss", [](const ReportRun&, const Record& record) { return record.train.loss; }}};
  return make_curve_chart(runs, options);
}

Chart removed_chart(const std::vector<PlotRun>& runs) {
  CurveOptions options;
  options.id = "accuracy-removed";
  options.title = "Test accuracy: removed and never seen rows";
  options.caption = "Removed rows were trained on by the run this one was forked from; never seen rows by neither.";
  options.value_title = "accuracy";
  options.axis = Axis::kFraction;
  options.series = {group_series("never seen", &Record::never_seen, &GroupMetrics::accuracy),
                    group_series("removed", &Record::removed, &GroupMetrics::accuracy)};
  return make_curve_chart(runs, options);
}

}  // namespace

std::vector<Chart> accuracy_and_loss_charts(const std::vector<PlotRun>& runs) {
  std::vector<Chart> charts = {accuracy_chart(runs), loss_chart(runs)};
  const auto objective = [](const ReportRun&, const Record& record) { return record.objective; };
  if (any_value(runs, objective, [](double v) { return v > 0; })) charts.push_back(objective_chart(runs));
  const auto removed_rows = [](const ReportRun&, const Record& record) {
    return static_cast<double>(record.removed.rows);
  };
  if (any_value(runs, removed_rows, [](double rows) { return rows > 0; })) charts.push_back(removed_chart(runs));
  return charts;
}

}  // namespace groklab::report
