// Measuring beside another program, which is a shell script here: what it is asked, how answers become ratios, and one
// clear line for whatever else it does.
#include "groklab/bench/other_program.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "groklab/config/config_test_util.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

/// A program that answers `bench --list` with `list` and everything else with `answer`, and keeps what it is asked.
class Script {
 public:
  Script(const std::string& list, const std::string& answer)
      : folder_(fs::path(testing::TempDir()) /
                ("other_program_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()))) {
    fs::create_directories(folder_);
    fs::remove(folder_ / "asked");
    std::ofstream(path()) << "#!/bin/sh\nif [ \"$2\" = --list ]; then\n" + list + "\nexit; fi\necho \"$@\" >> '" +
                                 (folder_ / "asked").string() + "'\n" + answer + "\n";
    fs::permissions(path(), fs::perms::owner_all);
  }
  ~Script() { fs::remove_all(folder_); }

  std::string path() const { return (folder_ / "program").string(); }
  std::vector<std::string> asked() const {
    std::ifstream file(folder_ / "asked");
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

 private:
  fs::path folder_;
};

const std::string kList = "echo 'V    a network'; echo 'quick   another'";
/// What a program of an earlier version prints, shortened.
const std::string kAnswer = R"(echo '{"version": "0.1", "results": [{"name": "V", "ms_per_step": 1000.0}]}')";

const std::string kWords = "bench --json --case quick --threads 1 --repeats 1 --seconds 0.01";

BenchCase quick_case() {
  BenchCase quick;
  quick.name = "quick";
  quick.config = config_with("task.modulus=7", "split.train_size=30", "model.d_model=8", "model.n_heads=2");
  return quick;
}

BenchOptions quick_options(int repeats) {
  BenchOptions options;
  options.repeats = repeats;
  options.seconds = 0.01;
  return options;
}

// Catches: options that the other program is measured with and this one is not.
TEST(OtherProgram, IsAskedForTheSameMeasurement) {
  const Script script(kList, kAnswer);
  const OtherProgram other(script.path());
  EXPECT_TRUE(other.has_case("V"));
  EXPECT_TRUE(other.has_case("quick"));
  EXPECT_FALSE(other.has_case("network"));
  BenchOptions options = quick_options(7);
  options.threads = 3;
  EXPECT_EQ(other.ms_per_step(changed_case(quick_case(), {"train.chunks=2"}), options), 1000.0);
  EXPECT_EQ(script.asked(), std::vector<std::string>{"bench --json --case quick --threads 3 --repeats 7 --seconds 0.01 "
                                                     "--set train.chunks=2"});
}

// Catches: a ratio upside down, one measurement shared by all turns, more repeats in a turn of one than of the other.
TEST(OtherProgram, IsMeasuredOnceInEachTurn) {
  const Script script(kList, kAnswer);
  const OtherProgram other(script.path());
  const BenchResult result = run_bench_against(other, quick_case(), quick_options(3));
  EXPECT_EQ(script.asked(), std::vector<std::string>(3, kWords));
  EXPECT_GT(result.ms_per_step, 0);
  ASSERT_TRUE(result.against);
  EXPECT_EQ(result.against->program, script.path());
  EXPECT_TRUE(result.against->has_case);
  EXPECT_EQ(result.against->ms_per_step, 1000.0);
  // Its times are all equal, so the median of the ratios belongs to the median of this program's times.
  EXPECT_NEAR(result.against->times_as_fast, 1000.0 / result.ms_per_step, 1e-9 * result.against->times_as_fast);
  EXPECT_LE(result.against->times_as_fast_low, result.against->times_as_fast);
  EXPECT_GE(result.against->times_as_fast_high, result.against->times_as_fast);
  EXPECT_LT(result.against->times_as_fast_low, result.against->times_as_fast_high);
}

// Catches: a failure, or a ratio of nothing, where an older program does not know a case.
TEST(OtherProgram, MayLackACase) {
  const Script script("echo V", kAnswer);
  const BenchResult result = run_bench_against(OtherProgram(script.path()), quick_case(), quick_options(1));
  EXPECT_GT(result.ms_per_step, 0);
  ASSERT_TRUE(result.against);
  EXPECT_FALSE(result.against->has_case);
  EXPECT_TRUE(std::isnan(result.against->times_as_fast));
  EXPECT_TRUE(script.asked().empty());
}

TEST(OtherProgram, ThatCannotBeRunIsRefusedInOneLine) {
  EXPECT_EQ(error_of([] { OtherProgram other("/nowhere/groklab"); }, ErrorKind::kInput),
            "--against /nowhere/groklab: expected a program that can be run, found 'No such file or directory'");
  const Script nameless("true", kAnswer);
  EXPECT_EQ(error_of([&] { OtherProgram other(nameless.path()); }, ErrorKind::kInput),
            "--against " + nameless.path() + ": bench --list: expected names of cases, found nothing");
}

TEST(OtherProgram, OtherAnswersAreRefusedInOneLine) {
  const auto message = [&](const std::string& answer) {
    const Script script(kList, answer);
    const OtherProgram other(script.path());
    const std::string text = error_of([&] { other.ms_per_step(quick_case(), quick_options(1)); }, ErrorKind::kInput);
    const std::string start = "--against " + script.path() + ": " + kWords + ": ";
    EXPECT_EQ(text.rfind(start, 0), 0u) << text;
    return text.substr(std::min(start.size(), text.size()));
  };
  EXPECT_EQ(message("echo 'groklab: no such option' >&2; echo more >&2; exit 2"),
            "expected exit code 0, found 2 and 'groklab: no such option'");
  EXPECT_EQ(message("kill -9 $$"), "expected exit code 0, found 137 and nothing");
  const std::string expected = "expected JSON with one result and its ms_per_step above 0, found ";
  EXPECT_EQ(message("echo fast"), expected + "'fast'");
  for (const char* json :
       {"{}", R"({"results": []})", R"({"results": [{"ms_per_step": "1"}]})", R"({"results": [{"ms_per_step": 0}]})",
        R"({"results": [3]})", R"({"results": [{"ms_per_step": 1}, {"ms_per_step": 1}]})", "[]"}) {
    EXPECT_EQ(message("echo '" + std::string(json) + "'"), expected + "'" + json + "'");
  }
}

// Catches: a message that is lost in the process that measures.
TEST(BenchIsolated, SaysWhyACaseCannotBe) {
  EXPECT_EQ(error_of([] { run_bench_isolated(changed_case(quick_case(), {"train.chunks=31"}), quick_options(1)); }),
            "bench quick: train.chunks = 31: expected at most the 30 rows of a batch (0 chooses by their number)");
}

TEST(BenchCases, AChangedOneHasNoTarget) {
  for (const BenchCase& c : bench_cases()) {
    if (c.target == 0) continue;
    EXPECT_EQ(changed_case(c, {}).target, c.target);
    const BenchCase changed = changed_case(c, {"train.chunks=4"});
    EXPECT_EQ(changed.target, 0);
    EXPECT_EQ(changed.config.train.chunks, 4);
    EXPECT_EQ(changed.settings, std::vector<std::string>{"train.chunks=4"});
  }
  EXPECT_EQ(error_of([] { changed_case(quick_case(), {"model.n_heads=3"}); }),
            "model.d_model = 8: expected a multiple of n_heads = 3");
}

// Catches: a mean for a median; extremes of the medians in place of those of all repeats.
TEST(MedianResult, TakesEachNumbersMedianAndTheExtremes) {
  std::vector<BenchResult> results(3);
  const double times[] = {3, 1, 2}, low[] = {0.5, 0.8, 0.7}, high[] = {0.9, 0.85, 0.95};
  for (std::size_t i = 0; i < 3; ++i) {
    results[i].name = "V";
    results[i].threads = 2;
    results[i].ms_per_step = times[i];
    results[i].roofline_low = low[i];
    results[i].roofline_high = high[i];
  }
  const BenchResult median = median_result(results);
  EXPECT_EQ(median.name, "V");
  EXPECT_EQ(median.threads, 2);
  EXPECT_EQ(median.ms_per_step, 2);
  EXPECT_EQ(median.roofline_low, 0.5);
  EXPECT_EQ(median.roofline_high, 0.95);
}

}  // namespace
}  // namespace groklab
