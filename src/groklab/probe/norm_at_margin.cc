// See norm_at_margin.h.
#include "groklab/probe/norm_at_margin.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace groklab {
namespace {

double mean_margin(Engine& engine, const Task& task, std::span<const std::int64_t> rows) {
  const auto columns = static_cast<std::size_t>(engine.logit_columns());
  const auto classes = static_cast<std::size_t>(task.n_classes);
  const std::vector<double> logits = engine.logits(rows);
  double sum = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto y = static_cast<std::size_t>(task.labels[static_cast<std::size_t>(rows[r])]);
    double other = -std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < classes; ++c) {
      if (c != y) other = std::max(other, logits[r * columns + c]);
    }
    sum += logits[r * columns + y] - other;
  }
  return sum / static_cast<double>(rows.size());
}

/// Scales the engine's parameters about those that it had at the start, and puts these back at the end.
class ScaledParameters {
 public:
  explicit ScaledParameters(Engine& engine) : engine_(engine) {
    for (const TensorSpec& spec : engine.layout().tensors()) {
      weights_.push_back(engine.tensor(spec));
      for (const double w : weights_.back()) squares_ += w * w;
    }
  }
  ~ScaledParameters() { set(1); }
  ScaledParameters(const ScaledParameters&) = delete;
  ScaledParameters& operator=(const ScaledParameters&) = delete;

  void set(double factor) {
    for (std::size_t t = 0; t < weights_.size(); ++t) {
      std::vector<double> scaled = weights_[t];
      for (double& w : scaled) w *= factor;
      engine_.set_tensor(engine_.layout().tensors()[t], scaled);
    }
  }
  double squares() const { return squares_; }  ///< sum of the unscaled parameters' squares

 private:
  Engine& engine_;
  std::vector<std::vector<double>> weights_;
  double squares_ = 0;
};

}  // namespace

double norm_at_margin(Engine& engine, const Task& task, std::span<const std::int64_t> rows, double margin) {
  ScaledParameters parameters(engine);
  const auto margin_at = [&](double factor) {
    parameters.set(factor);
    return mean_margin(engine, task, rows);
  };
  const bool shrinks = margin_at(1) >= margin;
  double low = shrinks ? kLeastFactor : 1, high = shrinks ? 1 : kMostFactor;
  if (!(margin_at(low) < margin && margin_at(high) >= margin)) return std::numeric_limits<double>::quiet_NaN();
  while (high / low > 1 + 1e-6) {
    const double middle = std::sqrt(low * high);
    (margin_at(middle) < margin ? low : high) = middle;
  }
  return std::sqrt(low * high * parameters.squares());
}

}  // namespace groklab
