// Charts of how the correct logit divides between both circuits; see charts.h.
#include <algorithm>
#include <cmath>
#include <functional>

#include "groklab/report/charts.h"
#include "groklab/report/xy_chart.h"

namespace groklab::report {

namespace {

constexpr double kBarErrors = 1.96;  ///< half the length of a bar, in standard errors: 95 %

/// Whether the task has a symmetry by which probes found circuits.
bool has_circuits(const InsideView& inside) {
  const auto found = [](const ProbeResult& r) { return r.circuits || r.balance; };
  return (inside.last && found(*inside.last)) || std::any_of(inside.over_steps.begin(), inside.over_steps.end(), found);
}

/// Points of the records drawn, where `value` is finite.
void add_records(const PlotRun& run, const char* series, const std::function<double(const Record&)>& value,
                 std::vector<XyPoint>& points) {
  for (const std::size_t i : run.drawn) {
    const Record& record = run.source->records[i];
    points.push_back({series, static_cast<double>(record.step), value(record)});
  }
}

/// One point of each probe result that has a balance, the last state's included.
template <typename Point>
void add_probes(const InsideView& inside, std::vector<XyPoint>& points, Point&& point) {
  std::vector<const ProbeResult*> results;
  for (const ProbeResult& r : inside.over_steps) results.push_back(&r);
  if (inside.last) results.push_back(&*inside.last);
  for (const ProbeResult* r : results) {
    if (r->balance && r->balance->undefined.empty()) points.push_back(point(static_cast<double>(r->step), *r->balance));
  }
}

double generalising(const Record& r) { return r.test.correct_logit_centred; }
double memorising(const Record& r) { return r.train.correct_logit_centred - r.test.correct_logit_centred; }
/// NaN where M is not above 0.
double ratio_of(const Record& r) { return memorising(r) > 0 ? generalising(r) / memorising(r) : std::nan(""); }

Chart parts_chart(const PlotRun& run) {
  std::vector<XyPoint> points;
  add_records(run, "G, generalising", generalising, points);
  add_records(run, "M, memorising", memorising, points);
  const auto bar = [](const char* series, double step, double value, double error) -> XyPoint {
    return {series, step, value, "probe", value - kBarErrors * error, value + kBarErrors * error};
  };
  add_probes(run.source->inside, points, [&](double step, const BalanceMetrics& m) {
    return bar("G, generalising", step, m.general, m.general_error);
  });
  add_probes(run.source->inside, points, [&](double step, const BalanceMetrics& m) {
    return bar("M, memorising", step, m.memorised, m.memorised_error);
  });
  XyOptions options;
  options.id = "inside-balance";
  options.title = "Correct logit of both circuits";
  options.caption =
      "G: mean centred correct logit of test rows, which every row has. M: what training rows have on top. Lines from "
      "evaluation steps; bars of 95 % from the probe balance, which takes the orbits of the symmetry one by "
      "one.";
  options.x_title = "step";
  options.y_title = "correct logit";
  options.line_title = "from";
  options.steps_x = true;
  options.points = false;
  return make_xy_chart(points, options);
}

Chart ratio_chart(const PlotRun& run) {
  std::vector<XyPoint> points;
  add_records(run, "evaluation steps", ratio_of, points);
  add_probes(run.source->inside, points, [](double step, const BalanceMetrics& m) -> XyPoint {
    const double low = m.ratio_low > 0 ? m.ratio_low : std::nan("");  // no place on a logarithmic axis
    return {"probe", step, m.ratio, "", low, m.ratio_high};
  });
  const double last = points.empty() ? 0 : points.back().x;
  for (const double step : {0.0, last}) points.push_back({"equal shares", step, 1});
  XyOptions options;
  options.id = "inside-ratio";
  options.title = "Balance of the circuits: rho = G / M";
  options.caption =
      "At 1 both circuits have equal shares of a training row's correct logit. Log scale: values that are not positive "
      "are left out, as is rho where M is not above 0.";
  options.x_title = "step";
  options.y_title = "rho";
  options.steps_x = true;
  options.log_y = true;
  options.points = false;
  return make_xy_chart(points, options);
}

}  // namespace

std::vector<Chart> balance_charts(const PlotRun& run) {
  const std::vector<Record>& records = run.source->records;
  if (records.empty() || records.back().test.rows == 0 || !has_circuits(run.source->inside)) return {};
  return {parts_chart(run), ratio_chart(run)};
}

std::vector<Chart> compared_balance_charts(const std::vector<PlotRun>& runs) {
  const CurveSeries rho = {"rho", [](const ReportRun&, const Record& r) { return ratio_of(r); }};
  if (!any_value(runs, rho.value, [](double value) { return value > 0; })) return {};
  CurveOptions options;
  options.id = "balance-compared";
  options.title = "Balance of the circuits of each run: rho = G / M";
  options.caption =
      "G: mean centred correct logit on test rows. M: how much higher it is on training rows. Above 1 the generalising "
      "circuit gives more than the memorising one; runs on either side of D_crit end on either side of 1.";
  options.value_title = "rho";
  options.axis = Axis::kLog;
  options.series = {rho};
  return {make_curve_chart(runs, options)};
}

}  // namespace groklab::report
