// Finite groups as multiplication tables: cyclic, dihedral, symmetric, alternating.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/task.h"

namespace groklab {

/// A group on the elements 0..order-1; element 0 is the identity.
struct FiniteGroup {
  std::string name;  ///< e.g. "S_5"
  std::int64_t order = 0;
  std::vector<std::string> names;      ///< [order]
  std::vector<std::int32_t> table;     ///< [order, order] product of the row's and the column's element
  std::vector<std::int32_t> inverses;  ///< [order]

  std::int32_t product(std::int64_t x, std::int64_t y) const { return table[static_cast<std::size_t>(x * order + y)]; }
  std::int32_t inverse(std::int64_t x) const { return inverses[static_cast<std::size_t>(x)]; }
};

/// `degree` is n of C_n (order n), D_n (2n), S_n (n!), A_n (n!/2). Elements:
/// C_n: e, r, r^2, ...; D_n: the n rotations, then s, r s, r^2 s, ...;
/// S_n, A_n: permutations in lexicographic order of their one-line notation ("213": 1 -> 2, 2 -> 1, 3 -> 3).
/// The product x y applies y first (kRightFirst) or x first (kLeftFirst).
/// Throws Error(kConfig) for a degree that gives fewer than 2 elements or more than kMaxSymbols.
FiniteGroup make_group(GroupKind kind, std::int64_t degree, Composition composition);

/// The task of task.operation (product, conjugate, sandwich) in task.group.
Task make_group_task(const TaskConfig& config);

}  // namespace groklab
