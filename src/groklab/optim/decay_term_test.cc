// The objective that each optimiser comes to rest at.
#include "groklab/optim/decay_term.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "groklab/config/config_test_util.h"
#include "groklab/optim/step_fixture_for_test.h"

namespace groklab {
namespace {

using testing::step_config;
using testing::StepLab;
using testing::Vector;

/// Of a well about 0.3 with a weak pull, so that decay of the strengths below moves the resting point visibly.
Vector well(const Vector& theta) {
  Vector gradient(theta.size());
  for (std::size_t i = 0; i < theta.size(); ++i) gradient[i] = theta[i] == 0 ? 0 : 1e-3 * std::sinh(theta[i] - 0.3);
  return gradient;
}

/// Largest |gradient of well + R| over the weights of decayed tensors, R by central differences, at rest; the gradient
/// of the well alone is some 1e-4 there.
double rest_residual(const Config& config, double& largest_gradient) {
  StepLab<> lab(config);
  for (int t = 0; t < 20000; ++t) lab.step(t < 15000 ? 3e-3 : 3e-5, well);
  double worst = 0;
  largest_gradient = 0;
  const Vector gradient = well(lab.values());
  for (const TensorSpec& spec : lab.layout.tensors()) {
    for (std::int64_t i = spec.offset; i < spec.offset + spec.size; i += 3) {
      const double theta = lab.parameters[i], h = 1e-5;
      lab.parameters[i] = theta + h;
      const double up = lab.stepper.decay_term(lab.parameters.data()).value;
      lab.parameters[i] = theta - h;
      const double down = lab.stepper.decay_term(lab.parameters.data()).value;
      lab.parameters[i] = theta;
      worst = std::max(worst, std::abs(gradient[static_cast<std::size_t>(i)] + (up - down) / (2 * h)));
      largest_gradient = std::max(largest_gradient, std::abs(gradient[static_cast<std::size_t>(i)]));
    }
  }
  return worst;
}

// Catches: epsilon or lambda in the wrong place, a missing half, the sign of the logarithm, tensors that do not decay.
TEST(DecayTerm, FixedPointsOfEveryOptimiserAreStationaryPointsOfTheObjective) {
  for (const auto& settings :
       {std::vector<const char*>{"optim.epsilon=1e-3", "optim.weight_decay=0.9"},
        std::vector<const char*>{"optim.epsilon=1e-4", "optim.weight_decay=2", "optim.decay=*mlp*"},
        std::vector<const char*>{"optim.kind=adam", "optim.weight_decay=2e-4"},
        std::vector<const char*>{"optim.kind=adam", "optim.weight_decay=2e-4", "penalty.l1.weight=0"}}) {
    Config config;
    for (const char* s : settings) set_config_value(config, s);
    double gradient = 0;
    EXPECT_LT(rest_residual(*resolve_config(config), gradient), 2e-7) << settings.front();
    EXPECT_GT(gradient, 3e-5) << settings.front() << ": decay holds the weights away from the well's bottom";
  }
}

TEST(DecayTerm, GradientDescentHasItsSquaredDecay) {
  StepLab<> lab(step_config({"optim.kind=sgd", "optim.weight_decay=0.02"}));
  const double squares = testing::norm(lab.values()) * testing::norm(lab.values());
  const DecayTerm term = lab.stepper.decay_term(lab.parameters.data());
  EXPECT_NEAR(term.value, 0.01 * squares, 1e-12);
  EXPECT_NEAR(term.pull, 0.02 * squares, 1e-12);
}

TEST(DecayTerm, DecoupledDecayIsItsSumAndItsPull) {
  std::vector<double> theta;
  for (int i = 0; i < 101; ++i) theta.push_back((i % 2 == 0 ? 1 : -1) * 0.9 * i / 101.0);
  double value = 0, pull = 0;
  for (const double t : theta) {
    const double x = std::abs(t);
    value += -x - std::log1p(-x);
    pull += x * x / (1 - x);
  }
  const auto n = static_cast<std::int64_t>(theta.size());
  EXPECT_NEAR(decoupled_decay(theta.data(), n, 1, 1e-8).value, 1e-8 * value, 1e-8 * value * 1e-12);
  EXPECT_NEAR(decoupled_decay(theta.data(), n, 1, 1e-8).pull, 1e-8 * pull, 1e-8 * pull * 1e-12);
  for (double& t : theta) t *= 1e-3;  // epsilon lambda / 2 |theta|^2, 1e-3 off at x = 1e-3
  const DecayTerm small = decoupled_decay(theta.data(), n, 2, 1e-8), half = squared_decay(theta.data(), n, 2e-8);
  EXPECT_NEAR(small.value / half.value, 1, 2e-3);
  EXPECT_NEAR(small.pull / half.pull, 1, 3e-3);
}

TEST(DecayTerm, NothingRestsBeyondTheBoundAndNoDecayIsNone) {
  const std::vector<float> theta = {0.1f, -2.0f};
  EXPECT_TRUE(std::isinf(decoupled_decay(theta.data(), 2, 0.5, 1e-8).value));
  EXPECT_TRUE(std::isfinite(decoupled_decay(theta.data(), 2, 0.49, 1e-8).value));
  EXPECT_EQ(decoupled_decay(theta.data(), 2, 0, 1e-8).value, 0);
}

TEST(DecayTerm, WhereNoObjectiveIsKnownItIsNoNumber) {
  for (const auto& settings : {std::vector<const char*>{"optim.kind=muon"}, std::vector<const char*>{"optim.kind=sam"},
                               std::vector<const char*>{"constraint.norm.value=3"}}) {
    Config config;
    for (const char* s : settings) set_config_value(config, s);
    StepLab<> lab(*resolve_config(config));
    EXPECT_TRUE(std::isnan(lab.stepper.decay_term(lab.parameters.data()).value)) << settings.front();
  }
  // Weights of the laboratory are normal: beyond 1 some of them would have an infinite term.
  StepLab<> penalised(step_config({"penalty.l1.weight=0.5", "optim.weight_decay=0.1"}));
  StepLab<> plain(step_config({"optim.weight_decay=0.1"}));
  double sum = 0;
  for (const double t : plain.values()) sum += std::abs(t);
  EXPECT_NEAR(penalised.stepper.decay_term(penalised.parameters.data()).value,
              plain.stepper.decay_term(plain.parameters.data()).value + 0.5 * sum, 1e-9);
}

}  // namespace
}  // namespace groklab
