// The norm clamp: what it holds, from when on, and what it leaves alone.
#include <gtest/gtest.h>

#include "groklab/config/config_test_util.h"
#include "groklab/optim/step_fixture_for_test.h"

namespace groklab {
namespace {

using testing::distance;
using testing::norm;
using testing::step_config;
using testing::StepLab;
using testing::Vector;
using testing::wavy_gradient;

constexpr double kRounding = 1e-13;  // some 100 numbers, 1e-16 each, of a norm of 10

// Fails if the clamp acts on other numbers, before the update, or on the optimiser's buffers.
TEST(NormConstraint, HoldsTheNormAndKeepsTheBuffers) {
  StepLab<> held(step_config({"constraint.norm.value=3"})), free(step_config({}));
  const double change = held.step(0.05, wavy_gradient);
  free.step(0.05, wavy_gradient);
  EXPECT_NEAR(norm(held.values()), 3, kRounding);
  Vector scaled = free.values();
  for (double& number : scaled) number *= 3 / norm(free.values());
  EXPECT_LT(distance(held.values(), scaled), kRounding);
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::int64_t k = 0; k < held.layout.total(); ++k) {
      EXPECT_EQ(held.stepper.buffers()[i].values[k], free.stepper.buffers()[i].values[k]);
    }
  }
  const StepLab<> start(step_config({}));
  EXPECT_NEAR(std::sqrt(change), distance(held.values(), start.values()), kRounding)
      << "the clamp is part of the update";
}

TEST(NormConstraint, ACapOnlyLowersIt) {
  const double free_norm = norm(StepLab<>(step_config({})).values());
  StepLab<> low(step_config({"constraint.norm.value=3", "constraint.norm.mode=cap"}));
  StepLab<> high(step_config({"constraint.norm.value=1000", "constraint.norm.mode=cap"})), free(step_config({}));
  low.step(0.05, wavy_gradient);
  high.step(0.05, wavy_gradient);
  free.step(0.05, wavy_gradient);
  ASSERT_GT(free_norm, 4);
  EXPECT_NEAR(norm(low.values()), 3, kRounding);
  EXPECT_EQ(high.values(), free.values());
}

TEST(NormConstraint, ActsOnChosenTensorsTogetherFromAStepOn) {
  const auto settings = {"constraint.norm.value=3", "constraint.norm.tensors=*W_E, *W_U",
                         "constraint.norm.start_step=2"};
  StepLab<> held(step_config(settings)), free(step_config({}));
  held.step(0.05, wavy_gradient);
  free.step(0.05, wavy_gradient);
  EXPECT_EQ(held.values(), free.values());
  held.step(0.05, wavy_gradient);
  free.step(0.05, wavy_gradient);
  EXPECT_NEAR(std::hypot(norm(held.values("embed.W_E")), norm(held.values("unembed.W_U"))), 3, kRounding);
  EXPECT_EQ(held.values("blocks.0.mlp.W_in"), free.values("blocks.0.mlp.W_in"));
  const double scale = held.values("embed.W_E")[0] / free.values("embed.W_E")[0];
  EXPECT_NEAR(held.values("unembed.W_U")[0] / free.values("unembed.W_U")[0], scale, kRounding);
}

TEST(NormConstraint, ZerosStayZeros) {
  StepLab<> lab(step_config({"constraint.norm.value=3"}));
  lab.parameters.clear();
  lab.step(0.05, wavy_gradient);  // whose gradient at 0 is 0
  EXPECT_EQ(norm(lab.values()), 0);
}

TEST(NormConstraint, BadValuesAreRefused) {
  EXPECT_NE(set_error("constraint.norm.value=-1").find("at least 0"), std::string::npos);
  EXPECT_NE(set_error("constraint.norm.mode=floor").find("hold, cap"), std::string::npos);
  EXPECT_NE(set_error("constraint.norm.start_step=0").find("at least 1"), std::string::npos);
  EXPECT_TRUE(error_of([] {
                StepLab<> lab(step_config({"constraint.norm.value=3", "constraint.norm.tensors=X"}));
              }).ends_with("matches none"));
}

}  // namespace
}  // namespace groklab
