// Times as text: after and before 1970.
#include "groklab/base/utc.h"

#include <gtest/gtest.h>

namespace groklab {
namespace {

std::string at(std::int64_t milliseconds) {
  return utc_text(std::chrono::system_clock::time_point(std::chrono::milliseconds(milliseconds)));
}

// Catches: a remainder of negative numbers, which is negative ("1969-12-31T23:59:59.-01Z").
TEST(UtcTest, TimesHaveMillisecondsOnBothSidesOf1970) {
  EXPECT_EQ(at(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(at(1'706'745'599'123), "2024-01-31T23:59:59.123Z");
  EXPECT_EQ(at(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(at(-1000), "1969-12-31T23:59:59.000Z");
  EXPECT_EQ(at(-86'400'000 - 1), "1969-12-30T23:59:59.999Z");
}

}  // namespace
}  // namespace groklab
