// Functions on a finite group, split into its real irreducible components.
//
// A component holds the matrix elements of one irreducible representation, joined with its complex conjugate where the
// two differ, so that the basis is real: for Z_n the pairs cos, sin 2 pi k g / n. The split does not change under
// translation from the left or the right, so it says the same of embeddings, neurons and logits.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "groklab/task/groups.h"

namespace groklab {

struct GroupComponent {
  std::string name;        ///< "14" (frequency of Z_n), "[4,1]" (partition, S_n), "rho_3" (D_n), "dim 5" (others)
  std::int64_t first = 0;  ///< column of the basis
  std::int64_t columns = 0;
};

struct GroupBasis {
  std::int64_t order = 0;
  std::vector<GroupComponent> components;  ///< the trivial one first; columns of one stand together, in order
  std::vector<double> columns;             ///< [order, order] column-major: column j at j * order; orthonormal
  std::span<const double> column(std::int64_t j) const {
    return {columns.data() + j * order, static_cast<std::size_t>(order)};
  }
};

/// Of Z_n, element g at place g: frequencies 0..n/2, by formula.
GroupBasis cyclic_basis(std::int64_t n);

/// Of a group of task/groups.h, elements in its order: C_n and D_n by formula, others computed.
GroupBasis group_basis(GroupKind kind, std::int64_t degree, Composition composition);

/// Of any group, computed: convolution with a real class function that is symmetric under inversion has one eigenvalue
/// on each component, and a fixed random function keeps them apart. With `degree` > 0 the group is S_degree and the
/// components are named by their partitions, found from dimension and the character of a transposition; else by
/// dimension. Throws Error(kInternal) if two components cannot be told apart.
GroupBasis computed_basis(const FiniteGroup& group, std::int64_t degree = 0);

/// Squared norms by component of the functions in the columns of `values` [order, n] row-major, summed over them.
std::vector<double> component_squares(const GroupBasis& basis, std::span<const double> values, std::int64_t n);
/// The same for each column alone: [n, components].
std::vector<double> component_squares_each(const GroupBasis& basis, std::span<const double> values, std::int64_t n);
/// Coefficients [order, n]: basis transposed times values.
std::vector<double> coefficients(const GroupBasis& basis, std::span<const double> values, std::int64_t n);
/// The part of `values` [order, n] in the given components.
std::vector<double> projected(const GroupBasis& basis, std::span<const double> values, std::int64_t n,
                              std::span<const std::int64_t> components);

}  // namespace groklab
