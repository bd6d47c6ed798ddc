// AdamW, Adam with L2 and SGD against plain scalar formulas written here, over many steps and with tensors that span
// several of the optimiser's blocks; which tensors decay; learning rates.
#include "groklab/optim/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/base/random.h"
#include "groklab/optim/learning_rate.h"
#include "groklab/optim/stepper.h"
#include "groklab/optim/tensor_choice.h"

namespace groklab {
namespace {

ParameterLayout test_layout() {
  ParameterLayout layout;
  layout.add("W_E", {7, 3});       // padded from 21 to 32 numbers
  layout.add("W_in", {170, 100});  // 17,000: longer than one block of 16,384
  layout.add("b_in", {100});
  return layout;
}

/// All that these tests know of the optimiser's interface.
template <typename T>
class Updates {
 public:
  Updates(const OptimConfig& optim, const ParameterLayout& layout, int threads = 1)
      : config_(with(optim)),
        layout_(layout),
        stepper_(config_, layout_, best_kernels<T>()),
        pool_(threads),
        p_(layout.total()),
        g_(layout.total()) {}
  AlignedBuffer<T>& parameters() { return p_; }
  AlignedBuffer<T>& gradient() { return g_; }
  double update(double learning_rate, std::int64_t step, bool want_norm = true) {
    const std::function<T*(const T*)> gradient_at = [this](const T*) { return g_.data(); };
    return stepper_.step({p_.data(), g_.data(), learning_rate, step, step, want_norm, pool_, gradient_at});
  }
  void reset() { stepper_.reset(); }

