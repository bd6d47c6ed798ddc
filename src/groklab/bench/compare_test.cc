#include "groklab/bench/compare.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "groklab/base/error.h"

namespace groklab {
namespace {

BenchResult result(const char* name, int threads, double fraction, double library = 0.9) {
  BenchResult r;
  r.name = name;
  r.threads = threads;
  r.roofline = r.roofline_high = fraction;
  r.fma_peak = 100e9;
  r.library_gemm = library * r.fma_peak;
  return r;
}

TEST(CompareRatios, SeesAFallOfMoreThanFifteenPercent) {
  const std::map<std::string, StoredRatio> stored{{"V/1", {0.9, 1.0}}, {"V/2", {0.9, 1.0}}};
  EXPECT_TRUE(ratio_falls({result("V", 1, 0.78)}, stored).empty());
  EXPECT_EQ(ratio_falls({result("V", 1, 0.75), result("V", 2, 0.9)}, stored).size(), 1u);
  EXPECT_TRUE(ratio_falls({result("unknown", 1, 0.1)}, stored).empty());
}

TEST(CompareRatios, ASlowerLibraryInTheSameCallIsTheMachine) {
  const std::map<std::string, StoredRatio> stored{{"V/1", {0.9, 1.0}}};
  EXPECT_TRUE(ratio_falls({result("V", 1, 0.75, 0.8)}, stored).empty());
  EXPECT_EQ(ratio_falls({result("V", 1, 0.60, 0.8)}, stored).size(), 1u) << "0.75 of the library's rate";
  BenchResult no_library = result("V", 1, 0.75);
  no_library.library_gemm = 0;
  EXPECT_EQ(ratio_falls({no_library}, stored).size(), 1u);
}

// Catches: a comparison that passes although nothing was compared.
TEST(CompareRatios, NamesWhatCannotBeCompared) {
  const std::map<std::string, StoredRatio> stored{{"V/1", {0.9, 1.0}}};
  const std::vector<std::string> keys{ratio_key("V", 1), ratio_key("V", 2)};
  EXPECT_EQ(without_ratio(keys, stored), std::vector<std::string>{"V/2"});
  EXPECT_EQ(without_ratio(keys, {}), keys);
}

TEST(CompareRatios, ReadsAndRefusesFiles) {
  const std::string path = ::testing::TempDir() + "/ratios.json";
  std::ofstream(path) << R"({"ratios": {"AVX-512": {"V/1": {"roofline": 0.88, "of_library": 1.02}}}})";
  EXPECT_EQ(read_ratios(path, "AVX-512").at("V/1").roofline, 0.88);
  EXPECT_EQ(read_ratios(path, "AVX-512").at("V/1").of_library, 1.02);
  EXPECT_TRUE(read_ratios(path, "NEON").empty());
  std::ofstream(path) << R"({"ratios": {"AVX-512": {"V/1": {"roofline": 0.88, "of_library": "fast"}}}})";
  EXPECT_THROW(read_ratios(path, "AVX-512"), Error);
  std::ofstream(path) << R"({"ratios": {"AVX-512": {"V/1": 0.88}}})";
  EXPECT_THROW(read_ratios(path, "AVX-512"), Error);
  std::ofstream(path) << "{";
  EXPECT_THROW(read_ratios(path, "AVX-512"), Error);
  std::remove(path.c_str());
  EXPECT_THROW(read_ratios(path, "AVX-512"), Error);
}

}  // namespace
}  // namespace groklab
