// See scaling.h.
#include "groklab/probe/scaling.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace groklab {

RowMeans row_means(Engine& engine, const Task& task, std::span<const std::int64_t> rows) {
  const auto columns = static_cast<std::size_t>(engine.logit_columns());
  const auto classes = static_cast<std::size_t>(task.n_classes);
  const std::vector<double> logits = engine.logits(rows);
  RowMeans sum;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto y = static_cast<std::size_t>(task.labels[static_cast<std::size_t>(rows[r])]);
    double other = -std::numeric_limits<double>::infinity(), mean = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      if (c != y) other = std::max(other, logits[r * columns + c]);
      mean += logits[r * columns + c];
    }
    sum.margin += logits[r * columns + y] - other;
    sum.correct_logit += logits[r * columns + y] - mean / static_cast<double>(classes);
  }
  const auto n = static_cast<double>(rows.size());
  return {sum.margin / n, sum.correct_logit / n};
}

ScaledParameters::ScaledParameters(Engine& engine) : engine_(engine) {
  for (const TensorSpec& spec : engine.layout().tensors()) {
    weights_.push_back(engine.tensor(spec));
    for (const double w : weights_.back()) squares_ += w * w;
  }
}

void ScaledParameters::set(double factor) {
  for (std::size_t t = 0; t < weights_.size(); ++t) {
    std::vector<double> scaled = weights_[t];
    for (double& w : scaled) w *= factor;
    engine_.set_tensor(engine_.layout().tensors()[t], scaled);
  }
}

Degrees homogeneity_degrees(Engine& engine, const Task& task, std::span<const std::int64_t> rows) {
  ScaledParameters parameters(engine);
  parameters.set(std::exp(kDegreeStep));
  const RowMeans up = row_means(engine, task, rows);
  parameters.set(std::exp(-kDegreeStep));
  const RowMeans down = row_means(engine, task, rows);
  const auto degree = [](double above, double below) {
    return above > 0 && below > 0 ? std::log(above / below) / (2 * kDegreeStep)
                                  : std::numeric_limits<double>::quiet_NaN();
  };
  return {degree(up.margin, down.margin), degree(up.correct_logit, down.correct_logit)};
}

double norm_at(Engine& engine, const Task& task, std::span<const std::int64_t> rows, double RowMeans::*quantity,
               double level) {
  ScaledParameters parameters(engine);
  const auto value_at = [&](double factor) {
    parameters.set(factor);
    return row_means(engine, task, rows).*quantity;
  };
  const bool shrinks = value_at(1) >= level;
  double low = shrinks ? kLeastFactor : 1, high = shrinks ? 1 : kMostFactor;
  if (!(value_at(low) < level && value_at(high) >= level)) return std::numeric_limits<double>::quiet_NaN();
  while (high / low > 1 + 1e-6) {
    const double middle = std::sqrt(low * high);
    (value_at(middle) < level ? low : high) = middle;
  }
  return std::sqrt(low * high * parameters.squares());
}

}  // namespace groklab
