// See least_squares.h. By modified Gram and Schmidt on centred columns.
#include "groklab/analysis/least_squares.h"

#include <cmath>
#include <limits>

namespace groklab {
namespace {

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double take_mean(std::vector<double>& values) {
  double mean = 0;
  for (const double v : values) mean += v / static_cast<double>(values.size());
  for (double& v : values) v -= mean;
  return mean;
}

void subtract(std::vector<double>& from, double factor, std::span<const double> column) {
  for (std::size_t i = 0; i < from.size(); ++i) from[i] -= factor * column[i];
}

/// Orthonormal columns with what made them: column j = sum over k <= j of r[k][j] q[k].
struct Basis {
  std::vector<std::vector<double>> q;
  std::vector<std::vector<double>> r;
};

Basis orthonormal(std::vector<std::vector<double>> columns) {
  constexpr double kDependent = 1e-10;
  const std::size_t n = columns.size();
  Basis basis{{}, std::vector<std::vector<double>>(n, std::vector<double>(n, 0))};
  for (std::size_t j = 0; j < n; ++j) {
    const double whole = std::sqrt(dot(columns[j], columns[j]));
    for (std::size_t k = 0; k < j; ++k) {
      basis.r[k][j] = dot(basis.q[k], columns[j]);
      subtract(columns[j], basis.r[k][j], basis.q[k]);
    }
    const double length = std::sqrt(dot(columns[j], columns[j]));
    const bool dependent = !(length > kDependent * whole);
    basis.r[j][j] = dependent ? 0 : length;
    for (double& v : columns[j]) v = dependent ? 0 : v / length;
    basis.q.push_back(columns[j]);
  }
  return basis;
}

}  // namespace

double LinearFit::at(std::span<const double> values) const { return intercept + dot(slopes, values); }

LinearFit least_squares(std::span<const double> y, std::span<const std::vector<double>> columns) {
  constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  const std::size_t n = columns.size();
  if (y.empty()) return {kNothing, std::vector<double>(n, kNothing), kNothing};
  std::vector<double> rest(y.begin(), y.end()), means;
  const double y_mean = take_mean(rest);
  const double total = dot(rest, rest);
  std::vector<std::vector<double>> centred(columns.begin(), columns.end());
  for (std::vector<double>& column : centred) means.push_back(take_mean(column));
  const Basis basis = orthonormal(centred);
  std::vector<double> along;
  for (const std::vector<double>& q : basis.q) {
    along.push_back(dot(rest, q));
    subtract(rest, along.back(), q);
  }
  LinearFit fit{y_mean, std::vector<double>(n, 0), total > 0 ? 1 - dot(rest, rest) / total : kNothing};
  for (std::size_t j = n; j-- > 0;) {
    double value = along[j];
    for (std::size_t k = j + 1; k < n; ++k) value -= basis.r[j][k] * fit.slopes[k];
    fit.slopes[j] = basis.r[j][j] > 0 ? value / basis.r[j][j] : 0;
    fit.intercept -= fit.slopes[j] * means[j];
  }
  return fit;
}

}  // namespace groklab
