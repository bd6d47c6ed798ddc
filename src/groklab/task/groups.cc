// See groups.h: the table of families, and the products of their elements.
#include "groklab/task/groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "groklab/base/error.h"
#include "groklab/task/table.h"

namespace groklab {
namespace {

using Permutation = std::vector<int>;

std::string power_name(std::int64_t k) {
  if (k == 0) return "e";
  return k == 1 ? "r" : fmt::format("r^{}", k);
}

void build_cyclic(FiniteGroup& group, std::int64_t n) {
  group.order = n;
  for (std::int64_t k = 0; k < n; ++k) group.names.push_back(power_name(k));
  group.table.reserve(static_cast<std::size_t>(n * n));
  for (std::int64_t x = 0; x < n; ++x) {
    for (std::int64_t y = 0; y < n; ++y) group.table.push_back(static_cast<std::int32_t>((x + y) % n));
  }
}

// Element k + n f stands for r^k s^f, and s r = r^-1 s.
void build_dihedral(FiniteGroup& group, std::int64_t n) {
  group.order = 2 * n;
  for (std::int64_t k = 0; k < n; ++k) group.names.push_back(power_name(k));
  for (std::int64_t k = 0; k < n; ++k) group.names.push_back(k == 0 ? "s" : power_name(k) + " s");
  group.table.reserve(static_cast<std::size_t>(4 * n * n));
  for (std::int64_t x = 0; x < 2 * n; ++x) {
    for (std::int64_t y = 0; y < 2 * n; ++y) {
      const std::int64_t turn = x < n ? x + y % n : x - n + n - y % n;
      const bool reflects = (x < n) != (y < n);
      group.table.push_back(static_cast<std::int32_t>(turn % n + (reflects ? n : 0)));
    }
  }
}

bool is_even(const Permutation& permutation) {
  int inversions = 0;
  for (std::size_t i = 0; i < permutation.size(); ++i) {
    for (std::size_t j = i + 1; j < permutation.size(); ++j) inversions += permutation[i] > permutation[j] ? 1 : 0;
  }
  return inversions % 2 == 0;
}

// Position among all permutations of its degree in lexicographic order.
std::size_t lexicographic_rank(const Permutation& permutation) {
  std::size_t rank = 0;
  for (std::size_t i = 0; i < permutation.size(); ++i) {
    std::size_t smaller_later = 0;
    for (std::size_t j = i + 1; j < permutation.size(); ++j) smaller_later += permutation[j] < permutation[i] ? 1 : 0;
    rank = rank * (permutation.size() - i) + smaller_later;
  }
  return rank;
}

void build_permutations(FiniteGroup& group, std::int64_t n, bool only_even) {
  std::vector<Permutation> elements;
  std::vector<std::int32_t> element_of_rank;  // -1: odd, not in the alternating group
  Permutation permutation(static_cast<std::size_t>(n));
  std::iota(permutation.begin(), permutation.end(), 0);
  do {
    const bool belongs = !only_even || is_even(permutation);
    element_of_rank.push_back(belongs ? static_cast<std::int32_t>(elements.size()) : -1);
    if (belongs) elements.push_back(permutation);
  } while (std::next_permutation(permutation.begin(), permutation.end()));

  group.order = static_cast<std::int64_t>(elements.size());
  for (const Permutation& element : elements) {
    std::string name;
    for (const int image : element) name += std::to_string(image + 1);
    group.names.push_back(name);
  }
  group.table.reserve(elements.size() * elements.size());
  for (const Permutation& x : elements) {
    for (const Permutation& y : elements) {
      for (std::size_t i = 0; i < y.size(); ++i) permutation[i] = x[static_cast<std::size_t>(y[i])];
      group.table.push_back(element_of_rank[lexicographic_rank(permutation)]);
    }
  }
}

void build_symmetric(FiniteGroup& group, std::int64_t n) { build_permutations(group, n, false); }
void build_alternating(FiniteGroup& group, std::int64_t n) { build_permutations(group, n, true); }

struct GroupFamily {
  GroupKind kind;
  const char* letter;
  std::int64_t min_degree;                                 // the smallest with 2 elements
  std::int64_t max_degree;                                 // the largest with kMaxSymbols elements
  void (*build)(FiniteGroup& group, std::int64_t degree);  // order, names and the table for kRightFirst
};

constexpr GroupFamily kGroupFamilies[] = {
    {GroupKind::kCyclic, "C", 2, kMaxSymbols, build_cyclic},
    {GroupKind::kDihedral, "D", 1, kMaxSymbols / 2, build_dihedral},
    {GroupKind::kSymmetric, "S", 2, 6, build_symmetric},
    {GroupKind::kAlternating, "A", 3, 6, build_alternating},
};

const GroupFamily& find_family(GroupKind kind) {
  for (const GroupFamily& family : kGroupFamilies) {
    if (family.kind == kind) return family;
  }
  fail(ErrorKind::kInternal, "internal: unknown group {}", static_cast<int>(kind));
}

// The opposite group: x y of one is y x of the other.
void exchange_factors(FiniteGroup& group) {
  const auto n = static_cast<std::size_t>(group.order);
  for (std::size_t x = 0; x < n; ++x) {
    for (std::size_t y = x + 1; y < n; ++y) std::swap(group.table[x * n + y], group.table[y * n + x]);
  }
}

std::vector<std::int32_t> find_inverses(const FiniteGroup& group) {
  std::vector<std::int32_t> inverses;
  for (std::int64_t x = 0; x < group.order; ++x) {
    const auto row = group.table.begin() + x * group.order;
    inverses.push_back(static_cast<std::int32_t>(std::find(row, row + group.order, 0) - row));
  }
  return inverses;
}

}  // namespace

std::int64_t group_order(GroupKind kind, std::int64_t degree) {
  constexpr std::int64_t kFarTooMany = 1'000'000'000'000;
  if (kind == GroupKind::kCyclic) return degree;
  if (kind == GroupKind::kDihedral) return 2 * degree;
  std::int64_t factorial = 1;
  for (std::int64_t n = 2; n <= degree && factorial < kFarTooMany; ++n) factorial *= n;
  if (kind == GroupKind::kAlternating && degree >= 2) factorial /= 2;
  return factorial;
}

std::pair<std::int64_t, std::int64_t> group_degrees(GroupKind kind) {
  const GroupFamily& family = find_family(kind);
  return {family.min_degree, family.max_degree};
}

FiniteGroup make_group(GroupKind kind, std::int64_t degree, Composition composition) {
  const GroupFamily& family = find_family(kind);
  require(degree >= family.min_degree && degree <= family.max_degree, "a group's degree lies in group_degrees");
  FiniteGroup group;
  group.name = fmt::format("{}_{}", family.letter, degree);
  family.build(group, degree);
  if (composition == Composition::kLeftFirst) exchange_factors(group);
  group.inverses = find_inverses(group);
  return group;
}

}  // namespace groklab
