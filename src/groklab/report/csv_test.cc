// Tests of csv.h.
#include "groklab/report/csv.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace groklab::report {
namespace {

TEST(Csv, Numbers) {
  EXPECT_EQ(csv_number(0.1), "0.1");
  EXPECT_EQ(csv_number(1.23456789e-9), "1.234568e-09");
  EXPECT_EQ(csv_number(std::numeric_limits<double>::infinity()), "");
  EXPECT_EQ(csv_number(std::nan("")), "");
}

TEST(Csv, TextIsQuotedWhereNeeded) {
  EXPECT_EQ(csv_text("plain"), "plain");
  EXPECT_EQ(csv_text("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
}

}  // namespace
}  // namespace groklab::report
