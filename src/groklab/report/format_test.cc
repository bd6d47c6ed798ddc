// Tests of format.h.
#include "groklab/report/format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace groklab::report {
namespace {

TEST(Format, Grouped) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1234567), "1\u202F234\u202F567");
  EXPECT_EQ(grouped(-123), "-123");
  EXPECT_EQ(grouped(-1234), "-1\u202F234");
}

TEST(Format, PercentNeverRoundsUpToAll) {
  EXPECT_EQ(percent(1.0), "100\u202F%");
  EXPECT_EQ(percent(0.999999), "99.99\u202F%");
  EXPECT_EQ(percent(0.30), "30\u202F%");
  EXPECT_EQ(percent(0.0), "0\u202F%");
  EXPECT_EQ(percent(std::nan("")), "\u2013");
}

TEST(Format, Duration) {
  EXPECT_EQ(duration(0.12), "0.12 s");
  EXPECT_EQ(duration(75.4), "1 min 15 s");
  EXPECT_EQ(duration(3600 * 5 + 61), "5 h 1 min");
  EXPECT_EQ(duration(86400 * 2), "2 d 0 h");
  EXPECT_EQ(duration(-1), "\u2013");
}

TEST(Format, CsvCells) {
  EXPECT_EQ(csv_number(0.1), "0.1");
  EXPECT_EQ(csv_number(1.23456789e-9), "1.234568e-09");
  EXPECT_EQ(csv_number(std::numeric_limits<double>::infinity()), "");
  EXPECT_EQ(csv_number(std::nan("")), "");
  EXPECT_EQ(csv_text("plain"), "plain");
  EXPECT_EQ(csv_text("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
}

}  // namespace
}  // namespace groklab::report
