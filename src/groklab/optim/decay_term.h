// What weight decay adds to the objective that a full-batch optimiser comes to rest at: R(theta), such that its fixed
// points are stationary points of F = loss + R. docs/decisions/objective.md derives the terms.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace groklab {

struct DecayTerm {
  double value = 0;  ///< R
  double pull = 0;   ///< theta . grad R: at a fixed point -theta . grad loss
};
inline DecayTerm& operator+=(DecayTerm& a, const DecayTerm& b) {
  a.value += b.value;
  a.pull += b.pull;
  return a;
}
inline constexpr DecayTerm kNoDecayTerm = {std::numeric_limits<double>::quiet_NaN(),
                                           std::numeric_limits<double>::quiet_NaN()};

/// lambda/2 sum theta^2: decay that joins the loss.
template <typename T>
DecayTerm squared_decay(const T* theta, std::int64_t n, double lambda) {
  double squares = 0;
  for (std::int64_t i = 0; i < n; ++i) squares += static_cast<double>(theta[i]) * static_cast<double>(theta[i]);
  return {0.5 * lambda * squares, lambda * squares};
}

/// (epsilon / lambda) sum [-x - ln(1 - x)], x = lambda |theta|: decoupled decay beside a step of g / (|g| + epsilon)
/// (Xie and Li 2024 find the bound 1 / lambda). Infinite from x = 1 on, where nothing rests. One logarithm for 32
/// numbers: records are taken often. To 1e-13 of the value for x > 0.01; 1e-10 for x = 1e-5, where it is nothing beside
/// the rest.
template <typename T>
DecayTerm decoupled_decay(const T* theta, std::int64_t n, double lambda, double epsilon) {
  if (lambda == 0) return {};
  constexpr std::int64_t kTogether = 32;
  double sum = 0, pull = 0;
  for (std::int64_t first = 0; first < n; first += kTogether) {
    const std::int64_t end = first + kTogether < n ? first + kTogether : n;
    double product = 1, linear = 0;
    bool outside = false;
    for (std::int64_t i = first; i < end; ++i) {
      const double x = lambda * std::abs(static_cast<double>(theta[i]));
      outside = outside || !(x < 1);
      product *= 1 - x;
      linear += x;
      pull += x * x / (1 - x);
    }
    if (outside) return {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
    sum += -linear - std::log(product);
  }
  return {epsilon / lambda * sum, epsilon / lambda * pull};
}

}  // namespace groklab
