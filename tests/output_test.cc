// What happens to the program when its output cannot be written: a full disk behind a log, a closed stream, a reader
// that goes away. A training ends for none of them without a checkpoint.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "program.h"

namespace groklab {
namespace {

constexpr const char* kRun =
    "\"$GROKLAB\" train --threads 1 --set task.modulus=7 --set model.d_model=16 --set model.n_heads=2 "
    "--set model.d_mlp=32 --set train.evaluate_every=50 --set train.steps=";

struct Output : testing::Test {
  void SetUp() override {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  }
  std::string status() { return place.shell("\"$GROKLAB\" runs --json").out; }
  /// The one stored run has this status and step.
  void expect_stored(const std::string& status_name, int step) {
    const std::string text = status();
    EXPECT_NE(text.find("\"status\": \"" + status_name + "\""), std::string::npos) << text;
    EXPECT_NE(text.find("\"step\": " + std::to_string(step) + ","), std::string::npos) << text;
  }
  Workplace place;
};

// Mutation: a print that throws aborted the program at step 0 (exit code 134), and so did the line that reports it.
TEST_F(Output, AFullLogEndsNoTraining) {
  EXPECT_EQ(place.shell(std::string(kRun) + "300 2>/dev/full").code, 0);
  expect_stored("finished", 300);
}

TEST_F(Output, AClosedLogEndsNoTraining) {
  EXPECT_EQ(place.shell(std::string(kRun) + "300 2>&-").code, 0);
  expect_stored("finished", 300);
  // Mutation: without prepare_streams the run's lock becomes standard error and receives the progress.
  for (const auto& entry : std::filesystem::directory_iterator(place.path() / "groklab-store" / "locks")) {
    EXPECT_EQ(std::filesystem::file_size(entry), 0u) << entry.path();
  }
}

TEST_F(Output, LostResultsAreToldAfterTheTraining) {
  for (const char* where : {">/dev/full", ">&-", "--json >/dev/full"}) {
    const ProgramResult result = place.shell(std::string(kRun) + "300 --force " + where);
    EXPECT_EQ(result.code, 2) << where;
    EXPECT_NE(result.err.find("standard output: cannot write"), std::string::npos) << where << ": " << result.err;
    expect_stored("finished", 300);
  }
  EXPECT_EQ(place.shell(std::string(kRun) + "300 --force >/dev/full 2>/dev/full").code, 2);
  expect_stored("finished", 300);
  EXPECT_EQ(place.shell("\"$GROKLAB\" train missing.toml 2>/dev/full").code, 2);
}

TEST_F(Output, HelpThatCannotBeWrittenIsAnError) {
  for (const char* what : {"--help", "--version", "runs --help", "config"}) {
    EXPECT_EQ(place.shell(std::string("\"$GROKLAB\" ") + what + " >/dev/full").code, 2) << what;
    EXPECT_EQ(place.shell(std::string("\"$GROKLAB\" ") + what + " >/dev/null").code, 0) << what;
  }
}

// Mutation: with the default action of SIGPIPE the run ends without a checkpoint, at step 0.
TEST_F(Output, AReaderThatGoesAwayIsAnInterrupt) {
  const std::string run = std::string(kRun) + "100000000 --json";
  const ProgramResult result = place.shell("{ " + run + "; echo code $? >&2; } | head -n 2 >/dev/null");
  EXPECT_NE(result.err.find("checkpoint saved"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("code 130"), std::string::npos) << result.err;
  EXPECT_NE(status().find("interrupted"), std::string::npos);
}

TEST_F(Output, ALogThatMayNotGrowEndsNoTraining) {
  // 8 blocks of 512 bytes hold no progress of this run, but its records fit nowhere either: the run is not stored, and
  // the program says so by its exit code instead of dying of SIGXFSZ.
  const ProgramResult result = place.shell("ulimit -f 8; " + std::string(kRun) + "300");
  EXPECT_EQ(result.code, 2) << result.err;
}

// Catches: names from files and arguments that reach the terminal with their control characters; lines without end.
TEST_F(Output, WhatComesFromOutsideIsEscapedAndCut) {
  const auto expect_clean = [&](const ProgramResult& result, const std::string& part) {
    EXPECT_EQ(result.code, 2);
    EXPECT_NE(result.err.find(part), std::string::npos) << result.err;
    EXPECT_LE(result.err.size(), 500u);
    EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << result.err;
    for (const char c : result.err) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << result.err;
    EXPECT_EQ(result.err.find("\xff"), std::string::npos);
  };
  expect_clean(place.run({"train", "--set", "seed=\x1b[31m"}), "\\u001b[31m");
  expect_clean(place.run({"train", "\xff\x1b]0;x\a.toml"}), "\\xff");
  expect_clean(place.run({"show", "a\nb", "--store", "\x1b[2J"}), "\\u001b[2J");
  expect_clean(place.run({std::string(18'000, 'x')}), "unknown subcommand");
  expect_clean(place.run({"train", "--set", std::string(100'000, 'y') + "=1"}), "yyy");
  place.write("x.toml", "[a]\n\"\\u001b[31m\" = 1\n");
  expect_clean(place.run({"train", "x.toml"}), "unknown key");
  const std::string header = R"({"evil\u001b[31m\n":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  const std::uint64_t size = header.size();
  place.write("x.safetensors", std::string(reinterpret_cast<const char*>(&size), 8) + header + "aaaa");
  expect_clean(place.run({"eval", "--weights", "x.safetensors"}), "x.safetensors");
}

TEST_F(Output, ANameOfAStoreIsAPathWhateverItLooksLike) {
  place.shell(std::string(kRun) + "5 --store file:other");
  EXPECT_TRUE(std::filesystem::exists(place.path() / "file:other" / "groklab.sqlite"));
  EXPECT_FALSE(std::filesystem::exists(place.path() / "other"));
  EXPECT_EQ(place.run({"runs", "--store", "file:other"}).code, 0);
  std::filesystem::create_directories(place.path() / "empty");
  EXPECT_EQ(place.run({"runs", "--store", "empty"}).code, 2);
  EXPECT_TRUE(std::filesystem::is_empty(place.path() / "empty")) << "looking makes no store";
}

// Every print of the program goes through terminal.cc, where it cannot throw and is escaped.
TEST(OutputRule, OnlyOneFilePrints) {
  const std::regex prints(R"(fmt::print|std::cerr|std::printf|std::fprintf|std::fputs|std::fwrite|std::puts)");
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(GROKLAB_SOURCE_DIR) / "cli")) {
    const std::string name = entry.path().filename().string();
    if (name == "terminal.cc" || name == "bench.cc") continue;  // a benchmark trains no run that could be lost
    std::ifstream file(entry.path());
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_FALSE(std::regex_search(text.str(), prints)) << name << " prints by itself";
    ++files;
  }
  EXPECT_GT(files, 15);
}

}  // namespace
}  // namespace groklab
