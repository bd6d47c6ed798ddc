// A bounded choice among records that keeps the first, the newest and their order.
#include "groklab/view/thinned_records.h"

#include <gtest/gtest.h>

namespace groklab {
namespace {

TEST(ThinnedRecordsTest, StaysSmallAndSpansTheWholeRun) {
  ThinnedRecords thinned;
  for (std::int64_t step = 0; step < 1'000'000; ++step) {
    Record record;
    record.step = step;
    record.tensor_norms = {1, 2, 3};
    thinned.add(record);
    ASSERT_LE(thinned.records().size(), ThinnedRecords::kMost);
    ASSERT_EQ(thinned.records().back().step, step);
  }
  const auto records = thinned.records();
  EXPECT_GE(records.size(), ThinnedRecords::kMost / 2);
  EXPECT_EQ(records.front().step, 0);
  EXPECT_TRUE(records.front().tensor_norms.empty());
  for (std::size_t i = 1; i < records.size(); ++i) ASSERT_GT(records[i].step, records[i - 1].step);
}

TEST(ThinnedRecordsTest, KeepsAllOfAShortRun) {
  ThinnedRecords thinned;
  for (int i = 0; i < 100; ++i) thinned.add(Record{});
  EXPECT_EQ(thinned.records().size(), 100u);
}

}  // namespace
}  // namespace groklab
