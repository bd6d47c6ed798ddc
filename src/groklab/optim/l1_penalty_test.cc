// The L1 penalty: its gradient against finite differences, and where it acts.
#include <gtest/gtest.h>

#include "groklab/config/config_test_util.h"
#include "groklab/optim/penalty_check_for_test.h"

namespace groklab {
namespace {

using testing::penalty_gradient;
using testing::penalty_gradient_error;
using testing::penalty_value;
using testing::step_config;
using testing::StepLab;
using testing::Vector;

Config l1_config(const char* tensors = "penalty.l1.tensors=*W_in, *b_in") {
  return step_config({"penalty.l1.weight=0.25", tensors});
}

TEST(L1Penalty, GradientAgreesWithFiniteDifferences) {
  EXPECT_LT(penalty_gradient_error("penalty.l1", l1_config()), 1e-9);  // |theta| is straight: rounding / step alone
}

TEST(L1Penalty, ValueIsTheSumOverTheChosenTensors) {
  StepLab<> lab(l1_config());
  double sum = 0;
  for (const char* name : {"blocks.0.mlp.W_in", "blocks.0.mlp.b_in"}) {
    for (const double number : lab.values(name)) sum += std::abs(number);
  }
  EXPECT_NEAR(penalty_value("penalty.l1", l1_config(), lab.values()), 0.25 * sum, 1e-13);
}

// It joins the gradient before the optimiser. Fails if it is added to other tensors, twice, or with the wrong sign.
TEST(L1Penalty, JoinsTheGradient) {
  Config config = l1_config();
  config.optim.kind = "sgd";
  config.optim.weight_decay = 0;
  StepLab<> lab(config);
  const StepLab<> start(config);
  lab.step(0.1, [](const Vector& theta) { return Vector(theta.size(), 0.0); });
  const Vector before = start.values("blocks.0.mlp.W_in"), after = lab.values("blocks.0.mlp.W_in");
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_NEAR(after[i], before[i] - 0.1 * 0.25 * (before[i] > 0 ? 1 : -1), 1e-15);
  }
  EXPECT_EQ(lab.values("embed.W_E"), start.values("embed.W_E"));
}

TEST(L1Penalty, ZerosHaveNoGradient) {
  const StepLab<> lab(l1_config());
  for (const double g : penalty_gradient("penalty.l1", l1_config(), Vector(lab.values().size(), 0.0))) EXPECT_EQ(g, 0);
}

TEST(L1Penalty, BadValuesAreRefused) {
  EXPECT_NE(set_error("penalty.l1.weight=-0.1").find("at least 0"), std::string::npos);
  EXPECT_TRUE(error_of([] {
                StepLab<> lab(l1_config("penalty.l1.tensors=*W_in, W_X*"));
              }).ends_with("found W_X* which matches none"));
}

TEST(L1Penalty, SwitchedOffItHasNoKeys) {
  EXPECT_EQ(resolve_config(config_with("penalty.l1.tensors=*W_in")).id(), resolve_config(Config{}).id());
  EXPECT_NE(resolve_config(config_with("penalty.l1.weight=0.1", "penalty.l1.tensors=*W_in")).id(),
            resolve_config(config_with("penalty.l1.weight=0.1")).id());
}

}  // namespace
}  // namespace groklab
