// The clock of relaxing.
#include "groklab/optim/decay_time.h"

#include <gtest/gtest.h>

namespace groklab {
namespace {

Config with_steps(std::int64_t steps) {
  Config config;
  config.optim.learning_rate = 2e-3;
  config.optim.weight_decay = 0.5;
  config.optim.warmup_steps = 0;
  config.train.steps = steps;
  return config;
}

TEST(DecayTime, IsLearningRateTimesDecayTimesSteps) {
  const std::vector<std::int64_t> steps = {0, 1, 1000};
  const std::vector<double> times = decay_times(with_steps(1000), steps);
  EXPECT_EQ(times[0], 0);
  EXPECT_NEAR(times[1], 1e-3, 1e-15);
  EXPECT_NEAR(times[2], 1, 1e-12);
}

// A cosine down to 0 has half of the constant schedule's sum, half of which lies in its first 31 %.
TEST(DecayTime, FollowsTheSchedule) {
  Config config = with_steps(100000);
  config.optim.schedule = Schedule::kCosine;
  const std::vector<std::int64_t> steps = {50000, 100000};
  const std::vector<double> times = decay_times(config, steps);
  EXPECT_NEAR(times[1], 50, 0.01);
  EXPECT_NEAR(times[0], 50 * (0.5 + 1 / 3.14159265), 0.01);
}

TEST(DecayTime, AForkHasNoWarmUpOfItsOwn) {
  Config config = with_steps(100);
  config.optim.warmup_steps = 100;
  const std::vector<std::int64_t> steps = {100};
  EXPECT_NEAR(decay_times(config, steps)[0], 0.1 * 0.505, 1e-9);
  config.fork.run = "0123456789ab";
  config.fork.step = 1000;
  EXPECT_NEAR(decay_times(config, steps)[0], 0.1, 1e-12);
  config.fork.reset_optimizer = true;
  EXPECT_NEAR(decay_times(config, steps)[0], 0.1 * 0.505, 1e-9);
}

TEST(DecayTime, DecayInTheLossDoesNotMultiplyTheClock) {
  Config config = with_steps(1000);
  config.optim.kind = "adam";
  const std::vector<std::int64_t> steps = {1000};
  EXPECT_NEAR(decay_times(config, steps)[0], 2, 1e-12);
}

}  // namespace
}  // namespace groklab
