// The order in which threads take cores: hardware threads of one physical core last.
#include "groklab/exec/cores.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <vector>

namespace groklab {
namespace {

// Catches: cores in the order of their numbers, where neighbours share a physical core; a core that is lost or taken
// twice; siblings counted among cores that may not be used.
TEST(Cores, PhysicalCoresComeFirst) {
  const auto neighbours = [](int core) { return core / 2; };
  const auto halves = [](int core) { return core % 4; };
  const auto alone = [](int core) { return core; };
  const std::vector<int> all = {0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(spread_over_cores(all, neighbours), (std::vector<int>{0, 2, 4, 6, 1, 3, 5, 7}));
  EXPECT_EQ(spread_over_cores(all, halves), all);
  EXPECT_EQ(spread_over_cores(all, alone), all);
  EXPECT_EQ(spread_over_cores({1, 2, 3, 6}, neighbours), (std::vector<int>{1, 2, 6, 3}));
  EXPECT_EQ(spread_over_cores(all, [](int) { return 0; }), all);
  EXPECT_TRUE(spread_over_cores({}, alone).empty());
}

TEST(Cores, AreThoseThatTheThreadMayUse) {
  cpu_set_t set;
  CPU_ZERO(&set);
  ASSERT_EQ(sched_getaffinity(0, sizeof(set), &set), 0);
  std::vector<int> found = cores_in_order();
  EXPECT_EQ(static_cast<int>(found.size()), CPU_COUNT(&set));
  std::sort(found.begin(), found.end());
  EXPECT_EQ(std::adjacent_find(found.begin(), found.end()), found.end());
  for (const int core : found) EXPECT_TRUE(CPU_ISSET(core, &set)) << core;
}

}  // namespace
}  // namespace groklab
