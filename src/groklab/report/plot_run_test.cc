// Tests of plot_run.h.
#include "groklab/report/plot_run.h"

#include <gtest/gtest.h>

#include <set>

#include "groklab/report/synthetic_run.h"

namespace groklab::report {
namespace {

std::vector<Record> accuracies(const std::vector<double>& values) {
  std::vector<Record> records;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Record record;
    record.step = static_cast<std::int64_t>(10 * i);
    record.test.rows = 5;
    record.test.accuracy = values[i];
    records.push_back(record);
  }
  return records;
}

TEST(HeldFrom, WantsConsecutiveRecords) {
  EXPECT_EQ(held_from(accuracies({0, 1, 1, 0.5, 0.99, 1, 1, 0}), &Record::test, 3), 40);
  EXPECT_EQ(held_from(accuracies({0, 1, 1, 0.5, 1, 1}), &Record::test, 3), std::nullopt);
  EXPECT_EQ(held_from(accuracies({0, 1, 0}), &Record::test, 1), 10);
  EXPECT_EQ(held_from(accuracies({0.989, 0.989, 0.989}), &Record::test, 3), std::nullopt);
}

TEST(HeldFrom, EmptyGroupNeverHolds) {
  std::vector<Record> records = accuracies({1, 1, 1, 1});
  for (Record& record : records) record.test.rows = 0;
  EXPECT_EQ(held_from(records, &Record::test, 3), std::nullopt);
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
