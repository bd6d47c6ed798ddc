// Orthogonal gradients against the projection written out.
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

/// What the base optimiser should see: of each tensor the part across it, as long as before.
Vector projected_gradient(const ParameterLayout& layout, const Vector& theta) {
  Vector gradient = wavy_gradient(theta);
  for (const TensorSpec& spec : layout.tensors()) {
    const auto at = static_cast<std::size_t>(spec.offset), size = static_cast<std::size_t>(spec.size);
    const Vector w(theta.begin() + spec.offset, theta.begin() + spec.offset + spec.size);
    Vector g(gradient.begin() + spec.offset, gradient.begin() + spec.offset + spec.size);
    const double before = norm(g);
    double along = 0;
    for (std::size_t i = 0; i < size; ++i) along += g[i] * w[i] / (norm(w) * norm(w));
    for (std::size_t i = 0; i < size; ++i) g[i] -= along * w[i];
    const double after = norm(g);
    for (std::size_t i = 0; i < size; ++i) gradient[at + i] = g[i] * before / after;
  }
  return gradient;
}

// Fails if the projection is over all tensors at once, or the length is not given back.
TEST(Orthogonal, BaseOptimiserTakesThePartAcrossEachTensor) {
  for (const char* base : {"adamw", "adam", "sgd"}) {
    Config config = step_config({"optim.kind=orthogonal", "optim.weight_decay=0.1"});
    set_config_value(config, std::string("optim.orthogonal.base=") + base);
    Config plain = step_config({"optim.weight_decay=0.1"});
    plain.optim.kind = base;
    StepLab<> lab(config, 2), expected(plain);
    for (int t = 0; t < 4; ++t) {
      lab.step(0.05, wavy_gradient);
      expected.step(0.05, [&](const Vector& theta) { return projected_gradient(lab.layout, theta); });
      EXPECT_LT(distance(lab.values(), expected.values()), 1e-13) << base;  // 1e-16 times sums of some 100
    }
    ASSERT_EQ(lab.stepper.buffers().size(), expected.stepper.buffers().size()) << "a fork may go on as plain " << base;
  }
}

TEST(Orthogonal, ASmallStepKeepsEachTensorsNorm) {
  StepLab<> lab(step_config({"optim.kind=orthogonal", "optim.orthogonal.base=sgd", "optim.weight_decay=0"}));
  StepLab<> plain(step_config({"optim.kind=sgd", "optim.weight_decay=0"}));
  const double before = norm(lab.values("embed.W_E"));
  lab.step(1e-4, wavy_gradient);
  plain.step(1e-4, wavy_gradient);
  const double own = std::abs(norm(lab.values("embed.W_E")) - before);
  EXPECT_LT(own, 0.01 * std::abs(norm(plain.values("embed.W_E")) - before)) << "second order in the step";
}

TEST(Orthogonal, ZerosStayFinite) {
  StepLab<> lab(step_config({"optim.kind=orthogonal", "optim.orthogonal.base=sgd", "optim.weight_decay=0"}));
  const Vector before = lab.values();
  lab.step(0.05, [](const Vector& theta) { return Vector(theta.size(), 0.0); });
  EXPECT_EQ(lab.values(), before);
}

TEST(Orthogonal, MomentumNeedsABaseThatHasOne) {
  EXPECT_EQ(check_error("optim.kind=orthogonal", "optim.momentum=0.9"),
            "optim.momentum = 0.9: expected 0 unless optim.orthogonal.base = sgd, found optim.orthogonal.base = adamw");
}

}  // namespace
}  // namespace groklab
