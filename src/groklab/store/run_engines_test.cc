// Runs of several arithmetics are told apart.
#include "groklab/store/run_engines.h"

#include <gtest/gtest.h>

namespace groklab {
namespace {

RunInfo run_of(const std::string& engine) {
  RunInfo info;
  info.engine = engine;
  return info;
}

TEST(RunEngines, NoteSaysWhatIsNotPresent) {
  EXPECT_EQ(arithmetic_note("cpu/2", "cpu/2"), "");
  EXPECT_EQ(arithmetic_note("cpu/1", "cpu/2"), "older arithmetic cpu/1");
  EXPECT_EQ(arithmetic_note("gpu/2", "cpu/2"), "other engine gpu/2");
}

TEST(RunEngines, MixturesAreNamed) {
  const std::vector<RunInfo> one = {run_of("cpu/1"), run_of("cpu/1")};
  EXPECT_EQ(mixed_engines({}), "");
  EXPECT_EQ(mixed_engines(one), "");
  EXPECT_EQ(engines_of(one), (std::vector<std::string>{"cpu/1"}));
  const std::vector<RunInfo> two = {run_of("cpu/2"), run_of("cpu/1"), run_of("cpu/2")};
  EXPECT_EQ(engines_of(two), (std::vector<std::string>{"cpu/1", "cpu/2"}));
  EXPECT_EQ(mixed_engines(two), "expected runs of one arithmetic, found cpu/1 (1 run), cpu/2 (2 runs)");
}

}  // namespace
}  // namespace groklab
