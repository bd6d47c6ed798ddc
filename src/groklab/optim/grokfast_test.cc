// Grokfast against the average written out.
#include <gtest/gtest.h>

#include "groklab/config/config_test_util.h"
#include "groklab/optim/step_fixture_for_test.h"

namespace groklab {
namespace {

using testing::distance;
using testing::step_config;
using testing::StepLab;
using testing::Vector;
using testing::wavy_gradient;

// Fails if the average starts at zero, is taken of the filtered gradient, or forgets.
TEST(Grokfast, BaseOptimiserTakesTheGradientAndItsAverage) {
  for (const char* base : {"adamw", "adam", "sgd"}) {
    Config config = step_config(
        {"optim.kind=grokfast", "optim.grokfast.average=0.8", "optim.grokfast.factor=3", "optim.weight_decay=0.1"});
    set_config_value(config, std::string("optim.grokfast.base=") + base);
    Config plain = step_config({"optim.weight_decay=0.1"});
    plain.optim.kind = base;
    StepLab<> lab(config), expected(plain);
    Vector average;
    for (int t = 0; t < 5; ++t) {
      lab.step(0.05, wavy_gradient);
      expected.step(0.05, [&](const Vector& theta) {
        Vector gradient = wavy_gradient(theta);
        if (average.empty()) average = gradient;
        for (std::size_t i = 0; i < gradient.size(); ++i) {
          if (t > 0) average[i] = 0.8 * average[i] + 0.2 * gradient[i];
          gradient[i] += 3 * average[i];
        }
        return gradient;
      });
      EXPECT_LT(distance(lab.values(), expected.values()), 1e-13) << base;  // 1e-16 times sums of some 100
    }
    EXPECT_EQ(lab.stepper.buffers().size(), expected.stepper.buffers().size() + 1) << "the average is kept";
  }
}

TEST(Grokfast, WithoutAFactorItIsItsBase) {
  StepLab<> lab(step_config({"optim.kind=grokfast", "optim.grokfast.factor=0"})), adamw(step_config({}));
  for (int t = 0; t < 3; ++t) {
    lab.step(0.05, wavy_gradient);
    adamw.step(0.05, wavy_gradient);
  }
  EXPECT_EQ(lab.values(), adamw.values());
}

TEST(Grokfast, BadValuesAreRefused) {
  EXPECT_EQ(check_error("optim.kind=grokfast", "optim.momentum=0.9"),
            "optim.momentum = 0.9: expected 0 unless optim.grokfast.base = sgd, found optim.grokfast.base = adamw");
  EXPECT_NE(set_error("optim.grokfast.average=1").find("[0, 1)"), std::string::npos);
  EXPECT_NE(set_error("optim.grokfast.factor=-1").find("at least 0"), std::string::npos);
}

}  // namespace
}  // namespace groklab
