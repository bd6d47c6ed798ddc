// See circuit_split.h.
#include "groklab/probe/circuit_split.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/probe/part_metrics.h"
#include "groklab/probe/task_group.h"
#include "groklab/task/groups.h"
#include "groklab/task/modular.h"
#include "groklab/task/operation.h"

namespace groklab {
namespace {

/// Disjoint sets of cells.
class Sets {
 public:
  explicit Sets(std::int64_t n) : parent_(static_cast<std::size_t>(n)) { std::iota(parent_.begin(), parent_.end(), 0); }
  std::int32_t find(std::int32_t i) {
    while (parent_[static_cast<std::size_t>(i)] != i) {
      std::int32_t& up = parent_[static_cast<std::size_t>(i)];
      up = parent_[static_cast<std::size_t>(up)];
      i = up;
    }
    return i;
  }
  void join(std::int32_t a, std::int32_t b) {
    a = find(a);
    b = find(b);
    parent_[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
  }

 private:
  std::vector<std::int32_t> parent_;
};

/// A generator of the action: what it makes of the inputs and of the class.
struct Move {
  std::vector<std::int32_t> x, y, c;
};

std::vector<std::int32_t> mapped(std::int64_t n, const std::function<std::int64_t(std::int64_t)>& image) {
  std::vector<std::int32_t> map(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) map[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(image(i));
  return map;
}

std::int64_t power_mod(std::int64_t base, std::int64_t exponent, std::int64_t p) {
  std::int64_t result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = result * base % p;
    base = base * base % p;
  }
  return result;
}

std::vector<Move> modular_moves(const Invariance& invariance, std::int64_t p) {
  if (invariance.law == GroupLaw::kNone) return {};
  const auto same = mapped(p, [](std::int64_t i) { return i; });
  const auto plus = mapped(p, [p](std::int64_t i) { return (i + 1) % p; });
  const auto minus = mapped(p, [p](std::int64_t i) { return (i + p - 1) % p; });
  const bool is_product = invariance.law == GroupLaw::kProduct;
  if (invariance.symbols == SymbolGroup::kResidues)
    return {{plus, same, plus}, {same, plus, is_product ? plus : minus}};
  if (!is_prime(p)) return {};
  const std::int64_t g = primitive_root(p), inverse = power_mod(g, p - 2, p);
  const auto times = mapped(p, [=](std::int64_t i) { return i * g % p; });
  const auto over = mapped(p, [=](std::int64_t i) { return i * inverse % p; });
  return {{times, same, times}, {same, times, is_product ? times : over}};
}

/// Few elements whose products are the whole group.
std::vector<std::int64_t> generators(const FiniteGroup& group) {
  std::vector<std::int64_t> chosen;
  std::vector<bool> reached(static_cast<std::size_t>(group.order), false);
  reached[0] = true;
  std::vector<std::int64_t> elements = {0};
  for (std::int64_t g = 1; g < group.order; ++g) {
    if (reached[static_cast<std::size_t>(g)]) continue;
    chosen.push_back(g);
    for (std::size_t i = 0; i < elements.size(); ++i) {  // grows while it is walked
      for (const std::int64_t factor : chosen) {
        const std::int64_t next = group.product(elements[i], factor);
        if (reached[static_cast<std::size_t>(next)]) continue;
        reached[static_cast<std::size_t>(next)] = true;
        elements.push_back(next);
      }
    }
  }
  return chosen;
}

/// Factors from either side act on x, y and c so that the operation's label follows.
std::vector<Move> group_moves(const TaskConfig& config, GroupLaw law) {
  const FiniteGroup group = make_group(config.group, config.group_degree, config.composition);
  const std::int64_t n = group.order;
  const auto same = mapped(n, [](std::int64_t i) { return i; });
  const auto left = [&](std::int64_t g) { return mapped(n, [&, g](std::int64_t i) { return group.product(g, i); }); };
  const auto right = [&](std::int64_t h) { return mapped(n, [&, h](std::int64_t i) { return group.product(i, h); }); };
  std::vector<Move> moves;
  for (const std::int64_t g : generators(group)) {
    const std::int64_t inverse = group.inverse(g);
    const auto conjugate = mapped(n, [&](std::int64_t i) { return group.product(group.product(g, i), inverse); });
    const auto unconjugate = mapped(n, [&](std::int64_t i) { return group.product(group.product(inverse, i), g); });
    switch (law) {
      case GroupLaw::kProduct:  // (g a)(b) = g (a b), (a)(b g) = (a b) g; and (a g)(g^-1 b) = a b
        moves.push_back({left(g), same, left(g)});
        moves.push_back({same, right(g), right(g)});
        break;
      case GroupLaw::kConjugate:  // (g x) y (g x)^-1 = g c g^-1; (x g)(g^-1 y g)(x g)^-1 = c
        moves.push_back({left(g), same, conjugate});
        moves.push_back({right(g), unconjugate, same});
        break;
      case GroupLaw::kSandwich:  // (g x)(y g^-1)(g x) = g c; (x g)(g^-1 y)(x g) = c g
        moves.push_back({left(g), right(inverse), left(g)});
        moves.push_back({right(g), left(inverse), right(g)});
        break;
      default:
        break;
    }
  }
  return moves;
}

std::vector<double> centred(std::span<const double> logits, std::int64_t rows, std::int64_t classes) {
  std::vector<double> out(logits.begin(), logits.end());
  for (std::int64_t r = 0; r < rows; ++r) {
    double* row = out.data() + r * classes;
    double mean = 0;
    for (std::int64_t c = 0; c < classes; ++c) mean += row[c];
    mean /= static_cast<double>(classes);
    for (std::int64_t c = 0; c < classes; ++c) row[c] -= mean;
  }
  return out;
}

void project(const SymmetryOrbits& orbits, std::vector<double>& logits) {
  std::vector<double> mean(static_cast<std::size_t>(orbits.count), 0.0);
  for (std::size_t i = 0; i < logits.size(); ++i) mean[static_cast<std::size_t>(orbits.orbit[i])] += logits[i];
  for (std::size_t o = 0; o < mean.size(); ++o) mean[o] /= static_cast<double>(orbits.size[o]);
  for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = mean[static_cast<std::size_t>(orbits.orbit[i])];
}

}  // namespace

std::optional<SymmetryOrbits> task_orbits(const TaskConfig& config, const Task& task) {
  const Invariance& invariance = operation_descriptor(config.operation).invariance;
  const std::vector<Move> moves = invariance.symbols == SymbolGroup::kTaskGroup
                                      ? group_moves(config, invariance.law)
                                      : modular_moves(invariance, config.modulus);
  if (moves.empty()) return std::nullopt;
  SymmetryOrbits orbits;
  orbits.n_rows = task.n_rows;
  orbits.n_classes = task.n_classes;
  std::vector<std::int64_t> row_at(static_cast<std::size_t>(task.n_symbols * task.n_symbols), -1);
  const auto input = [&](std::int64_t row, std::int64_t i) {
    return static_cast<std::int64_t>(task.inputs[static_cast<std::size_t>(2 * row + i)]);
  };
  for (std::int64_t row = 0; row < task.n_rows; ++row) {
    row_at[static_cast<std::size_t>(input(row, 0) * task.n_symbols + input(row, 1))] = row;
  }
  Sets sets(task.n_rows * task.n_classes);
  for (const Move& move : moves) {
    for (std::int64_t row = 0; row < task.n_rows; ++row) {
      const std::int64_t x = move.x[static_cast<std::size_t>(input(row, 0))];
      const std::int64_t y = move.y[static_cast<std::size_t>(input(row, 1))];
      const std::int64_t image = row_at[static_cast<std::size_t>(x * task.n_symbols + y)];
      require(image >= 0, "the action maps rows to rows");
      for (std::int64_t c = 0; c < task.n_classes; ++c) {
        sets.join(static_cast<std::int32_t>(row * task.n_classes + c),
                  static_cast<std::int32_t>(image * task.n_classes + move.c[static_cast<std::size_t>(c)]));
      }
    }
  }
  std::vector<std::int32_t> number(static_cast<std::size_t>(task.n_rows * task.n_classes), -1);
  orbits.orbit.resize(number.size());
  for (std::size_t cell = 0; cell < number.size(); ++cell) {
    const auto root = static_cast<std::size_t>(sets.find(static_cast<std::int32_t>(cell)));
    if (number[root] < 0) {
      number[root] = static_cast<std::int32_t>(orbits.count++);
      orbits.size.push_back(0);
    }
    orbits.orbit[cell] = number[root];
    ++orbits.size[static_cast<std::size_t>(number[root])];
  }
  return orbits;
}

std::vector<double> invariant_component(const SymmetryOrbits& orbits, std::span<const double> logits) {
  require(logits.size() == orbits.orbit.size(), "invariant_component needs the logits of all rows");
  std::vector<double> invariant = centred(logits, orbits.n_rows, orbits.n_classes);
  project(orbits, invariant);
  return invariant;
}

CircuitMetrics measure_circuits(const SymmetryOrbits& orbits, const Task& task, const Split& split,
                                std::span<const double> logits) {
  return measure_circuits(orbits, task, split, logits, invariant_component(orbits, logits));
}

CircuitMetrics measure_circuits(const SymmetryOrbits& orbits, const Task& task, const Split& split,
                                std::span<const double> logits, std::span<const double> invariant) {
  std::vector<double> residual = centred(logits, orbits.n_rows, orbits.n_classes);
  double whole = 0, invariant_squares = 0, residual_squares = 0;
  for (std::size_t i = 0; i < residual.size(); ++i) {
    whole += residual[i] * residual[i];
    residual[i] -= invariant[i];
    invariant_squares += invariant[i] * invariant[i];
    residual_squares += residual[i] * residual[i];
  }
  CircuitMetrics m;
  m.invariant_train = part_metrics(task, split, invariant, false);
  m.invariant_test = part_metrics(task, split, invariant, true);
  m.residual_train = part_metrics(task, split, residual, false);
  m.residual_test = part_metrics(task, split, residual, true);
  m.invariant_norm = std::sqrt(invariant_squares);
  m.residual_norm = std::sqrt(residual_squares);
  m.invariant_fraction = invariant_squares / whole;
  m.memorised_strength = m.residual_train.correct_logit - m.residual_test.correct_logit;
  return m;
}

}  // namespace groklab
