// See group_basis.h.
#include "groklab/probe/group_basis.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "groklab/base/error.h"
#include "groklab/base/random.h"

namespace groklab {
namespace {

using ColumnMajor = Eigen::Map<const Eigen::MatrixXd>;
using RowMajorMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using RowMajor = Eigen::Map<const RowMajorMatrix>;

/// Adds functions of which each is scaled to norm 1.
class BasisBuilder {
 public:
  explicit BasisBuilder(std::int64_t order) { basis_.order = order; }
  void begin(std::string name) {
    basis_.components.push_back({std::move(name), static_cast<std::int64_t>(basis_.columns.size()) / basis_.order, 0});
  }
  template <class F>
  void add(F value) {
    const std::size_t at = basis_.columns.size();
    double squares = 0;
    for (std::int64_t g = 0; g < basis_.order; ++g) {
      const double v = value(g);
      basis_.columns.push_back(v);
      squares += v * v;
    }
    for (std::size_t i = at; i < basis_.columns.size(); ++i) basis_.columns[i] /= std::sqrt(squares);
    ++basis_.components.back().columns;
  }
  GroupBasis take() {
    require(static_cast<std::int64_t>(basis_.columns.size()) == basis_.order * basis_.order, "a basis is complete");
    return std::move(basis_);
  }

