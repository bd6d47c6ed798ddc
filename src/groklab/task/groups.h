// Finite groups as multiplication tables: cyclic, dihedral, symmetric, alternating.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "groklab/config.h"

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
/// `degree` lies in group_degrees(kind).
FiniteGroup make_group(GroupKind kind, std::int64_t degree, Composition composition);

/// Number of elements; degree >= 1. Grows no further than 10^12, so that it never overflows.
std::int64_t group_order(GroupKind kind, std::int64_t degree);

/// The smallest degree with 2 elements (one alone leaves nothing to learn), and the largest with at most kMaxSymbols.
std::pair<std::int64_t, std::int64_t> group_degrees(GroupKind kind);

}  // namespace groklab
