// The one definition of loss, accuracy and margin of a row.
#include "groklab/engine/row_metric.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace groklab {
namespace {

TEST(RowMetric, FollowsItsFormulas) {
  const std::vector<double> logits = {1.0, -2.0, 0.5};
  const RowStatistics row = row_statistics_of(logits, 0);
  EXPECT_NEAR(row.loss, std::log(std::exp(1.0) + std::exp(-2.0) + std::exp(0.5)) - 1.0, 1e-15);
  EXPECT_EQ(row.correct_logit, 1.0);
  EXPECT_NEAR(row.correct_logit_centred, 1.0 + 0.5 / 3, 1e-15);
  EXPECT_EQ(row.margin, 0.5);
  EXPECT_FALSE(row.collapsed);
  const RowStatistics wrong = row_statistics_of(logits, 1);
  EXPECT_NEAR(wrong.loss, row.loss + 3.0, 1e-15);
  EXPECT_EQ(wrong.margin, -3.0);
}

// log(sum exp) - L[y] would be 0 here.
TEST(RowMetric, SmallLossesKeepTheirDigits) {
  const RowStatistics row = row_statistics_of(std::vector<double>{50.0, 0.0, 0.0}, 0);
  EXPECT_NEAR(row.loss, 2 * std::exp(-50.0), 1e-30);
  EXPECT_TRUE(row.collapsed);
}

TEST(RowMetric, ATieIsWrong) {
  const std::vector<double> tied = {3.0, 1.0, 3.0};
  for (const std::int64_t label : {0, 2}) {  // neither the first nor the last of equal logits wins
    const RowStatistics row = row_statistics_of(tied, label);
    EXPECT_EQ(row.margin, 0.0);
    EXPECT_FALSE(is_correct(row.margin));
    EXPECT_NEAR(row.loss, std::log(2 + std::exp(-2.0)), 1e-15);
    EXPECT_FALSE(row.collapsed) << "another class is as large";
  }
  EXPECT_EQ(predicted_class(tied), -1);
  EXPECT_EQ(predicted_class(std::vector<double>{1.0, 3.0, 1.0}), 1);
  EXPECT_EQ(predicted_class(std::vector<double>{0.0, 0.0}), -1);
  EXPECT_TRUE(is_correct(std::nextafter(0.0, 1.0)));
  EXPECT_FALSE(is_correct(std::nan("")));
}

TEST(RowMetric, WhatIsNotFiniteIsNotHidden) {
  const RowStatistics row = row_statistics_of(std::vector<double>{1.0, std::nan(""), 0.0}, 0);
  EXPECT_TRUE(std::isnan(row.loss));
  EXPECT_TRUE(std::isnan(row.margin));
}

}  // namespace
}  // namespace groklab
