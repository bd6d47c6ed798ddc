// Every fuzz target over its corpus and some thousand mutations of it: whatever compiler builds it, and the same ones
// each time. `make fuzz` looks further.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "fuzz.h"
#include "groklab/base/error.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

constexpr int kMutations = 1500;        // of each target: together some seconds
constexpr double kMostSeconds = 10;     // of one input
constexpr double kMostGigabytes = 1.0;  // of all inputs of a target, this program included
constexpr std::size_t kLongestInput = 20'000;

std::vector<std::string> corpus_of(const FuzzTarget& target) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(GROKLAB_SOURCE_DIR) / "tests/fuzz/corpus" / target.name)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> inputs;
  for (const fs::path& file : files) {
    std::ostringstream bytes;
    bytes << std::ifstream(file, std::ios::binary).rdbuf();
    inputs.push_back(bytes.str());
  }
  return inputs;
}

/// Deterministic on every platform: no distribution of the library, whose results it may choose.
class Mutator {
 public:
  Mutator(const FuzzTarget& target, const std::vector<std::string>& corpus) : target_(target), corpus_(corpus) {}

  std::string next() {
    std::string bytes = corpus_[below(corpus_.size())];
    for (std::size_t i = 1 + below(4); i > 0; --i) mutate(bytes);
    bytes.resize(std::min(bytes.size(), kLongestInput));
    return bytes;
  }

 private:
  std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }

  void mutate(std::string& bytes) {
    const std::size_t at = below(bytes.size() + 1);
    const std::size_t length = below(std::min<std::size_t>(bytes.size() - at, 64) + 1);
    switch (below(7)) {
      case 0:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 1:
        bytes.insert(at, 1, static_cast<char>(below(256)));
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:
        bytes.insert(at, bytes.substr(at, length));
        break;
      case 4:
        bytes.insert(at, target_.words[below(target_.words.size())]);
        break;
      case 5:
        bytes.replace(at, length, target_.words[below(target_.words.size())]);
        break;
      default: {  // the head of one, the tail of another
        const std::string& other = corpus_[below(corpus_.size())];
        bytes = bytes.substr(0, at) + other.substr(below(other.size() + 1));
      }
    }
  }

  const FuzzTarget& target_;
  const std::vector<std::string>& corpus_;
  std::mt19937_64 random_{20250309};
};

/// Peak of resident memory since the last call of forget_peak, in GB; the counter is Linux's.
double peak_gigabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1e6;
  }
  return 0;
}
void forget_peak() { std::ofstream("/proc/self/clear_refs") << "5"; }

std::string hex(const std::string& bytes) {
  std::string text;
  for (const unsigned char c : bytes) text += fmt::format("{:02x}", c);
  return text;
}

struct FuzzCorpus : testing::TestWithParam<const char*> {};

TEST_P(FuzzCorpus, EveryInputIsTakenOrRefused) {
  const FuzzTarget& target = fuzz_target(GetParam());
  const std::vector<std::string> corpus = corpus_of(target);
  ASSERT_GE(corpus.size(), 3u) << target.name;
  Mutator mutator(target, corpus);
  forget_peak();
  int taken = 0;
  for (std::size_t i = 0; i < corpus.size() + kMutations; ++i) {
    const std::string bytes = i < corpus.size() ? corpus[i] : mutator.next();
    const auto begin = std::chrono::steady_clock::now();
    const std::string complaint = complaint_about(target, bytes);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    ASSERT_EQ(complaint, "") << target.name << " input " << i << ": " << hex(bytes);
    ASSERT_LT(seconds.count(), kMostSeconds) << target.name << " input " << i << ": " << hex(bytes);
    try {
      target.run(bytes);
      ++taken;
    } catch (const Error&) {
    }
  }
  EXPECT_GT(taken, 0) << "a corpus of which nothing is taken reaches little";
  EXPECT_LT(taken, static_cast<int>(corpus.size()) + kMutations) << "mutations that are all taken damage nothing";
  EXPECT_LT(peak_gigabytes(), kMostGigabytes);
}

std::vector<const char*> names() {
  std::vector<const char*> result;
  for (const FuzzTarget& target : fuzz_targets()) result.push_back(target.name);
  return result;
}
INSTANTIATE_TEST_SUITE_P(Targets, FuzzCorpus, testing::ValuesIn(names()),
                         [](const auto& info) { return std::string(info.param); });

// The check itself can fail: defects, foreign exceptions and messages that are not fit for a terminal are told.
TEST(FuzzControl, ComplaintsAreMade) {
  const auto complaint = [](void (*run)(std::string_view)) { return complaint_about({"control", run, {}}, ""); };
  EXPECT_EQ(complaint([](std::string_view) {}), "");
  EXPECT_EQ(complaint([](std::string_view) { throw Error(ErrorKind::kInput, "a.toml: expected b"); }), "");
  EXPECT_NE(complaint([](std::string_view) { throw Error(ErrorKind::kInternal, "internal"); }), "");
  EXPECT_NE(complaint([](std::string_view) { throw std::runtime_error("x"); }), "");
  EXPECT_NE(complaint([](std::string_view) { throw std::bad_alloc(); }), "");
  EXPECT_NE(complaint([](std::string_view) { throw Error(ErrorKind::kInput, ""); }), "");
  EXPECT_NE(complaint([](std::string_view) { must_hold(false, "x"); }), "");
  // Error itself makes every message printable. Mutation: a constructor that keeps the bytes.
  EXPECT_EQ(
      complaint([](std::string_view) { throw Error(ErrorKind::kInput, std::string(9000, '\xff') + "\n\x1b[2J"); }), "");
  EXPECT_EQ(std::string(Error(ErrorKind::kIo, "a\x1b\nb\xff").what()), "a\\u001b b\\xff");
}

}  // namespace
}  // namespace groklab
