// Adam, AdamW and SGD against scalar references, and what a step is made of.
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

constexpr double kRounding = 1e-13;  // some 10 steps of some 10 operations, 1e-16 each

/// What each optimiser does to one number, as its paper writes it.
struct Scalar {
  std::string kind;
  double decay = 0, m = 0, v = 0;
  double step(double x, double g, double rate, int t) {
    const double beta1 = 0.8, beta2 = 0.95, epsilon = 1e-3, momentum = 0.7;
    if (kind == "sgd") {
      m = momentum * m + g + decay * x;
      return x - rate * m;
    }
    if (kind == "adam") g += decay * x;
    if (kind == "adamw") x -= rate * decay * x;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    return x - rate * (m / (1 - std::pow(beta1, t))) / (std::sqrt(v / (1 - std::pow(beta2, t))) + epsilon);
  }
};

class OptimizerReference : public ::testing::TestWithParam<const char*> {};

// Fails for a changed sign, a missing bias correction, decay in the wrong place or of a tensor that is not named.
TEST_P(OptimizerReference, EveryNumberMovesAsTheScalarDoes) {
  const std::string kind = GetParam();
  Config config = step_config({"optim.beta1=0.8", "optim.beta2=0.95", "optim.epsilon=1e-3", "optim.weight_decay=0.3",
                               "optim.decay=*attn*, *mlp.W_in"});
  config.optim.kind = kind;
  config.optim.momentum = 0.7;
  StepLab<> lab(config);
  Vector expected = lab.values();
  std::vector<Scalar> scalars(expected.size(), Scalar{kind});
  for (const TensorSpec& spec : lab.layout.tensors()) {
    const bool decays = spec.name.find("attn") != std::string::npos || spec.name == "blocks.0.mlp.W_in";
    for (std::int64_t i = 0; decays && i < spec.size; ++i) {
      scalars[static_cast<std::size_t>(spec.offset + i)].decay = 0.3;
    }
  }
  for (int t = 1; t <= 8; ++t) {
    const Vector before = lab.values(), gradient = wavy_gradient(expected);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      expected[i] = scalars[i].step(expected[i], gradient[i], 0.05 / t, t);
    }
    const double change = lab.step(0.05 / t, wavy_gradient);
    EXPECT_LT(distance(lab.values(), expected), kRounding) << t;
    EXPECT_NEAR(std::sqrt(change), distance(lab.values(), before), kRounding);
  }
}

INSTANTIATE_TEST_SUITE_P(All, OptimizerReference, ::testing::Values("adamw", "adam", "sgd"),
                         [](const auto& info) { return std::string(info.param); });

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

class EveryOptimizer : public ::testing::TestWithParam<std::string> {};

// Fails if an optimiser moves padding, shares work by threads in a way that shows, or misreports its update.
TEST_P(EveryOptimizer, KeepsPaddingAndDoesNotDependOnThreads) {
  Config config;
  set_config_value(config, "optim.kind=" + GetParam());
  config = resolve_config(config);
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
    EXPECT_GT(distance(one.values(spec.name.c_str()), StepLab<float>(config).values(spec.name.c_str())), 0) << spec.name;
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
