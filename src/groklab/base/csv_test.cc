// Tests of csv.h.
#include "groklab/base/csv.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace groklab {
namespace {

TEST(CsvText, NumbersReadBackToTheSameBits) {
  CsvText csv;
  csv.line(0.1, 1.0 / 3.0, 1.23456789e-9, std::int64_t{-7}, std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(csv.text(), "0.1,0.3333333333333333,1.23456789e-09,-7,5e-324\n");
}

TEST(CsvText, WhatIsNoNumber) {
  CsvText csv;
  csv.line(std::nan(""), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
           std::optional<std::int64_t>{}, std::optional<double>{2.5});
  EXPECT_EQ(csv.text(), ",inf,-inf,,2.5\n");
}

TEST(CsvText, TextIsQuotedWhereNeeded) {
  CsvText csv;
  csv.cell("plain").cell("a,\"b\"\n").cell("").end_line();
  csv.cell("next").end_line();
  EXPECT_EQ(csv.text(), "plain,\"a,\"\"b\"\"\n\",\nnext\n");
}

}  // namespace
}  // namespace groklab
