// What a training step is made of: buffers, padding, threads. (optimizer_test.cc has the numbers.)
#include "groklab/optim/stepper.h"

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

TEST(Stepper, BuffersAreNamedAndForgotten) {
  StepLab<> lab(step_config({}));
  ASSERT_EQ(lab.stepper.buffers().size(), 2u);
  EXPECT_EQ(lab.stepper.buffers()[0].name, "adam.m");
  EXPECT_EQ(lab.stepper.buffers()[1].name, "adam.v");
  const Vector start = lab.values();
  lab.step(0.1, wavy_gradient);
  const Vector once = lab.values();
  lab.stepper.reset();
  lab.steps = 0;
  lab.fill(lab.parameters, start);
  lab.step(0.1, wavy_gradient);
  EXPECT_EQ(lab.values(), once);
  EXPECT_TRUE(StepLab<>(step_config({"optim.kind=sgd"})).stepper.buffers().empty());
  StepLab<> momentum(step_config({"optim.kind=sgd", "optim.momentum=0.9"}));
  EXPECT_EQ(momentum.stepper.buffers().at(0).name, "sgd.momentum");
}

// Fails if the second gradient of a step lacks the penalties, or has them twice.
TEST(Stepper, PenaltiesJoinEveryGradientOfAStep) {
  const auto with_penalty = [](const Vector& theta) {
    Vector gradient = wavy_gradient(theta);
    for (std::size_t i = 0; i < theta.size(); ++i) gradient[i] += theta[i] == 0 ? 0 : std::copysign(0.2, theta[i]);
    return gradient;
  };
  StepLab<> penalised(step_config({"optim.kind=sam", "optim.sam.rho=0.5", "penalty.l1.weight=0.2"}));
  StepLab<> expected(step_config({"optim.kind=sam", "optim.sam.rho=0.5"}));
  for (int t = 0; t < 3; ++t) {
    penalised.step(0.05, wavy_gradient);
    expected.step(0.05, with_penalty);
    EXPECT_LT(distance(penalised.values(), expected.values()), 1e-13) << t;  // the same sums, 1e-16 each
  }
}

class EveryOptimizer : public ::testing::TestWithParam<std::string> {};

// Fails if an optimiser moves padding, shares work by threads in a way that shows, or misreports its update.
TEST_P(EveryOptimizer, KeepsPaddingAndDoesNotDependOnThreads) {
  Config config;
  set_config_value(config, "optim.kind=" + GetParam());
  config = *resolve_config(config);
  StepLab<float> one(config, 1), three(config, 3);
  for (int t = 0; t < 5; ++t) {
    const Vector before = one.values();
    const double change = one.step(0.01, wavy_gradient);
    EXPECT_EQ(change, three.step(0.01, wavy_gradient));
    EXPECT_NEAR(std::sqrt(change), distance(one.values(), before), 1e-5 * norm(before));
  }
  EXPECT_EQ(one.values(), three.values());
  Vector rest = one.values();
  for (const TensorSpec& spec : one.layout.tensors()) {
    EXPECT_GT(distance(one.values(spec.name.c_str()), StepLab<float>(config).values(spec.name.c_str())), 0)
        << spec.name;
    std::fill_n(rest.begin() + spec.offset, spec.size, 0.0);
  }
  EXPECT_EQ(norm(rest), 0);
}

INSTANTIATE_TEST_SUITE_P(All, EveryOptimizer, ::testing::ValuesIn(component_names("optim.kind")),
                         [](const auto& info) { return info.param; });

TEST(TensorChoice, UnknownGlobsAreRefused) {
  const std::string message = error_of([] { StepLab<> lab(step_config({"optim.decay=*W_Q, nothing*"})); });
  EXPECT_TRUE(message.starts_with("optim.decay = *W_Q, nothing*: expected globs of tensor names (embed.W_E, "));
  EXPECT_TRUE(message.ends_with("found nothing* which matches none"));
}

}  // namespace
}  // namespace groklab
