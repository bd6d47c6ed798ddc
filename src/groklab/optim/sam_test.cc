// SAM on functions whose gradient at two points is known.
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

/// The gradient that SAM hands on: at theta + rho g / |g|.
Vector sharpness_gradient(const Vector& theta, double rho) {
  Vector elsewhere = theta;
  const Vector gradient = wavy_gradient(theta);
  for (std::size_t i = 0; i < theta.size(); ++i) elsewhere[i] += rho * gradient[i] / norm(gradient);
  return wavy_gradient(elsewhere);
}

// Fails if the second gradient is taken at theta, at theta - rho g/|g|, or by the numbers of each tensor alone.
TEST(Sam, BaseOptimiserTakesTheGradientElsewhere) {
  for (const char* base : {"adamw", "adam", "sgd"}) {
    Config config = step_config({"optim.kind=sam", "optim.sam.rho=0.3", "optim.weight_decay=0.1"});
    set_config_value(config, std::string("optim.sam.base=") + base);
    Config plain = step_config({"optim.weight_decay=0.1"});
    plain.optim.kind = base;
    StepLab<> sam(config), expected(plain);
    for (int t = 0; t < 4; ++t) {
      sam.step(0.05, wavy_gradient);
      expected.step(0.05, [](const Vector& theta) { return sharpness_gradient(theta, 0.3); });
      EXPECT_LT(distance(sam.values(), expected.values()), 1e-13) << base;  // 1e-16 times sums of some 100
    }
    ASSERT_EQ(sam.stepper.buffers().size(), expected.stepper.buffers().size())
        << "a fork may go on as a plain " << base;
    for (std::size_t i = 0; i < sam.stepper.buffers().size(); ++i) {
      EXPECT_EQ(sam.stepper.buffers()[i].name, expected.stepper.buffers()[i].name);
    }
  }
}

TEST(Sam, WithoutRadiusItIsItsBase) {
  StepLab<> sam(step_config({"optim.kind=sam", "optim.sam.rho=0"})), adamw(step_config({}));
  sam.step(0.05, wavy_gradient);
  adamw.step(0.05, wavy_gradient);
  EXPECT_EQ(sam.values(), adamw.values());
}

TEST(Sam, AGradientOfZeroStaysWhereItIs) {
  StepLab<> lab(step_config({"optim.kind=sam", "optim.sam.base=sgd", "optim.weight_decay=0"}));
  const Vector before = lab.values();
  lab.step(0.05, [](const Vector& theta) { return Vector(theta.size(), 0.0); });
  EXPECT_EQ(lab.values(), before);
}

TEST(Sam, MomentumNeedsABaseThatHasOne) {
  EXPECT_EQ(check_error("optim.kind=sam", "optim.momentum=0.9"),
            "optim.momentum = 0.9: expected 0 unless optim.sam.base = sgd, found optim.sam.base = adamw");
  EXPECT_NO_THROW(step_config({"optim.kind=sam", "optim.sam.base=sgd", "optim.momentum=0.9"}));
  EXPECT_NE(set_error("optim.sam.rho=-1").find("at least 0"), std::string::npos);
}

}  // namespace
}  // namespace groklab
