// See weights.h.
#include "groklab/probe/weights.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

namespace groklab {
namespace {

using RowMajorMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// [heads, a, b] as [a, heads * b].
std::vector<double> heads_side_by_side(const std::vector<double>& values, std::int64_t heads, std::int64_t a,
                                       std::int64_t b) {
  std::vector<double> out(values.size());
  for (std::int64_t h = 0; h < heads; ++h) {
    for (std::int64_t i = 0; i < a; ++i) {
      for (std::int64_t j = 0; j < b; ++j) {
        out[static_cast<std::size_t>((i * heads + h) * b + j)] = values[static_cast<std::size_t>((h * a + i) * b + j)];
      }
    }
  }
  return out;
}

bool is_weight_matrix(const TensorSpec& spec) { return spec.shape.size() >= 2 && spec.traits.is_weight(); }

std::vector<double> singular_values_of(const Engine& engine, const TensorSpec& spec) {
  std::vector<double> values = engine.tensor(spec);
  std::int64_t rows = spec.shape[0], columns = spec.shape[1];
  if (spec.shape.size() == 3) {
    const bool output = spec.traits.heads == HeadAxis::kRows;
    if (!output) values = heads_side_by_side(values, spec.shape[0], spec.shape[1], spec.shape[2]);
    rows = output ? spec.shape[0] * spec.shape[1] : spec.shape[1];
    columns = output ? spec.shape[2] : spec.shape[0] * spec.shape[2];
  }
  return singular_values(values, rows, columns);
}

}  // namespace

std::vector<double> singular_values(std::span<const double> values, std::int64_t rows, std::int64_t columns) {
  // Vectors are not needed: the triangular factor of the taller shape has the same singular values in less work.
  Eigen::MatrixXd matrix = Eigen::Map<const RowMajorMatrix>(values.data(), rows, columns);
  if (rows < columns) matrix.transposeInPlace();
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(matrix);
  const std::int64_t n = matrix.cols();
  const Eigen::MatrixXd r = qr.matrixQR().topRows(n).triangularView<Eigen::Upper>();
  const Eigen::VectorXd s = Eigen::BDCSVD<Eigen::MatrixXd>(r).singularValues();
  return {s.data(), s.data() + s.size()};
}

double effective_rank(std::span<const double> singular) {
  double sum = 0;
  for (const double s : singular) sum += s;
  if (!(sum > 0)) return std::numeric_limits<double>::quiet_NaN();
  double entropy = 0;
  for (const double s : singular) {
    if (s > 0) entropy -= s / sum * std::log(s / sum);
  }
  return std::exp(entropy);
}

std::vector<TensorResult> measure_weights(const Engine& engine) {
  std::vector<TensorResult> results;
  for (const TensorSpec& spec : engine.layout().tensors()) {
    if (!is_weight_matrix(spec)) continue;
    const std::vector<double> singular = singular_values_of(engine, spec);
    results.push_back({spec.name, singular.front(), effective_rank(singular)});
  }
  return results;
}

WeightNorms weight_norms(const Engine& engine) {
  WeightNorms norms;
  for (const TensorSpec& spec : engine.layout().tensors()) {
    for (const double theta : engine.tensor(spec)) {
      norms.l1 += std::abs(theta);
      norms.l2 += theta * theta;
      norms.largest = std::max(norms.largest, std::abs(theta));
    }
    if (!is_weight_matrix(spec)) continue;
    for (const double singular : singular_values_of(engine, spec)) norms.nuclear += singular;
  }
  norms.l2 = std::sqrt(norms.l2);
  return norms;
}

}  // namespace groklab
