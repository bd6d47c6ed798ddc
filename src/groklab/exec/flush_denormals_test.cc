// Subnormal numbers count as zero in a pool's tasks, on every thread, and nowhere else.
#include "groklab/exec/flush_denormals.h"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>

#include "groklab/exec/thread_pool.h"

namespace groklab {
namespace {

volatile float smallest_normal = std::numeric_limits<float>::min();
volatile float half = 0.5f, two_to_23 = 8388608.0f;

float half_of_smallest() { return smallest_normal * half; }

/// The operand is subnormal, the result would not be.
float raised_denormal() {
  volatile float denormal = std::numeric_limits<float>::denorm_min();
  return denormal * two_to_23;
}

TEST(FlushDenormals, ResultsAndOperandsAreZeroWhileItLives) {
  ASSERT_GT(half_of_smallest(), 0);
  ASSERT_GT(raised_denormal(), 0);
  {
    const FlushDenormals outer;
    {
      const FlushDenormals inner;
      EXPECT_EQ(half_of_smallest(), 0);
    }
    EXPECT_EQ(half_of_smallest(), 0);
    EXPECT_EQ(raised_denormal(), 0);
  }
  EXPECT_GT(half_of_smallest(), 0);
  EXPECT_GT(raised_denormal(), 0);
}

TEST(KeepDenormals, LetsAHostsFunctionHaveThemInBetween) {
  const FlushDenormals outer;
  {
    const KeepDenormals inner;
    EXPECT_GT(half_of_smallest(), 0);
    EXPECT_GT(raised_denormal(), 0);
  }
  EXPECT_EQ(half_of_smallest(), 0);
  EXPECT_EQ(raised_denormal(), 0);
}

// Were the mode that of the thread a task happens to run on, bits would depend on the number of threads.
TEST(FlushDenormals, HoldsOnEveryWorkerAndLeavesTheCallerAlone) {
  for (const int threads : {1, 3}) {
    ThreadPool pool(threads);
    std::atomic<int> kept{0};
    for (int round = 0; round < 20; ++round) {
      pool.run(24, [&](std::int64_t, int) { kept += half_of_smallest() > 0 || raised_denormal() > 0 ? 1 : 0; });
    }
    EXPECT_EQ(kept, 0);
    EXPECT_GT(half_of_smallest(), 0);
  }
}

}  // namespace
}  // namespace groklab
