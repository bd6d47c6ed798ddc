// See embedding_circle.h.
#include "groklab/probe/embedding_circle.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace groklab {
namespace {

using Vector = std::vector<double>;

constexpr double kNothing = 1e-9;  ///< of the largest sum that there could be: what rounding leaves has no direction

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void scale(Vector& v, double factor) {
  for (double& value : v) value *= factor;
}

/// Symbols and the group elements that they stand for.
struct Symbol {
  std::int64_t symbol = 0, element = 0;
};
std::vector<Symbol> elements_of(const Task& task, const TaskGroup& group) {
  std::vector<Symbol> symbols;
  for (std::int64_t s = 0; s < task.n_symbols; ++s) {
    const std::int64_t element = group.element_of_symbol[static_cast<std::size_t>(s)];
    if (element >= 0) symbols.push_back({s, element});
  }
  return symbols;
}

EmbeddingCircle circle_of(const Task& task, const std::vector<Symbol>& symbols, const std::vector<Vector>& centred,
                          std::int64_t k, std::int64_t n) {
  const std::size_t width = centred.front().size();
  Vector first(width), second(width);
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    const double angle =
        2 * std::numbers::pi * static_cast<double>(k * symbols[i].element % n) / static_cast<double>(n);
    for (std::size_t j = 0; j < width; ++j) {
      first[j] += centred[i][j] * std::cos(angle);
      second[j] += centred[i][j] * std::sin(angle);
    }
  }
  double all = 0;
  for (const Vector& row : centred) all += dot(row, row);
  const double least = kNothing * std::sqrt(static_cast<double>(symbols.size()) * all);
  EmbeddingCircle circle;
  circle.frequency = std::to_string(k);
  const double length = std::sqrt(dot(first, first));
  if (!(length > least)) return circle;
  scale(first, 1 / length);
  const double along = dot(second, first);
  for (std::size_t j = 0; j < width; ++j) second[j] -= along * first[j];
  const double rest = std::sqrt(dot(second, second));
  if (!(rest > least)) return circle;
  scale(second, 1 / rest);
  std::vector<std::size_t> order(symbols.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return k * symbols[a].element % n < k * symbols[b].element % n;
  });
  double inside = 0;
  for (const std::size_t i : order) {
    const auto symbol = static_cast<std::size_t>(symbols[i].symbol);
    circle.names.push_back(symbol < task.symbol_names.size() ? task.symbol_names[symbol] : std::to_string(symbol));
    circle.x.push_back(dot(centred[i], first));
    circle.y.push_back(dot(centred[i], second));
    inside += circle.x.back() * circle.x.back() + circle.y.back() * circle.y.back();
  }
  circle.fraction = inside / all;
  return circle;
}

}  // namespace

std::vector<EmbeddingCircle> embedding_circles(const Task& task, const std::optional<TaskGroup>& group,
                                               std::span<const double> embedding, std::int64_t width,
                                               std::span<const std::int64_t> frequencies) {
  std::vector<EmbeddingCircle> circles;
  if (!group || group->group.name.rfind("C_", 0) != 0) return circles;
  const std::vector<Symbol> symbols = elements_of(task, *group);
  if (symbols.empty() || static_cast<std::int64_t>(embedding.size()) < task.n_symbols * width) return circles;
  std::vector<Vector> centred;
  Vector mean(static_cast<std::size_t>(width));
  for (const Symbol& s : symbols) {
    const std::span<const double> row = embedding.subspan(static_cast<std::size_t>(s.symbol * width), mean.size());
    centred.emplace_back(row.begin(), row.end());
    for (std::size_t j = 0; j < mean.size(); ++j) mean[j] += row[j] / static_cast<double>(symbols.size());
  }
  for (Vector& row : centred) {
    for (std::size_t j = 0; j < mean.size(); ++j) row[j] -= mean[j];
  }
  const std::int64_t n = group->group.order;
  for (const std::int64_t k : frequencies) {
    if (k < 1 || 2 * k >= n) continue;
    EmbeddingCircle circle = circle_of(task, symbols, centred, k, n);
    if (!circle.names.empty()) circles.push_back(std::move(circle));
  }
  return circles;
}

}  // namespace groklab
