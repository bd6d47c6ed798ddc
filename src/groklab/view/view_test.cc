// Text, curves and the live line: pure functions, checked on what a reader sees.
#include <gtest/gtest.h>

#include <limits>

#include "groklab/view/progress.h"
#include "groklab/view/sparkline.h"
#include "groklab/view/text.h"

namespace groklab {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Text, Counts) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1000), "1,000");
  EXPECT_EQ(format_count(-1234567), "-1,234,567");
}

TEST(Text, FractionsNeverRoundUpToAll) {
  EXPECT_EQ(format_fraction(1.0), "100%");
  EXPECT_EQ(format_fraction(0.99999), "99.9%");
  EXPECT_EQ(format_fraction(0.3), "30.0%");
  EXPECT_EQ(format_fraction(0.0), "0.0%");
  EXPECT_EQ(format_fraction(kNan), "-");
}

TEST(Text, Durations) {
  EXPECT_EQ(format_duration(0.421), "0.42 s");
  EXPECT_EQ(format_duration(12.34), "12.3 s");
  EXPECT_EQ(format_duration(245), "4:05");
  EXPECT_EQ(format_duration(7389), "2:03:09");
  EXPECT_EQ(format_duration(kNan), "-");
}

TEST(Text, ColumnsAlignByWidthNotBytes) {
  EXPECT_EQ(align_columns({{"run", "test"}, {"a", "1%"}, {"█", "10%"}}, "lr"), "run  test\na      1%\n█     10%\n");
}

TEST(Sparkline, SpansTheRange) {
  const std::vector<double> values = {0.0, 0.5, 1.0, 2.0, -1.0, kNan};
  EXPECT_EQ(sparkline(values, 0.0, 1.0), "▁▅██▁ ");
  EXPECT_EQ(sparkline({}, 0.0, 1.0), "");
}

TEST(Sparkline, ResamplingEndsAtTheLastValue) {
  std::vector<double> steps, values;
  for (int i = 0; i <= 1000; ++i) {
    steps.push_back(i);
    values.push_back(i >= 900 ? 1.0 : 0.0);
  }
  const auto points = resample_log_steps(steps, values, 10);
  ASSERT_EQ(points.size(), 10u);
  EXPECT_EQ(points.front(), 0.0);
  EXPECT_EQ(points.back(), 1.0);
  EXPECT_EQ(resample_log_steps({steps.data(), 3}, {values.data(), 3}, 10).size(), 3u);
}

std::vector<Record> some_records() {
  std::vector<Record> records(40);
  for (std::size_t i = 0; i < records.size(); ++i) {
    records[i].step = static_cast<std::int64_t>(i * 100);
    records[i].train = {.rows = 1, .loss = 1.25e-5, .accuracy = 1.0};
    records[i].test = {.rows = 1, .loss = 3.5, .accuracy = static_cast<double>(i) / 40.0};
    records[i].norm = 42.13;
  }
  return records;
}

TEST(Progress, ShowsEverythingOnAWideTerminal) {
  const auto records = some_records();
  const ProgressState state = {3950, 40000, 1830.0, records};
  const std::string line = live_line(state, 160);
  for (const char* part : {"  9%", "step 3,950", "train 100%", "test 97.5%", "loss 1.25e-05", "norm 42.1", "1,830/s",
                           "20 s left", "▁", "░"}) {
    EXPECT_NE(line.find(part), std::string::npos) << part << " in " << line;
  }
}

TEST(Progress, EightyColumnsShowEveryNumberAndACurve) {
  const auto records = some_records();
  EXPECT_EQ(live_line({3950, 40000, 1830.0, records}, 79),
            "step 3,950 train 100% test 97.5% loss 1.3e-05 norm 42.1 1,830/s 20 s left ▁▁▁▂█");
  // Late in a long run, still.
  const std::string late = live_line({139500, 400000, 83.1, records}, 79);
  for (const char* part :
       {"139,500 ", "train 100%", "test 97.5%", "loss 1.3e-05", "norm 42.1", "83.1/s", "52:15 left", "▁", "█"}) {
    EXPECT_NE(late.find(part), std::string::npos) << part << " in " << late;
  }
}

TEST(Progress, FitsEveryWidth) {
  const auto records = some_records();
  const ProgressState state = {3950, 40000, 1830.0, records};
  for (std::size_t width = 0; width < 200; ++width) {
    EXPECT_LE(display_width(live_line(state, width)), width);
  }
  const std::string narrow = live_line(state, 30);
  EXPECT_NE(narrow.find("test 97.5%"), std::string::npos) << narrow;
  EXPECT_EQ(narrow.find("loss"), std::string::npos) << narrow;
}

TEST(Progress, WorksBeforeTheFirstRecordAndWithoutATestSet) {
  EXPECT_NE(live_line({0, 100, 0, {}}, 80).find("step 0"), std::string::npos);
  auto records = some_records();
  records.back().test.accuracy = kNan;
  EXPECT_NE(live_line({3900, 4000, 10.0, records}, 160).find("test -"), std::string::npos);
}

TEST(Progress, PlainLineIsAscii) {
  const auto records = some_records();
  const std::string line = plain_line({3900, 40000, 1830.0, records});
  for (const char byte : line) EXPECT_LT(static_cast<unsigned char>(byte), 128) << line;
  EXPECT_EQ(line,
            "step 3900 of 40000  train 100%  test 97.5%  loss 1.250e-05  test loss 3.500e+00  norm 42.13  1,830/s");
}

TEST(Progress, PlainLinesAreSparse) {
  PlainLinePacer pacer;
  std::vector<std::int64_t> shown;
  for (std::int64_t step = 0; step <= 1000; ++step) {
    if (pacer.due(step, 1000, 0.0)) shown.push_back(step);
  }
  EXPECT_EQ(shown, (std::vector<std::int64_t>{0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000}));
  EXPECT_FALSE(pacer.due(999, 1001, 9.0));
  EXPECT_TRUE(pacer.due(999, 1001, 10.0));
}

}  // namespace
}  // namespace groklab
