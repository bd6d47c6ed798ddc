// Sums over groups: means, ties, the least margin, empty groups.
#include "groklab/engine/group_sums.h"

#include <gtest/gtest.h>

#include <cmath>

namespace groklab {
namespace {

RowStatistics row(double loss, double margin, bool collapsed = false) {
  return {.loss = loss,
          .correct_logit = 2 * loss,
          .correct_logit_centred = 3 * loss,
          .margin = margin,
          .collapsed = collapsed};
}

TEST(GroupSums, MeansAndTheLeastMargin) {
  GroupSums sums;
  sums.add(row(1, 4, true));
  sums.add(row(3, -2));
  sums.add(row(2, 0));  // a tie is no correct answer
  sums.add(row(6, 1));
  const GroupMetrics m = sums.metrics();
  EXPECT_EQ(m.rows, 4);
  EXPECT_EQ(m.loss, 3);
  EXPECT_EQ(m.correct_logit, 6);
  EXPECT_EQ(m.correct_logit_centred, 9);
  EXPECT_EQ(m.margin, 0.75);
  EXPECT_EQ(m.margin_min, -2);
  EXPECT_EQ(m.accuracy, 0.5);
  EXPECT_EQ(m.softmax_collapse, 0.25);
}

TEST(GroupSums, SumsOfSumsAreSumsOfRows) {
  GroupSums a, b, all;
  for (int i = 0; i < 6; ++i) {
    (i < 2 ? a : b).add(row(i, i - 3.0));
    all.add(row(i, i - 3.0));
  }
  a.add(b);
  a.add(GroupSums{});
  EXPECT_EQ(a.metrics().loss, all.metrics().loss);
  EXPECT_EQ(a.metrics().margin_min, -3);
  EXPECT_EQ(a.metrics().rows, 6);
}

TEST(GroupSums, NothingIsNaN) {
  EXPECT_TRUE(std::isnan(GroupSums{}.metrics().loss));
  EXPECT_TRUE(std::isnan(GroupSums{}.metrics().margin_min));
  EXPECT_TRUE(std::isnan(GroupSums{}.metrics().accuracy));
}

TEST(RoleSums, TestIsRemovedAndNeverSeen) {
  RoleSums tile, sums;
  tile.add(RowRole::kTrain, row(1, 1));
  tile.add(RowRole::kRemoved, row(2, 5));
  sums.add(tile);
  sums.add(RowRole::kNeverSeen, row(4, -1));
  Record record;
  sums.write(record);
  EXPECT_EQ(record.train.loss, 1);
  EXPECT_EQ(record.removed.loss, 2);
  EXPECT_EQ(record.never_seen.loss, 4);
  EXPECT_EQ(record.test.loss, 3);
  EXPECT_EQ(record.test.rows, 2);
  EXPECT_EQ(record.test.margin_min, -1);
}

TEST(JudgedLabel, FollowsTheRole) {
  Task task;
  task.labels = {1, 1, 1};
  task.test_labels = {0, 0, 0};
  Split split;
  split.role = {RowRole::kTrain, RowRole::kRemoved, RowRole::kNeverSeen};
  EXPECT_EQ(judged_label(task, split, 0), 1);
  EXPECT_EQ(judged_label(task, split, 1), 0);
  EXPECT_EQ(judged_label(task, split, 2), 0);
}

}  // namespace
}  // namespace groklab
