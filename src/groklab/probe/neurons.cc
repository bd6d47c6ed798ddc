// See neurons.h.
#include "groklab/probe/neurons.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "groklab/probe/frequencies.h"

namespace groklab {
namespace {

/// Fractions of each neuron's response to input `which` by component, [n, components], the trivial one 0; all 0 where
/// the response is constant.
std::vector<double> response_fractions(const TaskGroup& group, const Task& task, std::span<const double> activations,
                                       std::int64_t n, std::int64_t which) {
  const std::int64_t order = group.group.order;
  std::vector<double> mean(static_cast<std::size_t>(order * n), 0.0);
  std::vector<double> rows_of(static_cast<std::size_t>(order), 0.0);
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    const auto symbol = static_cast<std::size_t>(task.inputs[static_cast<std::size_t>(2 * row + which)]);
    const std::int32_t element = group.element_of_symbol[symbol];
    if (element < 0) continue;
    const double* from = activations.data() + row * n;
    double* to = mean.data() + element * n;
    for (std::int64_t j = 0; j < n; ++j) to[j] += from[j];
    rows_of[static_cast<std::size_t>(element)] += 1;
  }
  for (std::int64_t g = 0; g < order; ++g) {
    const double scale = 1.0 / std::max(1.0, rows_of[static_cast<std::size_t>(g)]);
    for (std::int64_t j = 0; j < n; ++j) mean[static_cast<std::size_t>(g * n + j)] *= scale;
  }
  std::vector<double> fractions = component_squares_each(group.basis, mean, n);
  const auto components = static_cast<std::int64_t>(group.basis.components.size());
  for (std::int64_t j = 0; j < n; ++j) {
    double* of = fractions.data() + j * components;
    double whole = 0;
    for (std::int64_t k = 1; k < components; ++k) whole += of[k];
    const bool varies = whole > 1e-24 * of[0] && whole > 0;  // rounding of a constant response is no response
    of[0] = 0;
    for (std::int64_t k = 1; k < components; ++k) of[k] = varies ? of[k] / whole : 0.0;
  }
  return fractions;
}

}  // namespace

std::vector<double> neuron_squares(std::span<const double> in, std::span<const double> bias,
                                   std::span<const double> out, std::int64_t n) {
  std::vector<double> squares(static_cast<std::size_t>(n), 0.0);
  for (std::size_t i = 0; i < in.size(); ++i) squares[i % static_cast<std::size_t>(n)] += in[i] * in[i];
  for (std::size_t j = 0; j < bias.size(); ++j) squares[j] += bias[j] * bias[j];
  const std::size_t outputs = out.size() / static_cast<std::size_t>(n);
  for (std::size_t i = 0; i < out.size(); ++i) squares[i / outputs] += out[i] * out[i];
  return squares;
}

NeuronMetrics measure_neurons(const TaskGroup& group, const Task& task, std::span<const double> activations,
                              std::span<const double> squares, bool each) {
  const auto n = static_cast<std::int64_t>(squares.size());
  const auto components = static_cast<std::int64_t>(group.basis.components.size());
  const std::vector<double> x = response_fractions(group, task, activations, n, 0);
  const std::vector<double> y = response_fractions(group, task, activations, n, 1);
  NeuronMetrics m;
  m.count = n;
  m.threshold = kPeriodicIpr;
  m.component_fraction.assign(static_cast<std::size_t>(components - 1), 0.0);
  double periodic = 0, other = 0;
  for (std::int64_t j = 0; j < n; ++j) {
    NeuronResult neuron;
    double ipr_x = 0, ipr_y = 0, largest = 0;
    for (std::int64_t k = 1; k < components; ++k) {
      const double fraction_x = x[static_cast<std::size_t>(j * components + k)];
      const double fraction_y = y[static_cast<std::size_t>(j * components + k)];
      ipr_x += fraction_x * fraction_x;
      ipr_y += fraction_y * fraction_y;
      if (fraction_x + fraction_y > largest) {
        largest = fraction_x + fraction_y;
        neuron.component = k - 1;
      }
    }
    // A response that is constant in one input is described by the other alone.
    neuron.ipr = ipr_x > 0 && ipr_y > 0 ? 0.5 * (ipr_x + ipr_y)
                 : ipr_x + ipr_y > 0    ? ipr_x + ipr_y
                                        : std::numeric_limits<double>::quiet_NaN();
    const double square = squares[static_cast<std::size_t>(j)];
    neuron.norm = std::sqrt(square);
    if (neuron.ipr > kPeriodicIpr) {
      ++m.periodic;
      periodic += square;
      m.component_fraction[static_cast<std::size_t>(neuron.component)] += square;
    } else {
      other += square;
    }
    if (each) m.each.push_back(neuron);
  }
  for (double& fraction : m.component_fraction) fraction = periodic > 0 ? fraction / periodic : 0.0;
  m.keys = key_components(group.basis, m.component_fraction);
  m.periodic_norm = std::sqrt(periodic);
  m.other_norm = std::sqrt(other);
  return m;
}

}  // namespace groklab
