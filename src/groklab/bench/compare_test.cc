#include "groklab/bench/compare.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "groklab/base/error.h"

namespace groklab {
namespace {

BenchResult result(const char* name, int threads, double fraction) {
  BenchResult r;
  r.name = name;
  r.threads = threads;
  r.roofline = r.roofline_high = fraction;
  return r;
}

TEST(CompareRatios, SeesAFallOfMoreThanFifteenPercent) {
  const std::map<std::string, double> stored{{"V/1", 0.9}, {"V/2", 0.9}};
  EXPECT_TRUE(ratio_falls({result("V", 1, 0.78)}, stored).empty());
  EXPECT_EQ(ratio_falls({result("V", 1, 0.75), result("V", 2, 0.9)}, stored).size(), 1u);
  EXPECT_TRUE(ratio_falls({result("unknown", 1, 0.1)}, stored).empty());
}

TEST(CompareRatios, ReadsAndRefusesFiles) {
  const std::string path = ::testing::TempDir() + "/ratios.json";
  std::ofstream(path) << R"({"ratios": {"AVX-512": {"V/1": 0.88}}})";
  EXPECT_EQ(read_ratios(path, "AVX-512").at("V/1"), 0.88);
  EXPECT_TRUE(read_ratios(path, "NEON").empty());
  std::ofstream(path) << R"({"ratios": {"AVX-512": {"V/1": "fast"}}})";
  EXPECT_THROW(read_ratios(path, "AVX-512"), Error);
  std::ofstream(path) << "{";
  EXPECT_THROW(read_ratios(path, "AVX-512"), Error);
  std::remove(path.c_str());
  EXPECT_THROW(read_ratios(path, "AVX-512"), Error);
}

}  // namespace
}  // namespace groklab
