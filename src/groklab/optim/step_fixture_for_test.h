// Steps a small set of tensors without a network, for the tests of optimisers, penalties and constraints.
#pragma once

#include <cmath>
#include <functional>
#include <initializer_list>
#include <vector>

#include "groklab/base/random.h"
#include "groklab/optim/stepper.h"

namespace groklab::testing {

inline Config step_config(std::initializer_list<const char*> settings) {
  Config config;
  for (const char* s : settings) set_config_value(config, s);
  return *resolve_config(config);
}

/// An embedding, attention matrices of 2 heads, a wide and a tall matrix, and a bias.
inline ParameterLayout step_layout() {
  ParameterLayout layout;
  layout.add("embed.W_E", {5, 4}, {.role = TensorRole::kEmbedding});
  layout.add("blocks.0.attn.W_Q", {2, 4, 3}, {.fan_in = 4, .heads = HeadAxis::kColumns});
  layout.add("blocks.0.attn.W_O", {2, 3, 4}, {.fan_in = 6, .heads = HeadAxis::kRows});
  layout.add("blocks.0.mlp.W_in", {4, 7}, {.fan_in = 4});
  layout.add("blocks.0.mlp.b_in", {7}, {.role = TensorRole::kBias, .fan_in = 4});
  layout.add("blocks.0.mlp.W_out", {7, 4}, {.fan_in = 7});
  layout.add("unembed.W_U", {4, 5}, {.role = TensorRole::kUnembedding, .fan_in = 4});
  return layout;
}

using Vector = std::vector<double>;

/// A stepper with its parameters, all in double as seen from outside.
template <typename T = double>
struct StepLab {
  explicit StepLab(const Config& c, int threads = 1)
      : config(c),
        layout(step_layout()),
        pool(threads),
        stepper(config, layout, best_kernels<T>()),
        parameters(layout.total()),
        gradient(layout.total()),
        other(layout.total()) {
    RandomStream stream(3, StreamPurpose::kInit);
    for (const TensorSpec& spec : layout.tensors()) {
      for (std::int64_t i = 0; i < spec.size; ++i) parameters[spec.offset + i] = static_cast<T>(stream.next_normal());
    }
  }

  /// One update with gradients from `gradient_of`. Returns ||delta theta||^2.
  double step(double learning_rate, const std::function<Vector(const Vector&)>& gradient_of) {
    ++steps;
    const std::function<T*(const T*)> gradient_at = [&](const T* at) {
      fill(other, gradient_of(Vector(at, at + layout.total())));
      return other.data();
    };
    fill(gradient, gradient_of(values()));
    return stepper.step({parameters.data(), gradient.data(), learning_rate, steps, steps, true, pool, gradient_at});
  }

  Vector values() const { return Vector(parameters.data(), parameters.data() + layout.total()); }
  Vector values(const char* tensor) const {
    const TensorSpec& spec = layout.at(tensor);
    return Vector(parameters.data() + spec.offset, parameters.data() + spec.offset + spec.size);
  }
  static void fill(AlignedBuffer<T>& to, const Vector& from) {
    for (std::int64_t i = 0; i < to.size(); ++i) to[i] = static_cast<T>(from[static_cast<std::size_t>(i)]);
  }

  Config config;
  ParameterLayout layout;
  ThreadPool pool;
  Stepper<T> stepper;
  AlignedBuffer<T> parameters, gradient, other;
  std::int64_t steps = 0;
};

/// A gradient that depends on the parameters and is zero where they are (as padding is).
inline Vector wavy_gradient(const Vector& parameters) {
  Vector gradient(parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) gradient[i] = std::sin(3 * parameters[i]) + 0.2 * parameters[i];
  return gradient;
}

inline double norm(const Vector& v) {
  double squares = 0;
  for (const double x : v) squares += x * x;
  return std::sqrt(squares);
}
inline double distance(const Vector& a, const Vector& b) {
  Vector difference(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) difference[i] = a[i] - b[i];
  return norm(difference);
}

}  // namespace groklab::testing
