// `groklab bench` as a user calls it: lists of threads and of settings, both counts of FLOP, and another program
// beside.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "program.h"

namespace groklab {
namespace {

using Words = std::vector<std::string>;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct BenchProgram : testing::Test {
  /// Of the smallest case, as short as can be.
  ProgramResult bench(Words more) {
    Words words = {"bench", "--case", "tiny-16", "--repeats", "1", "--seconds", "0.01"};
    words.insert(words.end(), more.begin(), more.end());
    return place.run(words);
  }
  nlohmann::json results(Words more) {
    more.push_back("--json");
    const ProgramResult result = bench(more);
    EXPECT_EQ(result.code, 0) << result.err;
    return nlohmann::json::parse(result.out)["results"];
  }
  /// Exit code 2 and one line with `part`.
  void refuse(const Words& more, const std::string& part) {
    const ProgramResult result = bench(more);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_TRUE(has(result.err, part)) << result.err;
    EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << result.err;
    EXPECT_EQ(result.out, "");
  }

  Workplace place;
};

// Catches: a list of which only the first or the last is measured; settings that reach the name but not the run.
TEST_F(BenchProgram, MeasuresEveryNumberOfThreadsWithEverySetting) {
  const auto list = results({"--threads", "1,2", "--set", "split.train_size=200", "--vary", "train.chunks=1,2"});
  ASSERT_EQ(list.size(), 4u);
  std::set<std::pair<int, std::string>> seen;
  for (const auto& r : list) {
    EXPECT_EQ(r["name"], "tiny-16");
    EXPECT_EQ(r["settings"][0], "split.train_size=200");
    EXPECT_EQ(r["layerwise_flop"].get<double>(), 6.0 * 200 * (2 * 48 * 192 + 48 * 43));
    EXPECT_EQ(r["target"], 0.0);
    seen.emplace(r["threads"].get<int>(), r["settings"][1].get<std::string>());
  }
  EXPECT_EQ(seen.size(), 4u);
  EXPECT_TRUE(seen.contains({2, "train.chunks=1"}));
}

TEST_F(BenchProgram, PrintsATableOfThreads) {
  const ProgramResult one = bench({"--threads", "1"});
  EXPECT_FALSE(has(one.out, "times as fast as the first")) << one.out;
  EXPECT_TRUE(has(one.out, "by layers")) << one.out;
  EXPECT_TRUE(has(one.out, " 0.037 ")) << one.out;
  const ProgramResult two = bench({"--threads", "1,2"});
  EXPECT_TRUE(has(two.out, "times as fast as the first")) << two.out;
  EXPECT_TRUE(has(two.out, "1 thread         2 threads")) << two.out;
  // The last line, of a case without settings: "    0.181 (1.00)    0.104 (1.74)".
  double first = 0, first_ratio = 0, second = 0, ratio = 0;
  const std::string last = two.out.substr(two.out.rfind('\n', two.out.size() - 2) + 1);
  ASSERT_EQ(std::sscanf(last.c_str(), "%lf (%lf) %lf (%lf)", &first, &first_ratio, &second, &ratio), 4) << two.out;
  EXPECT_EQ(first_ratio, 1.0);
  EXPECT_NEAR(ratio, first / second, 0.005 + 0.01 * ratio) << two.out;  // 2 and 3 digits are printed
}

TEST_F(BenchProgram, ComparesItselfWithAnotherProgram) {
  place.write("other", "#!/bin/sh\n[ $2 = --list ] && echo tiny-16 || echo '{\"results\": [{\"ms_per_step\": 50}]}'\n");
  std::filesystem::permissions(place.path() / "other", std::filesystem::perms::owner_all);
  const auto list = results({"--threads", "1", "--against", "./other"});
  ASSERT_EQ(list.size(), 1u);
  const auto& against = list[0]["against"];
  EXPECT_EQ(against["program"], "./other");
  EXPECT_EQ(against["ms_per_step"], 50.0);
  EXPECT_NEAR(against["times_as_fast"].get<double>(), 50 / list[0]["ms_per_step"].get<double>(), 1e-6);
  const ProgramResult text = bench({"--threads", "1", "--against", "./other"});
  EXPECT_TRUE(has(text.out, " times as fast as ./other (")) << text.out;
  place.write("other", "#!/bin/sh\necho V\n");
  EXPECT_TRUE(has(bench({"--threads", "1", "--against", "./other"}).out, "./other has no case tiny-16"));
}

TEST_F(BenchProgram, BadInputGetsOneLine) {
  refuse({"--threads", "0"}, "--threads");
  refuse({"--threads", "1,x"}, "--threads");
  refuse({"--repeats", "0"}, "--repeats");
  refuse({"--case", "tiny"}, "did you mean tiny-16?");
  refuse({"--set", "train.chunk=2"}, "did you mean \"train.chunks\"?");
  refuse({"--set", "train.chunks=65"}, "[0, 64]");
  refuse({"--vary", "train.chunks"}, "--vary train.chunks: expected KEY=VALUE,VALUE,...");
  refuse({"--vary", "train.chunks=1,65"}, "[0, 64]");
  refuse({"--against", "nowhere"}, "--against nowhere: expected a program that can be run");
  refuse({"--compare", "ratios.json", "--set", "train.chunks=2"}, "--compare");
  refuse({"--compare", "ratios.json", "--against", "./other"}, "--compare");
}

}  // namespace
}  // namespace groklab
