// The version has the form that packages and stores expect.
#include "groklab/version.h"

#include <gtest/gtest.h>

#include <regex>

namespace groklab {
namespace {

TEST(Version, IsThreeNumbers) { EXPECT_TRUE(std::regex_match(version(), std::regex(R"(\d+\.\d+\.\d+)"))) << version(); }

}  // namespace
}  // namespace groklab
