// Penalties alone, by the name of their descriptor: value, gradient, and the one against the other.
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "groklab/base/error.h"
#include "groklab/optim/step_fixture_for_test.h"

namespace groklab::testing {

/// A penalty with all that it refers to.
struct PenaltyLab {
  PenaltyLab(const std::string& name, const Config& c) : config(c), layout(step_layout()), pool(1) {
    const StepSetup<double> setup{config, layout, best_kernels<double>(), buffers};
    for (const PenaltyDescriptor* descriptor : penalties()) {
      if (descriptor->spec.name == name) penalty = descriptor->make(setup);
    }
    require(penalty != nullptr, "a test names a penalty that does not exist");
  }
  Config config;
  ParameterLayout layout;
  ThreadPool pool;
  StateBuffers<double> buffers;
  std::unique_ptr<Penalty<double>> penalty;
};

inline double penalty_value(const std::string& name, const Config& config, const Vector& parameters) {
  return PenaltyLab(name, config).penalty->value(parameters.data());
}

inline Vector penalty_gradient(const std::string& name, const Config& config, const Vector& parameters) {
  PenaltyLab lab(name, config);
  Vector gradient(parameters.size(), 0.0);
  lab.penalty->add_gradient(gradient.data(), parameters.data(), lab.pool);
  return gradient;
}

/// Relative difference of the gradient from central differences of order 4 at the fixture's parameters.
inline double penalty_gradient_error(const std::string& name, const Config& config) {
  const StepLab<> start(config);
  const Vector theta = start.values(), gradient = penalty_gradient(name, config, theta);
  PenaltyLab lab(name, config);
  Vector slopes(theta.size(), 0.0);
  for (const TensorSpec& spec : start.layout.tensors()) {
    for (std::int64_t k = spec.offset; k < spec.offset + spec.size; ++k) {
      const auto i = static_cast<std::size_t>(k);
      const double h = 1e-5;
      const auto value_at = [&](double shift) {
        Vector moved = theta;
        moved[i] += shift;
        return lab.penalty->value(moved.data());
      };
      slopes[i] = (8 * (value_at(h) - value_at(-h)) - (value_at(2 * h) - value_at(-2 * h))) / (12 * h);
    }
  }
  return distance(gradient, slopes) / norm(slopes);
}

}  // namespace groklab::testing
