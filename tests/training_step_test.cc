// Every optimiser, penalty, constraint and number format of the loss inside an engine: resumed, on more threads, in
// minibatches, and diverging.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine_fixture.h"
#include "groklab/config/component.h"

namespace groklab {
namespace {

using testing::Lab;
using testing::small_config;

/// Settings of one run each.
std::vector<std::vector<std::string>> part_settings() {
  std::vector<std::vector<std::string>> all = {
      {"optim.kind=sam", "optim.sam.base=sgd", "optim.momentum=0.9"},
      {"penalty.l1.weight=1e-3", "penalty.nuclear.weight=1e-3"},
      {"constraint.norm.value=5", "constraint.norm.start_step=4"},
      {"optim.kind=sam", "penalty.l1.weight=1e-3"},
      {"loss.form=framework", "loss.precision=float16"},
      {"loss.form=framework", "loss.precision=float64"},
      {"loss.form=framework", "loss.precision=bfloat16", "loss.rounding=operations"}};
  for (const std::string& name : component_names("optim.kind")) all.push_back({"optim.kind=" + name});
  return all;
}

Config config_of(const std::vector<std::string>& settings, const char* more = "seed=0") {
  Config config = small_config({"train.precision=float32", more});
  for (const std::string& setting : settings) set_config_value(config, setting);
  return config;
}

class TrainingStep : public ::testing::TestWithParam<std::vector<std::string>> {};

// Fails if a part keeps something that no buffer holds, or names two buffers alike.
TEST_P(TrainingStep, ResumesWithTheSameBits) {
  for (const char* batch : {"optim.batch_size=0", "optim.batch_size=7"}) {
    Lab whole(config_of(GetParam(), batch)), first(config_of(GetParam(), batch)),
        second(config_of(GetParam(), batch), 3);
    ASSERT_TRUE(whole.engine->advance(12));
    ASSERT_TRUE(first.engine->advance(5));
    second.engine->import_state(first.engine->export_state());
    ASSERT_TRUE(second.engine->advance(12));
    const TrainState a = whole.engine->export_state(), b = second.engine->export_state();
    EXPECT_TRUE(a.parameters == b.parameters) << batch;
    EXPECT_TRUE(a.buffers == b.buffers) << batch;
    EXPECT_EQ(a.last_gradient_norm, b.last_gradient_norm);
    EXPECT_EQ(a.last_update_norm, b.last_update_norm);
  }
}

// A step that leads out of the numbers ends the run: at once, or at the record of the state that it led to.
TEST_P(TrainingStep, ALearningRateBeyondReasonDiverges) {
  Lab lab(config_of(GetParam(), "optim.learning_rate=1e30"));
  bool is_finite = true;
  for (std::int64_t step = 1; step <= 20 && is_finite; ++step) {
    is_finite = lab.engine->advance(step) && std::isfinite(lab.engine->measure().norm);
  }
  EXPECT_FALSE(is_finite);
}

INSTANTIATE_TEST_SUITE_P(Parts, TrainingStep, ::testing::ValuesIn(part_settings()));

// The loss at theta is finite, and that where SAM looks is not. Fails if the second gradient's check is dropped.
TEST(TrainingStep, ASecondGradientThatIsNotFiniteEndsTheRun) {
  Lab lab(config_of({"optim.kind=sam", "optim.sam.rho=1e30"}));
  EXPECT_FALSE(lab.engine->advance(1));
}

// Records leave penalties out of the loss and of the gradient's norm.
TEST(TrainingStep, RecordsShowTheLossAlone) {
  Lab plain(config_of({})), penalised(config_of({"penalty.l1.weight=0.5"}));
  ASSERT_TRUE(plain.engine->advance(1));
  ASSERT_TRUE(penalised.engine->advance(1));
  EXPECT_EQ(plain.engine->measure().gradient_norm, penalised.engine->measure().gradient_norm);
  EXPECT_NE(plain.engine->measure().norm, penalised.engine->measure().norm);
}

}  // namespace
}  // namespace groklab
