// Tests of the chart families: what is drawn, what is left out, and the CSV inside.
#include "groklab/report/chart.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "groklab/report/charts.h"
#include "groklab/report/synthetic_run.h"

namespace groklab::report {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> data_lines(const Chart& chart) { return lines_of(chart.spec["data"]["values"]); }

bool has_chart(const std::vector<Chart>& charts, const std::string& id) {
  return std::any_of(charts.begin(), charts.end(), [&](const Chart& chart) { return chart.id == id; });
}

TEST(Charts, AccuracyHoldsEveryRecordOfAShortRun) {
  const std::vector<ReportRun> runs = {synthetic_run()};
  const Chart chart = accuracy_and_loss_charts(make_plot_runs(runs))[0];
  const std::vector<std::string> lines = data_lines(chart);
  ASSERT_EQ(lines.size(), runs[0].records.size() + 1);
  EXPECT_EQ(lines[0], "run,step,test,train");
  EXPECT_EQ(lines[1].substr(0, 15), "3f9ac01b77d2,0,");
}

TEST(Charts, WordsOfARuleStandWhereNoCurveIs) {
  ReportRun run = synthetic_run();
  run.records.resize(3);
  const std::int64_t steps[] = {0, 100, 1000};
  const double heights[] = {0.2, 0.42, 0.42};
  for (std::size_t i = 0; i < 3; ++i) {
    run.records[i].step = steps[i];
    run.records[i].test = {};
    run.records[i].test.rows = 10;
    run.records[i].test.accuracy = heights[i];
  }
  const std::vector<ReportRun> runs = {run};
  const std::vector<PlotRun> drawn = make_plot_runs(runs);
  const std::vector<CurveSeries> series = {group_series("test", &Record::test, &GroupMetrics::accuracy)};
  EXPECT_DOUBLE_EQ(free_height(drawn[0], series, 100, false, 0.7, {}), 0.7);
  const double above = free_height(drawn[0], series, 100, false, 0.42, {});
  EXPECT_GE(std::abs(above - 0.42), 0.05);
  EXPECT_LE(std::abs(above - 0.42), 0.1);
  EXPECT_GE(std::abs(free_height(drawn[0], series, 100, false, 0.42, {above}) - above), 0.1);
  // To the left the curve rises from 0.2 to 0.42: no place between.
  EXPECT_NEAR(free_height(drawn[0], series, 100, true, 0.3, {}), 0.14, 1e-9);
}

TEST(Charts, EmptyTestGroupGivesEmptyCells) {
  SyntheticOptions all;
  all.test_empty = true;
  const std::vector<ReportRun> runs = {synthetic_run(all)};
  for (const Chart& chart : accuracy_and_loss_charts(make_plot_runs(runs))) {
    const std::vector<std::string> lines = data_lines(chart);
    EXPECT_NE(lines.back().find(",40000,,"), std::string::npos) << lines.back();
    EXPECT_EQ(chart.spec.dump().find("nan"), std::string::npos);
  }
}

TEST(Charts, RemovedRowsOnlyAfterAFork) {
  SyntheticOptions fork;
  fork.forked = true;
  EXPECT_FALSE(has_chart(accuracy_and_loss_charts(make_plot_runs({synthetic_run()})), "accuracy-removed"));
  const std::vector<ReportRun> runs = {synthetic_run(), synthetic_run(fork)};
  EXPECT_TRUE(has_chart(accuracy_and_loss_charts(make_plot_runs(runs)), "accuracy-removed"));
}

// Catches: the bounds of all runs; an axis that is cut where nothing diverged, or where nothing else is there.
TEST(Charts, ARunThatDivergedDoesNotStretchTheAxisOfOthers) {
  ReportRun wild = synthetic_run();
  wild.info.status = RunStatus::kDiverged;
  wild.records.back().train.loss = 1e30;
  const auto loss = [](const std::vector<ReportRun>& runs) {
    const std::vector<PlotRun> plots = make_plot_runs(runs);
    return accuracy_and_loss_charts(plots)[1];
  };
  const auto scale = [](const Chart& chart) { return chart.spec["layer"][0]["encoding"]["y"]["scale"]; };
  const Chart both = loss({synthetic_run(), wild});
  ASSERT_TRUE(scale(both).contains("domain"));
  EXPECT_LT(scale(both)["domain"][1], 100);
  EXPECT_NE(both.caption.find("diverged leave the picture"), std::string::npos);
  EXPECT_EQ(both.spec["layer"][0]["mark"]["clip"], true);
  EXPECT_FALSE(scale(loss({synthetic_run(), synthetic_run()})).contains("domain"));
  EXPECT_FALSE(scale(loss({wild})).contains("domain"));
}

TEST(Charts, SoftmaxCollapseOnlyWhereThereIsAny) {
  SyntheticOptions collapse;
  collapse.collapse = true;
  const std::vector<ReportRun> without = {synthetic_run()}, with = {synthetic_run(collapse)};
  EXPECT_FALSE(has_chart(dynamics_charts(make_plot_runs(without)), "softmax-collapse"));
  EXPECT_TRUE(has_chart(dynamics_charts(make_plot_runs(with)), "softmax-collapse"));
}

TEST(Charts, ZeroLossIsToldInTheCaption) {
  std::vector<ReportRun> runs = {synthetic_run()};
  EXPECT_EQ(accuracy_and_loss_charts(make_plot_runs(runs))[1].caption.find("zero"), std::string::npos);
  runs[0].records.back().train.loss = 0;
  EXPECT_NE(accuracy_and_loss_charts(make_plot_runs(runs))[1].caption.find("zero"), std::string::npos);
}

TEST(Charts, TensorNormsOfSeveralRunsAreChosenByName) {
  std::vector<ReportRun> runs = {synthetic_run(), synthetic_run()};
  runs[1].info.tensor_names[0] = "other.W";
  const std::vector<Chart> single = norm_charts(make_plot_runs({runs[0]}));
  const std::vector<Chart> several = norm_charts(make_plot_runs(runs));
  EXPECT_FALSE(single[1].spec.contains("params"));
  EXPECT_EQ(several[1].spec["params"][0]["bind"]["options"].size(), 12u);
  // The first run has no tensor of the last name: its cell is empty.
  EXPECT_EQ(data_lines(several[1])[1].back(), ',');
}

TEST(Charts, ColourTellsRunsApart) {
  const std::vector<ReportRun> runs = {synthetic_run(), synthetic_run(), synthetic_run()};
  const Chart chart = accuracy_and_loss_charts(make_plot_runs(runs))[0];
  const nlohmann::json encoding = chart.spec["layer"][0]["encoding"];
  EXPECT_EQ(encoding["color"]["field"], "run");
  EXPECT_EQ(encoding["color"]["scale"]["domain"].size(), 3u);
  EXPECT_EQ(encoding["strokeDash"]["field"], "series");
}

TEST(Charts, LogitMapHasOneCellPerRowAndClass) {
  const std::vector<ReportRun> runs = {synthetic_run()};
  const std::vector<Chart> charts = logit_charts(make_plot_runs(runs));
  ASSERT_EQ(charts.size(), 1u);
  EXPECT_EQ(data_lines(charts[0]).size(), 113u * 113u + 1);
  const nlohmann::json domain = charts[0].spec["layer"][0]["encoding"]["color"]["scale"]["domain"];
  EXPECT_EQ(domain[0].get<double>(), -domain[1].get<double>());
}

TEST(Charts, LogitMapOfALargeTableDrawsFewerRowsAndSaysSo) {
  SyntheticOptions large;
  large.modulus = 401;
  large.steps = 100;
  const std::vector<Chart> charts = logit_charts(make_plot_runs({synthetic_run(large)}));
  EXPECT_LE(data_lines(charts[0]).size(), 40402u);
  EXPECT_NE(charts[0].caption.find("Only every 5th y"), std::string::npos) << charts[0].caption;
}

TEST(Charts, NoMapWithoutOrWithABrokenSlice) {
  std::vector<ReportRun> runs = {synthetic_run(), synthetic_run()};
  runs[0].slice = {};
  runs[1].slice.logits.pop_back();
  EXPECT_TRUE(logit_charts(make_plot_runs(runs)).empty());
}

}  // namespace
}  // namespace groklab::report
