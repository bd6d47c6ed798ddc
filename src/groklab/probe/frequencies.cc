// See frequencies.h.
#include "groklab/probe/frequencies.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "groklab/probe/part_metrics.h"

namespace groklab {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Fractions of the whole without the trivial component, which is the first.
std::vector<double> fractions_of(const std::vector<double>& squares) {
  const double whole = std::accumulate(squares.begin() + 1, squares.end(), 0.0);
  std::vector<double> fractions;
  for (std::size_t k = 1; k < squares.size(); ++k) fractions.push_back(whole > 0 ? squares[k] / whole : 0.0);
  return fractions;
}

/// F(u) = mean of the centred logits over the cells with x^-1 c y'^-1 = u.
std::vector<double> quotient_means(const TaskGroup& g, const Task& task, std::span<const double> logits) {
  const auto order = static_cast<std::size_t>(g.group.order);
  std::vector<double> mean(order, 0.0);
  std::vector<std::int64_t> cells(order, 0);
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    const std::int32_t x = g.factor_x[static_cast<std::size_t>(row)], y = g.factor_y[static_cast<std::size_t>(row)];
    if (x < 0 || y < 0) continue;
    const double* of_row = logits.data() + row * task.n_classes;
    double centre = 0;
    for (std::int64_t c = 0; c < task.n_classes; ++c) centre += of_row[c];
    centre /= static_cast<double>(task.n_classes);
    const std::int32_t inverse_x = g.group.inverse(x), inverse_y = g.group.inverse(y);
    for (std::int64_t c = 0; c < task.n_classes; ++c) {
      const std::int32_t element = g.element_of_class[static_cast<std::size_t>(c)];
      if (element < 0) continue;
      const auto u = static_cast<std::size_t>(g.group.product(g.group.product(inverse_x, element), inverse_y));
      mean[u] += of_row[c] - centre;
      ++cells[u];
    }
  }
  for (std::size_t u = 0; u < order; ++u) mean[u] /= static_cast<double>(std::max<std::int64_t>(1, cells[u]));
  return mean;
}

/// Functions of the class, one per row, as [order, n_rows] of the group's elements.
std::vector<double> by_class_element(const TaskGroup& g, const Task& task, std::span<const double> logits) {
  std::vector<double> values(static_cast<std::size_t>(g.group.order * task.n_rows), 0.0);
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    for (std::int64_t c = 0; c < task.n_classes; ++c) {
      const std::int32_t element = g.element_of_class[static_cast<std::size_t>(c)];
      if (element < 0) continue;
      values[static_cast<std::size_t>(element * task.n_rows + row)] =
          logits[static_cast<std::size_t>(row * task.n_classes + c)];
    }
  }
  return values;
}

}  // namespace

std::vector<std::int64_t> key_components(const GroupBasis& basis, std::span<const double> fractions) {
  std::vector<std::int64_t> keys;
  for (std::size_t k = 0; k < fractions.size(); ++k) {
    const auto fair = static_cast<double>(basis.components[k + 1].columns) / static_cast<double>(basis.order - 1);
    if (fractions[k] > kKeyFactor * fair) keys.push_back(static_cast<std::int64_t>(k));
  }
  std::stable_sort(keys.begin(), keys.end(), [&](std::int64_t a, std::int64_t b) {
    return fractions[static_cast<std::size_t>(a)] > fractions[static_cast<std::size_t>(b)];
  });
  return keys;
}

double gini(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double weighted = 0, sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    weighted += (2.0 * static_cast<double>(i + 1) - n - 1.0) * values[i];
    sum += values[i];
  }
  return sum > 0 ? weighted / (n * sum) : kNaN;
}

std::vector<double> logit_fractions(const TaskGroup& group, const Task& task, std::span<const double> logits,
                                    std::span<const double> invariant) {
  if (group.is_product()) return fractions_of(component_squares(group.basis, quotient_means(group, task, logits), 1));
  if (invariant.empty()) return {};
  return fractions_of(component_squares(group.basis, by_class_element(group, task, invariant), task.n_rows));
}

