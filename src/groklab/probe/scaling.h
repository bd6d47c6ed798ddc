// What a network does when all its parameters are scaled by one factor: how steeply its margin and its logits grow, and
// how much norm it needs for a given one of them.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "groklab/engine/engine.h"
#include "groklab/task.h"

namespace groklab {

/// Factors on all parameters that norm_at() looks through. Not from far above 1: there the attention's softmax
/// saturates and the margin falls again.
inline constexpr double kLeastFactor = 0.2, kMostFactor = 1.5;
/// ln of the factor, up and down, between which degrees are taken. The third derivative adds some kDegreeStep^2 / 6 of
/// itself; float32 logits are good to 1e-6, a degree to 1e-4.
inline constexpr double kDegreeStep = 0.01;

/// Means over some rows, of the labels that they are trained on and the task's classes alone.
struct RowMeans {
  double margin = 0;         ///< L[y] - max_{c != y} L[c]
  double correct_logit = 0;  ///< L[y] - mean_c L[c]
};
RowMeans row_means(Engine& engine, const Task& task, std::span<const std::int64_t> rows);

/// Scales the engine's parameters about those that it had at the start, and puts these back at the end.
class ScaledParameters {
 public:
  explicit ScaledParameters(Engine& engine);
  ~ScaledParameters() { set(1); }
  ScaledParameters(const ScaledParameters&) = delete;
  ScaledParameters& operator=(const ScaledParameters&) = delete;

  void set(double factor);
  double squares() const { return squares_; }  ///< sum of the unscaled parameters' squares

 private:
  Engine& engine_;
  std::vector<std::vector<double>> weights_;
  double squares_ = 0;
};

/// d ln (quantity) / d ln (factor on all parameters, biases included), at the network as it is: the degree of
/// homogeneity, which is the depth of a network of matrices without biases. NaN where the mean is not positive. The
/// engine's parameters are the same afterwards.
struct Degrees {
  double margin = 0, correct_logit = 0;
};
Degrees homogeneity_degrees(Engine& engine, const Task& task, std::span<const std::int64_t> rows);

/// ||theta||_2 when all parameters are scaled by one factor such that `quantity` of the mean over rows is `level`, to a
/// relative 1e-6. NaN if no factor from kLeastFactor to kMostFactor does. The engine's parameters are the same
/// afterwards.
double norm_at(Engine& engine, const Task& task, std::span<const std::int64_t> rows, double RowMeans::*quantity,
               double level);

/// norm_at() a mean centred correct logit: how much norm this very circuit needs for the logit that is in the paper's
/// o_y (Varma et al. 2023), beside norm_at_margin.
inline double norm_at_logit(Engine& engine, const Task& task, std::span<const std::int64_t> rows, double logit) {
  return norm_at(engine, task, rows, &RowMeans::correct_logit, logit);
}

}  // namespace groklab
