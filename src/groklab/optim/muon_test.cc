// Muon against plain loops, and which tensors it takes.
#include <gtest/gtest.h>

#include "groklab/config/component.h"
#include "groklab/config/config_test_util.h"
#include "groklab/optim/step_fixture_for_test.h"
#include "groklab/optim/tensor_matrix.h"

namespace groklab {
namespace {

using testing::distance;
using testing::step_config;
using testing::StepLab;
using testing::Vector;
using testing::wavy_gradient;

using Rows = std::vector<Vector>;

constexpr double kRounding = 1e-12;  // 1e-16 times some 10 terms a sum, and up to 3.4^5 in the iteration

Rows times(const Rows& a, const Rows& b, bool transpose_b) {
  Rows c(a.size(), Vector(transpose_b ? b.size() : b[0].size(), 0.0));
  for (std::size_t i = 0; i < c.size(); ++i) {
    for (std::size_t j = 0; j < c[i].size(); ++j) {
      for (std::size_t k = 0; k < a[i].size(); ++k) c[i][j] += a[i][k] * (transpose_b ? b[j][k] : b[k][j]);
    }
  }
  return c;
}

/// X <- a X + b (X X^T) X + c (X X^T)^2 X, whatever the shape of X.
Rows newton_schulz(Rows x, int steps, double a, double b, double c) {
  double squares = 0;
  for (const Vector& row : x) {
    for (const double number : row) squares += number * number;
  }
  for (Vector& row : x) {
    for (double& number : row) number /= std::sqrt(squares);
  }
  for (int step = 0; step < steps; ++step) {
    const Rows gram = times(x, x, true), once = times(gram, x, false), twice = times(gram, once, false);
    for (std::size_t i = 0; i < x.size(); ++i) {
      for (std::size_t j = 0; j < x[i].size(); ++j) x[i][j] = a * x[i][j] + b * once[i][j] + c * twice[i][j];
    }
  }
  return x;
}

/// What one step makes of one hidden matrix, from a buffer of zeros.
Vector first_step(const StepLab<>& lab, const TensorSpec& spec, const Vector& gradient, bool nesterov, double decay,
                  double factor) {
  const double rate = 0.02, momentum = 0.9;
  const MatrixPlace place = seen_as_matrix(spec);
  const auto at = [&](std::size_t k, std::size_t n) {
    return static_cast<std::size_t>(place_of(place, static_cast<std::int64_t>(k), static_cast<std::int64_t>(n)));
  };
  Rows x(static_cast<std::size_t>(place.depth), Vector(static_cast<std::size_t>(place.n)));
  for (std::size_t k = 0; k < x.size(); ++k) {
    for (std::size_t n = 0; n < x[k].size(); ++n) {
      const double average = (1 - momentum) * gradient[at(k, n)];
      x[k][n] = nesterov ? (1 - momentum) * gradient[at(k, n)] + momentum * average : average;
    }
  }
  const Rows direction = newton_schulz(x, 5, 3.4445, -4.7750, 2.0315);
  Vector expected = lab.values();
  for (std::size_t k = 0; k < x.size(); ++k) {
    for (std::size_t n = 0; n < x[k].size(); ++n) {
      double& number = expected[at(k, n)];
      number = number * (1 - rate * decay) - rate * factor * direction[k][n];
    }
  }
  return Vector(expected.begin() + spec.offset, expected.begin() + spec.offset + spec.size);
}

// Fails for a wrong coefficient, a head in the wrong place, a transposed matrix, or a factor of inputs/outputs.
TEST(Muon, HiddenMatricesMoveAsWritten) {
  for (const bool match : {false, true}) {
    for (const bool nesterov : {false, true}) {
      Config config =
          step_config({"optim.kind=muon", "optim.muon.momentum=0.9", "optim.weight_decay=0.3", "optim.decay=*W_in"});
      set_config_value(config, nesterov ? "optim.muon.nesterov=true" : "optim.muon.nesterov=false");
      set_config_value(config, match ? "optim.muon.adjust=match_rms_adamw" : "optim.muon.adjust=original");
      StepLab<> lab(config);
      const StepLab<> start(config);
      lab.step(0.02, wavy_gradient);
      const auto expect = [&](const char* name, double inputs, double outputs) {
        const double factor =
            match ? 0.2 * std::sqrt(std::max(inputs, outputs)) : std::sqrt(std::max(1.0, outputs / inputs));
        const double decay = std::string(name).ends_with("W_in") ? 0.3 : 0.0;
        const Vector expected =
            first_step(start, lab.layout.at(name), wavy_gradient(start.values()), nesterov, decay, factor);
        EXPECT_LT(distance(lab.values(name), expected), kRounding) << name;
      };
      expect("blocks.0.attn.W_Q", 4, 6);   // [2, 4, 3]
      expect("blocks.0.attn.W_O", 6, 4);   // [2, 3, 4]
      expect("blocks.0.mlp.W_in", 4, 7);   // wide
      expect("blocks.0.mlp.W_out", 7, 4);  // tall
    }
  }
}

// Embeddings, unembedding and biases move as AdamW would move them, at a rate of their own.
TEST(Muon, LeavesOtherTensorsToAdamW) {
  StepLab<> muon(step_config({"optim.kind=muon", "optim.muon.adamw_factor=0.5", "optim.weight_decay=0.3"}));
  StepLab<> adamw(step_config({"optim.weight_decay=0.3"}));
  for (int t = 0; t < 3; ++t) {
    muon.step(0.02, wavy_gradient);
    adamw.step(0.01, wavy_gradient);
  }
  for (const char* name : {"embed.W_E", "unembed.W_U", "blocks.0.mlp.b_in"}) {
    EXPECT_EQ(muon.values(name), adamw.values(name)) << name;
  }
  EXPECT_GT(distance(muon.values("blocks.0.mlp.W_in"), adamw.values("blocks.0.mlp.W_in")), 0.01);
  ASSERT_EQ(muon.stepper.buffers().size(), 3u);
  EXPECT_EQ(muon.stepper.buffers()[0].name, "muon.momentum");
}

// Singular values of the update lie near 1, so its squares sum to about the rank times the squared rate.
TEST(Muon, UpdatesAreNearlyOrthogonal) {
  StepLab<> lab(step_config({"optim.kind=muon", "optim.weight_decay=0", "optim.muon.adjust=original"}));
  const Vector before = lab.values("blocks.0.mlp.W_out");
  lab.step(0.1, wavy_gradient);
  const double change = distance(lab.values("blocks.0.mlp.W_out"), before) / 0.1;
  EXPECT_GT(change, std::sqrt(4 * 0.5));
  EXPECT_LT(change, std::sqrt(4 * 1.5));
}

TEST(Muon, ValuesOutOfRangeAreRefused) {
  EXPECT_NE(set_error("optim.muon.momentum=1").find("[0, 1)"), std::string::npos);
  EXPECT_NE(set_error("optim.muon.steps=100").find("[0, 99]"), std::string::npos);
  EXPECT_NE(set_error("optim.muon.adjust=rms").find("original, match_rms_adamw"), std::string::npos);
  EXPECT_TRUE(check_error("optim.kind=muon", "optim.momentum=0.9").ends_with("found optim.kind = muon"));
}

// Defaults are torch.optim.Muon's: a run that names none is the run that PyTorch would make.
TEST(Muon, DefaultsAreThoseOfPyTorch) {
  const Config config;
  EXPECT_EQ(number_setting(config, "optim.muon.momentum"), 0.95);
  EXPECT_EQ(number_setting(config, "optim.muon.epsilon"), 1e-7);
}

}  // namespace
}  // namespace groklab