void measure_embedding(const TaskGroup& group, std::span<const double> embedding, std::int64_t d_model,
                       FrequencyMetrics& m) {
  std::vector<double> values(static_cast<std::size_t>(group.group.order * d_model), 0.0);
  for (std::size_t symbol = 0; symbol < group.element_of_symbol.size(); ++symbol) {
    const std::int32_t element = group.element_of_symbol[symbol];
    if (element < 0) continue;
    std::copy_n(embedding.begin() + static_cast<std::int64_t>(symbol) * d_model, d_model,
                values.begin() + element * d_model);
  }
  const std::vector<double> c = coefficients(group.basis, values, d_model);
  std::vector<double> norms, squares;
  for (const GroupComponent& component : group.basis.components) {
    double sum = 0;
    for (std::int64_t j = component.first; j < component.first + component.columns; ++j) {
      double square = 0;
      for (std::int64_t i = 0; i < d_model; ++i) {
        square += c[static_cast<std::size_t>(j * d_model + i)] * c[static_cast<std::size_t>(j * d_model + i)];
      }
      if (j > 0) norms.push_back(std::sqrt(square));  // column 0 is the constant
      sum += square;
    }
    squares.push_back(sum);
  }
  m.embedding_fraction = fractions_of(squares);
  m.embedding_gini = gini(norms);
  m.embedding_keys = key_components(group.basis, m.embedding_fraction);
}

std::vector<double> restricted_logits(const TaskGroup& group, const Task& task, std::span<const double> logits,
                                      std::span<const std::int64_t> keys) {
  const std::int64_t order = group.group.order, classes = task.n_classes;
  std::vector<double> by_label(static_cast<std::size_t>(order * classes), 0.0), mean(static_cast<std::size_t>(classes));
  std::vector<double> rows_of(static_cast<std::size_t>(order), 0.0);
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    const std::int32_t s = group.label_of_row[static_cast<std::size_t>(row)];
    for (std::int64_t c = 0; c < classes; ++c) {
      const double logit = logits[static_cast<std::size_t>(row * classes + c)];
      mean[static_cast<std::size_t>(c)] += logit / static_cast<double>(task.n_rows);
      if (s >= 0) by_label[static_cast<std::size_t>(s * classes + c)] += logit;
    }
    if (s >= 0) rows_of[static_cast<std::size_t>(s)] += 1;
  }
  for (std::int64_t s = 0; s < order; ++s) {
    const double n = std::max(1.0, rows_of[static_cast<std::size_t>(s)]);  // a polynomial may never take a value
    for (std::int64_t c = 0; c < classes; ++c) by_label[static_cast<std::size_t>(s * classes + c)] /= n;
  }
  std::vector<std::int64_t> components;
  for (const std::int64_t k : keys) components.push_back(k + 1);  // behind the trivial one
  const std::vector<double> part = projected(group.basis, by_label, classes, components);
  std::vector<double> restricted(logits.size());
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    const std::int32_t s = group.label_of_row[static_cast<std::size_t>(row)];
    for (std::int64_t c = 0; c < classes; ++c) {
      restricted[static_cast<std::size_t>(row * classes + c)] =
          mean[static_cast<std::size_t>(c)] + (s >= 0 ? part[static_cast<std::size_t>(s * classes + c)] : 0.0);
    }
  }
  return restricted;
}

FrequencyMetrics measure_frequencies(const TaskGroup& group, const Task& task, const Split& split,
                                     std::span<const double> logits, std::span<const double> invariant,
                                     std::span<const double> embedding, std::int64_t d_model) {
  FrequencyMetrics m;
  for (std::size_t k = 1; k < group.basis.components.size(); ++k) m.names.push_back(group.basis.components[k].name);
  m.logit_fraction = logit_fractions(group, task, logits, invariant);
  m.logit_keys = key_components(group.basis, m.logit_fraction);
  measure_embedding(group, embedding, d_model, m);
  const std::vector<std::int64_t>& keys = m.logit_fraction.empty() ? m.embedding_keys : m.logit_keys;
  std::vector<double> part = restricted_logits(group, task, logits, keys);
  const double train = part_metrics(task, split, part, false).loss, test = part_metrics(task, split, part, true).loss;
  const auto train_rows = static_cast<double>(split.train.size());
  const auto test_rows = static_cast<double>(task.n_rows) - train_rows;
  m.restricted_loss = ((train_rows > 0 ? train * train_rows : 0) + (test_rows > 0 ? test * test_rows : 0)) /
                      static_cast<double>(task.n_rows);
  // Excluded: the logits without what the keys add to the mean.
  std::vector<double> mean(static_cast<std::size_t>(task.n_classes), 0.0);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    mean[i % mean.size()] += logits[i] / static_cast<double>(task.n_rows);
  }
  for (std::size_t i = 0; i < part.size(); ++i) part[i] = logits[i] - (part[i] - mean[i % mean.size()]);
  m.excluded_loss = part_metrics(task, split, part, false).loss;
  return m;
}

}  // namespace groklab
