// Tests of plot_run.h.
#include "groklab/report/plot_run.h"

#include <gtest/gtest.h>

#include <set>

#include "groklab/report/synthetic_run.h"

namespace groklab::report {
namespace {

TEST(MakePlotRuns, FindsWhenAccuracyIsHeld) {
  std::vector<ReportRun> runs = {synthetic_run(), synthetic_run()};
  runs[1].records.resize(20);
  const std::vector<PlotRun> plots = make_plot_runs(runs);
  ASSERT_TRUE(plots[0].events.fit && plots[0].events.grok);
  EXPECT_LT(*plots[0].events.fit, *plots[0].events.grok);
  EXPECT_FALSE(plots[1].events.grok);
}

TEST(MakePlotRuns, ARunToldToStopAtOnceNeedsNoMoreRecords) {
  ReportRun run = synthetic_run();
  const std::int64_t grok = *make_plot_runs({run})[0].events.grok;
  std::erase_if(run.records, [&](const Record& record) { return record.step > grok; });
  EXPECT_FALSE(make_plot_runs({run})[0].events.grok);
  run.info.config.train.stop_test_accuracy = 0.99;
  run.info.config.train.stop_held_evaluations = 1;
  EXPECT_EQ(make_plot_runs({run})[0].events.grok, grok);
}

TEST(MakePlotRuns, LabelsByWhatDiffers) {
  SyntheticOptions weak;
  weak.id = "bb00112233cc";
  weak.weight_decay = 0.3;
  const std::vector<ReportRun> runs = {synthetic_run(), synthetic_run(weak)};
  const std::vector<PlotRun> plots = make_plot_runs(runs);
  EXPECT_EQ(plots[0].label, "weight_decay 1.0, 3f9ac0");
  EXPECT_EQ(plots[1].label, "weight_decay 0.3, bb0011");
  EXPECT_NE(plots[0].colour, plots[1].colour);
}

TEST(MakePlotRuns, SameRunTwiceHasTwoLabels) {
  const std::vector<PlotRun> plots = make_plot_runs({synthetic_run(), synthetic_run()});
  EXPECT_EQ(plots[0].label, "3f9ac01b77d2");
  EXPECT_NE(plots[1].label, plots[0].label);
}

TEST(RunColours, AreDistinct) {
  for (std::size_t n : {1u, 7u, 8u, 20u}) {
    const std::vector<std::string> colours = run_colours(n);
    EXPECT_EQ(colours.size(), n);
    EXPECT_EQ(std::set<std::string>(colours.begin(), colours.end()).size(), n);
  }
}

}  // namespace
}  // namespace groklab::report
