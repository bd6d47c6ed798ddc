// Tests of downsample.h.
#include "groklab/report/downsample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace groklab::report {
namespace {

std::vector<Record> flat_records(std::int64_t n) {
  std::vector<Record> records(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) {
    records[static_cast<std::size_t>(i)].step = i;
    records[static_cast<std::size_t>(i)].train.loss = 1;
    records[static_cast<std::size_t>(i)].test.accuracy = 1;
  }
  return records;
}

bool contains(const std::vector<std::size_t>& kept, std::size_t i) {
  return std::find(kept.begin(), kept.end(), i) != kept.end();
}

TEST(ThinRecords, KeepsAllOfFew) {
  EXPECT_EQ(downsample_records(flat_records(40), 40).size(), 40u);
  EXPECT_TRUE(downsample_records({}, 40).empty());
}

TEST(ThinRecords, KeepsEndsAndSpikes) {
  std::vector<Record> records = flat_records(100000);
  records[43211].train.loss = 9;
  records[77777].test.accuracy = 0.2;
  const std::vector<std::size_t> kept = downsample_records(records, 300);
  EXPECT_LE(kept.size(), 902u);
  EXPECT_GT(kept.size(), 150u);
  EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end()));
  EXPECT_EQ(std::adjacent_find(kept.begin(), kept.end()), kept.end());
  EXPECT_EQ(kept.front(), 0u);
  EXPECT_EQ(kept.back(), 99999u);
  EXPECT_TRUE(contains(kept, 43211));
  EXPECT_TRUE(contains(kept, 77777));
  EXPECT_FALSE(contains(kept, 43212));
}

TEST(ThinRecords, StandsNaN) {
  std::vector<Record> records = flat_records(5000);
  for (Record& record : records) record.train.loss = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::size_t> kept = downsample_records(records, 300);
  EXPECT_LE(kept.size(), 302u);
  EXPECT_EQ(kept.back(), 4999u);
}

}  // namespace
}  // namespace groklab::report
