// Batches: every row once an epoch, each epoch another order, any step by itself.
#include "groklab/engine/batch_order.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "groklab/base/error.h"

namespace groklab {
namespace {

std::vector<std::int64_t> copy(std::span<const std::int64_t> rows) { return {rows.begin(), rows.end()}; }

TEST(BatchOrder, AnEpochVisitsEveryRowOnce) {
  const std::vector<std::int64_t> train = {2, 3, 5, 8, 13, 21, 34};
  BatchOrder order(7, 3, train);
  std::vector<std::int64_t> seen;
  std::vector<std::size_t> sizes;
  for (std::int64_t step = 0; step < 3; ++step) {
    const auto rows = copy(order.rows(step));
    EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end()));
    sizes.push_back(rows.size());
    seen.insert(seen.end(), rows.begin(), rows.end());
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, train);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{3, 3, 1}));
}

TEST(BatchOrder, AStepStandsForItself) {
  std::vector<std::int64_t> train(50);
  for (std::size_t i = 0; i < train.size(); ++i) train[i] = static_cast<std::int64_t>(2 * i);
  BatchOrder in_turn(7, 20, train);
  int different = 0;
  for (std::int64_t step = 0; step < 12; ++step) {
    BatchOrder jumping(7, 20, train), other_seed(8, 20, train);
    const auto rows = copy(in_turn.rows(step));
    EXPECT_EQ(rows, copy(jumping.rows(step))) << step;
    different += rows != copy(other_seed.rows(step)) ? 1 : 0;
    if (step >= 3) different += rows != copy(jumping.rows(step - 3)) ? 1 : 0;  // the epoch before
  }
  EXPECT_EQ(different, 12 + 9);
}

TEST(BatchOrder, FullBatchesAreTheTrainingRows) {
  const std::vector<std::int64_t> train = {2, 3, 5};
  EXPECT_EQ(copy(BatchOrder(0, 0, train).rows(9)), train);
  EXPECT_EQ(copy(BatchOrder(0, 3, train).rows(9)), train);
  EXPECT_THROW(BatchOrder(0, 4, train), Error);
}

}  // namespace
}  // namespace groklab