 private:
  GroupBasis basis_;
};

/// cos or sin of 2 pi k g / n; the product is reduced first, so that large arguments lose nothing.
double wave(bool sine, std::int64_t k, std::int64_t g, std::int64_t n) {
  const double angle = 2.0 * std::numbers::pi * static_cast<double>(k * g % n) / static_cast<double>(n);
  return sine ? std::sin(angle) : std::cos(angle);
}

GroupBasis dihedral_basis(std::int64_t n) {
  BasisBuilder builder(2 * n);
  const auto sign = [n](std::int64_t g) { return g < n ? 1.0 : -1.0; };
  const auto alternating = [n](std::int64_t g) { return g % n % 2 == 0 ? 1.0 : -1.0; };
  builder.begin("trivial");
  builder.add([](std::int64_t) { return 1.0; });
  builder.begin("sign");
  builder.add(sign);
  if (n % 2 == 0) {  // n is even: the parity of the turn is defined for reflections, too
    builder.begin("turn");
    builder.add(alternating);
    builder.begin("sign * turn");
    builder.add([&](std::int64_t g) { return sign(g) * alternating(g); });
  }
  for (std::int64_t k = 1; 2 * k < n; ++k) {
    builder.begin(fmt::format("rho_{}", k));
    for (const bool reflections : {false, true}) {
      for (const bool sine : {false, true}) {
        builder.add([&](std::int64_t g) { return (g >= n) == reflections ? wave(sine, k, g % n, n) : 0.0; });
      }
    }
  }
  return builder.take();
}

/// Class of each element, numbered by first appearance.
std::vector<std::int64_t> conjugacy_classes(const FiniteGroup& group) {
  std::vector<std::int64_t> number(static_cast<std::size_t>(group.order), -1);
  std::int64_t count = 0;
  for (std::int64_t g = 0; g < group.order; ++g) {
    if (number[static_cast<std::size_t>(g)] >= 0) continue;
    for (std::int64_t h = 0; h < group.order; ++h) {
      number[static_cast<std::size_t>(group.product(group.product(h, g), group.inverse(h)))] = count;
    }
    ++count;
  }
  return number;
}

using Partition = std::vector<std::int64_t>;

void partitions_into(std::int64_t rest, std::int64_t largest, Partition& begun, std::vector<Partition>& all) {
  if (rest == 0) all.push_back(begun);
  for (std::int64_t part = std::min(rest, largest); part >= 1; --part) {
    begun.push_back(part);
    partitions_into(rest - part, part, begun, all);
    begun.pop_back();
  }
}

/// Dimension of the partition's representation by the hook length formula.
std::int64_t partition_dimension(const Partition& partition) {
  std::int64_t n = 0, hooks = 1, factorial = 1;
  for (std::size_t row = 0; row < partition.size(); ++row) {
    for (std::int64_t column = 0; column < partition[row]; ++column) {
      std::int64_t below = 0;
      for (std::size_t r = row + 1; r < partition.size(); ++r) below += partition[r] > column ? 1 : 0;
      hooks *= partition[row] - column + below;
      factorial *= ++n;
    }
  }
  return factorial / hooks;
}

/// Sum of column - row over the boxes: n(n-1)/2 times the character of a transposition over the dimension.
std::int64_t content_sum(const Partition& partition) {
  std::int64_t sum = 0;
  for (std::size_t row = 0; row < partition.size(); ++row) {
    for (std::int64_t column = 0; column < partition[row]; ++column) sum += column - static_cast<std::int64_t>(row);
  }
  return sum;
}

std::string partition_name(std::int64_t degree, std::int64_t dimension, double contents) {
  std::vector<Partition> all;
  Partition begun;
  partitions_into(degree, degree, begun, all);
  for (const Partition& partition : all) {
    if (partition_dimension(partition) != dimension) continue;
    if (std::abs(static_cast<double>(content_sum(partition)) - contents) > 1e-6) continue;
    std::string name;
    for (const std::int64_t part : partition) name += fmt::format("{}{}", name.empty() ? "" : ",", part);
    return "[" + name + "]";
  }
  fail(ErrorKind::kInternal, "no partition of {} has dimension {} and contents {}", degree, dimension, contents);
}

/// d of a component with d^2 columns, or 2 d^2 for a pair of complex conjugates.
std::pair<std::int64_t, bool> dimension_of(std::int64_t columns) {
  const std::int64_t single = std::llround(std::sqrt(static_cast<double>(columns)));
  if (single * single == columns) return {single, false};
  const std::int64_t pair = std::llround(std::sqrt(static_cast<double>(columns) / 2));
  if (2 * pair * pair != columns) fail(ErrorKind::kInternal, "{} columns are no irreducible component", columns);
  return {pair, true};
}

Eigen::MatrixXd coefficient_matrix(const GroupBasis& basis, std::span<const double> values, std::int64_t n) {
  require(static_cast<std::int64_t>(values.size()) == basis.order * n, "functions have a value for each element");
  return ColumnMajor(basis.columns.data(), basis.order, basis.order).transpose() *
         RowMajor(values.data(), basis.order, n);
}

}  // namespace

GroupBasis cyclic_basis(std::int64_t n) {
  BasisBuilder builder(n);
  for (std::int64_t k = 0; 2 * k <= n; ++k) {
    builder.begin(fmt::format("{}", k));
    for (const bool sine : {false, true}) {
      if (sine && (k == 0 || 2 * k == n)) continue;
      builder.add([&](std::int64_t g) { return wave(sine, k, g, n); });
    }
  }
  return builder.take();
}

GroupBasis group_basis(GroupKind kind, std::int64_t degree, Composition composition) {
  if (kind == GroupKind::kCyclic) return cyclic_basis(degree);
  if (kind == GroupKind::kDihedral && degree > 1) return dihedral_basis(degree);
  return computed_basis(make_group(kind, degree, composition), kind == GroupKind::kSymmetric ? degree : 0);
}

namespace {

using EigenSolver = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>;

/// An eigenspace of the convolution: one irreducible representation, or a pair.
struct Eigenspace {
  std::int64_t first, columns, dimension;
  bool pair, trivial;
  double contents;  ///< class sum of a transposition; 0 where the group has none
  std::string name;
};

/// Convolution with a random class function that is symmetric under inversion: its eigenspaces are the components.
Eigen::MatrixXd random_convolution(const FiniteGroup& group) {
  const std::vector<std::int64_t> class_of = conjugacy_classes(group);
  RandomStream stream(1, StreamPurpose::kProbe);
  std::vector<double> value(static_cast<std::size_t>(*std::max_element(class_of.begin(), class_of.end())) + 1);
  for (double& v : value) v = stream.next_normal();
  const auto f = [&](std::int64_t g) {
    return value[static_cast<std::size_t>(class_of[static_cast<std::size_t>(g)])] +
           value[static_cast<std::size_t>(class_of[static_cast<std::size_t>(group.inverse(g))])];
  };
  Eigen::MatrixXd convolution(group.order, group.order);
  for (std::int64_t g = 0; g < group.order; ++g) {
    for (std::int64_t h = 0; h < group.order; ++h) convolution(g, h) = f(group.product(g, group.inverse(h)));
  }
  return convolution;
}

/// An element of S_degree that only swaps two symbols, which has the largest class sum of contents; -1 without one.
std::int64_t last_transposition(const FiniteGroup& group, std::int64_t degree) {
  std::int64_t transposition = -1;
  for (std::int64_t g = 1; degree > 1 && g < group.order; ++g) {
    std::int64_t moved = 0;
    const std::string& name = group.names[static_cast<std::size_t>(g)];
    for (std::size_t i = 0; i < name.size(); ++i) moved += name[i] - '1' != static_cast<int>(i) ? 1 : 0;
    if (moved == 2) transposition = g;
  }
  return transposition;
}

/// Ascending by eigenvalue.
std::vector<Eigenspace> eigenspaces(const EigenSolver& solver, std::int64_t degree, std::int64_t transposition) {
  const double scale = solver.eigenvalues().cwiseAbs().maxCoeff();
  const std::int64_t n = solver.eigenvalues().size();
  std::vector<Eigenspace> found;
  for (std::int64_t first = 0, last = 1; first < n; first = last++) {
    while (last < n && solver.eigenvalues()(last) - solver.eigenvalues()(last - 1) < 1e-9 * scale) ++last;
    const auto columns = solver.eigenvectors().middleCols(first, last - first);
    const auto [dimension, pair] = dimension_of(last - first);
    Eigenspace space{first, last - first, dimension, pair, false, 0, ""};
    // The projector's column at the identity is the central idempotent, dimension * character / order.
    const Eigen::VectorXd idempotent = columns * columns.row(0).transpose();
    space.trivial = last - first == 1 && (columns.array() - columns(0, 0)).abs().maxCoeff() < 1e-9;
    if (transposition >= 0) {
      space.contents = 0.5 * static_cast<double>(degree * (degree - 1)) * idempotent(transposition) / idempotent(0);
    }
    found.push_back(space);
  }
  return found;
}

}  // namespace

GroupBasis computed_basis(const FiniteGroup& group, std::int64_t degree) {
  const EigenSolver solver(random_convolution(group));
  std::vector<Eigenspace> found = eigenspaces(solver, degree, last_transposition(group, degree));
  std::stable_sort(found.begin(), found.end(), [](const Eigenspace& a, const Eigenspace& b) {
    if (a.trivial != b.trivial) return a.trivial;
    if (a.dimension != b.dimension) return a.dimension < b.dimension;
    return a.contents > b.contents + 1e-6;
  });
  std::map<std::string, int> uses;
  for (Eigenspace& space : found) {
    space.name = space.trivial ? "trivial"
                 : degree > 0  ? partition_name(degree, space.dimension, space.contents)
                               : fmt::format("dim {}{}", space.dimension, space.pair ? ", pair" : "");
    ++uses[space.name];
  }
  std::map<std::string, char> letter;
  BasisBuilder builder(group.order);
  for (const Eigenspace& space : found) {
    std::string name = space.name;
    if (uses[name] > 1) name += fmt::format(" {}", static_cast<char>('a' + letter[space.name]++));
    builder.begin(name);
    for (std::int64_t column = space.first; column < space.first + space.columns; ++column) {
      builder.add([&](std::int64_t g) { return solver.eigenvectors()(g, column); });
    }
  }
  return builder.take();
}

std::vector<double> coefficients(const GroupBasis& basis, std::span<const double> values, std::int64_t n) {
  const RowMajorMatrix c = coefficient_matrix(basis, values, n);
  return {c.data(), c.data() + c.size()};
}

std::vector<double> component_squares_each(const GroupBasis& basis, std::span<const double> values, std::int64_t n) {
  const Eigen::MatrixXd c = coefficient_matrix(basis, values, n);
  const auto components = static_cast<std::int64_t>(basis.components.size());
  std::vector<double> squares(static_cast<std::size_t>(n * components));
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t k = 0; k < components; ++k) {
      const GroupComponent& component = basis.components[static_cast<std::size_t>(k)];
      squares[static_cast<std::size_t>(i * components + k)] =
          c.col(i).segment(component.first, component.columns).squaredNorm();
    }
  }
  return squares;
}

std::vector<double> component_squares(const GroupBasis& basis, std::span<const double> values, std::int64_t n) {
  const Eigen::MatrixXd c = coefficient_matrix(basis, values, n);
  std::vector<double> squares;
  for (const GroupComponent& component : basis.components) {
    squares.push_back(c.middleRows(component.first, component.columns).squaredNorm());
  }
  return squares;
}

std::vector<double> projected(const GroupBasis& basis, std::span<const double> values, std::int64_t n,
                              std::span<const std::int64_t> components) {
  RowMajorMatrix sum = RowMajorMatrix::Zero(basis.order, n);
  const RowMajor all(values.data(), basis.order, n);
  for (const std::int64_t k : components) {
    const GroupComponent& component = basis.components[static_cast<std::size_t>(k)];
    const auto columns =
        ColumnMajor(basis.columns.data(), basis.order, basis.order).middleCols(component.first, component.columns);
    sum.noalias() += columns * (columns.transpose() * all);
  }
  return {sum.data(), sum.data() + sum.size()};
}

}  // namespace groklab
