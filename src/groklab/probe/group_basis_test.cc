// Components of functions on groups: complete, orthonormal, invariant, and the same by formula and computed.
#include "groklab/probe/group_basis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>

#include "groklab/base/random.h"

namespace groklab {
namespace {

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

void expect_orthonormal(const GroupBasis& basis) {
  for (std::int64_t i = 0; i < basis.order; ++i) {
    for (std::int64_t j = 0; j <= i; ++j) {
      ASSERT_NEAR(dot(basis.column(i), basis.column(j)), i == j ? 1.0 : 0.0, 1e-11) << i << " " << j;
    }
  }
}

std::vector<double> random_function(std::int64_t n, std::uint64_t seed) {
  RandomStream stream(seed, StreamPurpose::kInit);
  std::vector<double> values(static_cast<std::size_t>(n));
  for (double& v : values) v = stream.next_normal();
  return values;
}

std::vector<double> shifted(const FiniteGroup& group, const std::vector<double>& f, std::int64_t by, bool left) {
  std::vector<double> out(f.size());
  for (std::int64_t g = 0; g < group.order; ++g) {
    out[static_cast<std::size_t>(g)] = f[static_cast<std::size_t>(left ? group.product(by, g) : group.product(g, by))];
  }
  return out;
}

struct GroupCase {
  GroupKind kind;
  std::int64_t degree;
};

TEST(GroupBasis, IsOrthonormalAndDoesNotChangeUnderTranslation) {
  for (const auto& [kind, degree] : {GroupCase{GroupKind::kCyclic, 13},
                                     {GroupKind::kCyclic, 12},
                                     {GroupKind::kDihedral, 7},
                                     {GroupKind::kDihedral, 6},
                                     {GroupKind::kSymmetric, 4},
                                     {GroupKind::kAlternating, 5}}) {
    const FiniteGroup group = make_group(kind, degree, Composition::kRightFirst);
    SCOPED_TRACE(group.name);
    const GroupBasis basis = group_basis(kind, degree, Composition::kRightFirst);
    expect_orthonormal(basis);
    const std::vector<double> f = random_function(group.order, 5);
    const std::vector<double> whole = component_squares(basis, f, 1);
    EXPECT_NEAR(std::accumulate(whole.begin(), whole.end(), 0.0), dot(f, f), 1e-10) << "parts sum to the whole";
    for (const bool left : {true, false}) {
      const std::vector<double> moved = component_squares(basis, shifted(group, f, 2, left), 1);
      for (std::size_t k = 0; k < whole.size(); ++k) EXPECT_NEAR(moved[k], whole[k], 1e-10) << basis.components[k].name;
    }
    // A finer or a coarser split would fail here: the projection of the identity is an irreducible character.
    std::vector<double> identity(static_cast<std::size_t>(group.order), 0.0);
    identity[0] = 1;
    for (std::size_t k = 0; k < basis.components.size(); ++k) {
      const std::vector<std::int64_t> one = {static_cast<std::int64_t>(k)};
      const std::vector<double> idempotent = projected(basis, identity, 1, one);
      EXPECT_NEAR(dot(idempotent, idempotent), idempotent[0], 1e-11) << "an idempotent";
    }
  }
}

TEST(GroupBasis, ComputedComponentsAreThoseOfTheFormulas) {
  for (const auto& [kind, degree] : {GroupCase{GroupKind::kCyclic, 12},
                                     {GroupKind::kCyclic, 9},
                                     {GroupKind::kDihedral, 7},
                                     {GroupKind::kDihedral, 6}}) {
    const FiniteGroup group = make_group(kind, degree, Composition::kRightFirst);
    const GroupBasis formula = group_basis(kind, degree, Composition::kRightFirst), computed = computed_basis(group);
    ASSERT_EQ(formula.components.size(), computed.components.size()) << group.name;
    for (const GroupComponent& component : formula.components) {
      for (std::int64_t j = component.first; j < component.first + component.columns; ++j) {
        const std::vector<double> squares = component_squares(computed, formula.column(j), 1);
        const auto best = static_cast<std::size_t>(std::max_element(squares.begin(), squares.end()) - squares.begin());
        EXPECT_NEAR(squares[best], 1.0, 1e-10) << group.name << " " << component.name;
        EXPECT_EQ(computed.components[best].columns, component.columns);
      }
    }
  }
}

TEST(GroupBasis, SymmetricGroupsHaveTheirPartitions) {
  const GroupBasis basis = group_basis(GroupKind::kSymmetric, 5, Composition::kRightFirst);
  std::map<std::string, std::int64_t> columns;
  for (const GroupComponent& component : basis.components) columns[component.name] = component.columns;
  const std::map<std::string, std::int64_t> expected = {{"trivial", 1},    {"[4,1]", 16},   {"[3,2]", 25},
                                                        {"[3,1,1]", 36},   {"[2,2,1]", 25}, {"[2,1,1,1]", 16},
                                                        {"[1,1,1,1,1]", 1}};
  EXPECT_EQ(columns, expected);
  // The permutation character 5, 3, ... is trivial + [4,1]: the number of fixed points of a permutation.
  const FiniteGroup group = make_group(GroupKind::kSymmetric, 5, Composition::kRightFirst);
  std::vector<double> fixed;
  for (const std::string& name : group.names) {
    double n = 0;
    for (std::size_t i = 0; i < name.size(); ++i) n += name[i] == static_cast<char>('1' + i) ? 1 : 0;
    fixed.push_back(n);
  }
  const std::vector<double> squares = component_squares(basis, fixed, 1);
  for (std::size_t k = 0; k < squares.size(); ++k) {
    const std::string& name = basis.components[k].name;
    EXPECT_NEAR(squares[k], name == "trivial" || name == "[4,1]" ? 120.0 : 0.0, 1e-9) << name;
  }
}

TEST(GroupBasis, ComplexPairsAreJoined) {
  const GroupBasis basis = group_basis(GroupKind::kAlternating, 4, Composition::kRightFirst);
  ASSERT_EQ(basis.components.size(), 3u);
  EXPECT_EQ(basis.components[1].name, "dim 1, pair");
  EXPECT_EQ(basis.components[1].columns, 2);
  EXPECT_EQ(basis.components[2].columns, 9);
}

}  // namespace
}  // namespace groklab