 private:
  static Config with(const OptimConfig& optim) {
    Config config;
    config.optim = optim;
    return config;
  }
  const Config config_;
  ParameterLayout layout_;
  Stepper<T> stepper_;
  ThreadPool pool_;
  AlignedBuffer<T> p_, g_;
};

/// One number's update as the papers write it: Kingma and Ba 2015, algorithm 1; Loshchilov and Hutter 2019, algorithm
/// 2; Sutskever et al. 2013 as PyTorch has it.
struct Scalar {
  double p = 0, m = 0, v = 0;
  void update(const OptimConfig& c, bool decays, double g, double rate, std::int64_t t) {
    const double decay = decays ? c.weight_decay : 0.0;
    if (c.kind == "sgd") {
      m = c.momentum * m + g + decay * p;
      p = p - rate * m;
      return;
    }
    if (c.kind == "adam") g = g + decay * p;
    const double shrunk = c.kind == "adamw" ? p - rate * decay * p : p;
    m = c.beta1 * m + (1 - c.beta1) * g;
    v = c.beta2 * v + (1 - c.beta2) * g * g;
    const double m_hat = m / (1 - std::pow(c.beta1, t)), v_hat = v / (1 - std::pow(c.beta2, t));
    p = shrunk - rate * m_hat / (std::sqrt(v_hat) + c.epsilon);
  }
};

/// Follows 25 updates with fresh random gradients; a reset after the 10th if wanted.
template <typename T>
void follow(const OptimConfig& config, bool reset_after_ten = false, int threads = 1) {
  const ParameterLayout layout = test_layout();
  Updates<T> updates(config, layout, threads);
  std::vector<Scalar> reference(static_cast<std::size_t>(layout.total()));
  RandomStream random(5, StreamPurpose::kBootstrap);
  for (const TensorSpec& spec : layout.tensors()) {
    for (std::int64_t i = spec.offset; i < spec.offset + spec.size; ++i) {
      updates.parameters()[i] = static_cast<T>(random.next_normal());
      reference[static_cast<std::size_t>(i)].p = static_cast<double>(updates.parameters()[i]);
    }
  }
  const double epsilon = std::numeric_limits<T>::epsilon();
  std::int64_t t = 0;
  for (int step = 1; step <= 25; ++step) {
    ++t;
    const double rate = 0.01 * (1 + step % 3);
    double squares = 0;
    for (const TensorSpec& spec : layout.tensors()) {
      for (std::int64_t i = spec.offset; i < spec.offset + spec.size; ++i) {
        updates.gradient()[i] = static_cast<T>(random.next_normal());
        Scalar& one = reference[static_cast<std::size_t>(i)];
        const double before = one.p;
        one.update(config, spec.name == "W_in", static_cast<double>(updates.gradient()[i]), rate, t);
        squares += (one.p - before) * (one.p - before);
      }
    }
    // The squares of 17,000 changes, each with a few roundings relative to the number itself.
    EXPECT_NEAR(updates.update(rate, t), squares, squares * (2000 * epsilon)) << "step " << step;
    if (reset_after_ten && step == 10) {
      updates.reset();
      for (Scalar& one : reference) one.m = one.v = 0;
      t = 0;
    }
  }
  for (const TensorSpec& spec : layout.tensors()) {
    double worst = 0, padding = 0;
    for (std::int64_t i = spec.offset; i < spec.offset + spec.size; ++i) {
      const double expected = reference[static_cast<std::size_t>(i)].p;
      worst = std::max(worst, std::abs(static_cast<double>(updates.parameters()[i]) - expected));
    }
    for (std::int64_t i = spec.offset + spec.size; i % 16 != 0; ++i) padding += std::abs(updates.parameters()[i]);
    EXPECT_LT(worst, 25 * 20 * epsilon) << spec.name;  // some 20 roundings a step at numbers of size 1
    EXPECT_EQ(padding, 0) << spec.name;
  }
}

OptimConfig config_of(const char* kind) {
  OptimConfig config;
  config.kind = kind;
  config.weight_decay = 0.7;
  config.decay = "W_in";
  config.beta1 = 0.8;
  config.beta2 = 0.95;
  config.epsilon = 1e-3;  // large enough to be seen
  return config;
}

// Each catches: a moment or correction with the wrong beta, decay on the wrong tensors or at the wrong place, a block
// that is left out or made twice, a bias correction by another step.
TEST(Optimizer, AdamWFollowsTheScalarFormula) {
  follow<double>(config_of("adamw"));
  follow<float>(config_of("adamw"));
}

TEST(Optimizer, AdamHasItsDecayInTheGradient) {
  follow<double>(config_of("adam"));
  follow<float>(config_of("adam"));
}

TEST(Optimizer, SgdWithMomentumFollowsTheScalarFormula) {
  OptimConfig config = config_of("sgd");
  config.momentum = 0.9;
  follow<double>(config);
  follow<float>(config);
  config.momentum = 0;
  follow<double>(config);
}

// Catches: a reset that keeps one of the buffers.
TEST(Optimizer, ResetForgetsEveryMoment) {
  follow<double>(config_of("adamw"), true);
  OptimConfig sgd = config_of("sgd");
  sgd.momentum = 0.9;
  follow<double>(sgd, true);
}

// Catches: a result that depends on which thread made a block.
TEST(Optimizer, ThreadsDoNotChangeABit) {
  const ParameterLayout layout = test_layout();
  const OptimConfig config = config_of("adamw");
  Updates<float> one(config, layout), three(config, layout, 3);
  for (std::int64_t i = 0; i < layout.total(); ++i) {
    one.gradient()[i] = three.gradient()[i] = static_cast<float>(std::sin(static_cast<double>(i)));
  }
  for (int step = 1; step <= 5; ++step) EXPECT_EQ(one.update(0.1, step), three.update(0.1, step));
  for (std::int64_t i = 0; i < layout.total(); ++i) ASSERT_EQ(one.parameters()[i], three.parameters()[i]);
}

TEST(Optimizer, TheNormIsMeasuredOnlyIfWanted) {
  Updates<double> updates(config_of("adamw"), test_layout());
  for (std::int64_t i = 0; i < 21; ++i) updates.gradient()[i] = 1;
  EXPECT_GT(updates.update(0.1, 1, true), 0);
  EXPECT_EQ(updates.update(0.1, 2, false), 0);
}

std::vector<bool> decays(const std::string& globs) {
  OptimConfig config;
  config.decay = globs;
  return decayed_tensors(config, test_layout());
}

// Catches: globs after the first that are dropped, spaces that count, a later glob that undoes an earlier one.
TEST(Optimizer, GlobsChooseTheTensorsThatDecay) {
  using Flags = std::vector<bool>;
  EXPECT_EQ(decays("*"), (Flags{true, true, true}));
  EXPECT_EQ(decays("W_*"), (Flags{true, true, false}));
  EXPECT_EQ(decays(" b_in , W_E "), (Flags{true, false, true}));
  EXPECT_EQ(decays("W_E,,b_*,"), (Flags{true, false, true}));
  EXPECT_EQ(decays("W_in,W_[A-F]"), (Flags{true, true, false}));
  EXPECT_EQ(decays(""), (Flags{false, false, false}));
}

TEST(Optimizer, AGlobWithoutATensorIsAnErrorThatNamesIt) {
  try {
    decays("W_*,W_out");
    FAIL() << "expected an error";
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("found W_out"), std::string::npos) << text;
    EXPECT_NE(text.find("W_E, W_in, b_in"), std::string::npos) << text;
  }
}

// Catches: a warm-up or cosine one step off, a final rate that is not reached.
TEST(LearningRate, WarmsUpLinearlyThenFollowsTheCosine) {
  OptimConfig config;
  config.learning_rate = 0.5;
  config.warmup_steps = 10;
  EXPECT_DOUBLE_EQ(learning_rate_at(config, 1, 1, 110), 0.05);
  EXPECT_DOUBLE_EQ(learning_rate_at(config, 9, 9, 110), 0.45);
  for (const std::int64_t step : {10, 11, 60, 110}) EXPECT_EQ(learning_rate_at(config, step, step, 110), 0.5);
  config.schedule = Schedule::kCosine;
  config.final_lr_fraction = 0.2;
  EXPECT_DOUBLE_EQ(learning_rate_at(config, 5, 5, 110), 0.25);
  EXPECT_DOUBLE_EQ(learning_rate_at(config, 10, 10, 110), 0.5);
  EXPECT_DOUBLE_EQ(learning_rate_at(config, 35, 35, 110), 0.5 * (0.2 + 0.8 * 0.5 * (1 + std::sqrt(0.5))));
  EXPECT_DOUBLE_EQ(learning_rate_at(config, 60, 60, 110), 0.3);
  EXPECT_DOUBLE_EQ(learning_rate_at(config, 110, 110, 110), 0.1);
  EXPECT_DOUBLE_EQ(learning_rate_at(config, 200, 200, 110), 0.1) << "past the end it stays";
  // A fork counts its parent's steps for the warm-up, its own for the cosine.
  EXPECT_DOUBLE_EQ(learning_rate_at(config, 1005, 5, 110), 0.5);
  config.warmup_steps = 0;
  EXPECT_DOUBLE_EQ(learning_rate_at(config, 1, 50, 100), 0.3);
}

}  // namespace
}  // namespace groklab
