// Tests of children.h with a shell script in the place of the program.
#include "groklab/serve/children.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "groklab/serve/http.h"
#include "groklab/store/support_test.h"

namespace groklab::serve {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

/// A program that notes what it got, waits for SIGINT and then takes its time, or fails.
constexpr const char* kScript = R"(#!/bin/sh
echo "$@" > "$0.words"
case "$1" in
fail) echo first line >&2; echo groklab: the disk is full >&2; exit 2 ;;
wait) trap 'sleep 0.1; echo saved > "$0.saved"; exit 130' INT; echo > "$0.ready"; while :; do sleep 0.02; done ;;
esac
)";

struct Fixture {
  TemporaryDirectory directory;
  fs::path program = directory.path() / "program";

  Fixture() {
    std::ofstream(program) << kScript;
    fs::permissions(program, fs::perms::owner_all);
  }
  bool has(const char* suffix) const { return fs::exists(program.string() + suffix); }
  void wait_until_ready() const {
    for (int i = 0; i < 500 && !has(".ready"); ++i) std::this_thread::sleep_for(milliseconds(10));
  }
};

bool ends(Children& children, const std::string& run) {
  for (int i = 0; i < 500; ++i) {
    if (!children.is_running(run)) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

template <typename Body>
int status_of(Body&& body) {
  try {
    body();
    return 200;
  } catch (const HttpError& error) {
    return error.status();
  }
}

TEST(ServeChildren, StartWithTheirWordsAndStopWhenAsked) {
  Fixture fixture;
  Children children(fixture.program, 2);
  children.start("aaaaaaaaaaaa", {"wait", "--set", "a b=$(c);'\""});
  fixture.wait_until_ready();
  std::string words;
  std::getline(std::ifstream(fixture.program.string() + ".words"), words);
  EXPECT_EQ(words, "wait --set a b=$(c);'\"");  // words, no line of a shell
  EXPECT_TRUE(children.is_running("aaaaaaaaaaaa"));
  EXPECT_FALSE(children.stop("bbbbbbbbbbbb"));
  EXPECT_TRUE(children.stop("aaaaaaaaaaaa"));
  EXPECT_TRUE(ends(children, "aaaaaaaaaaaa"));
  EXPECT_TRUE(fixture.has(".saved"));
  EXPECT_EQ(children.failure("aaaaaaaaaaaa"), "");
  EXPECT_FALSE(children.stop("aaaaaaaaaaaa"));
}

// Catches: a server in the background of a script, whose children would inherit that SIGINT is ignored.
TEST(ServeChildren, StopAlsoWhereTheServerIgnoresTheSignal) {
  Fixture fixture;
  const auto before = std::signal(SIGINT, SIG_IGN);
  Children children(fixture.program, 2);
  children.start("aaaaaaaaaaaa", {"wait"});
  fixture.wait_until_ready();
  children.stop("aaaaaaaaaaaa");
  EXPECT_TRUE(ends(children, "aaaaaaaaaaaa"));
  EXPECT_TRUE(fixture.has(".saved"));
  std::signal(SIGINT, before);
}

TEST(ServeChildren, TellWhyTheyFailed) {
  Fixture fixture;
  Children children(fixture.program, 2);
  children.start("aaaaaaaaaaaa", {"fail"});
  ASSERT_TRUE(ends(children, "aaaaaaaaaaaa"));
  EXPECT_EQ(children.failure("aaaaaaaaaaaa"), "groklab: the disk is full");
  children.start("aaaaaaaaaaaa", {"nothing"});  // the next one does well
  ASSERT_TRUE(ends(children, "aaaaaaaaaaaa"));
  EXPECT_EQ(children.failure("aaaaaaaaaaaa"), "");
}

TEST(ServeChildren, AreNeitherTwoOfOneRunNorTooMany) {
  Fixture fixture;
  Children children(fixture.program, 2);
  children.start("aaaaaaaaaaaa", {"wait"});
  EXPECT_EQ(status_of([&] { children.start("aaaaaaaaaaaa", {"wait"}); }), 409);
  children.start("bbbbbbbbbbbb", {"wait"});
  EXPECT_EQ(status_of([&] { children.start("cccccccccccc", {"wait"}); }), 409);
  EXPECT_EQ(children.count(), 2u);
  Children without("/nowhere/groklab", 2);
  EXPECT_EQ(status_of([&] { without.start("aaaaaaaaaaaa", {}); }), 503);
}

TEST(ServeChildren, SaveWhenTheServerEnds) {
  Fixture fixture;
  {
    Children children(fixture.program, 2);
    children.start("aaaaaaaaaaaa", {"wait"});
    fixture.wait_until_ready();
  }
  EXPECT_TRUE(fixture.has(".saved"));
}

}  // namespace
}  // namespace groklab::serve
