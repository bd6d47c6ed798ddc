// Splits the logits of a network exactly into the part that respects the task's symmetry and the rest.
//
// The labels of a group operation do not change under the group's own action on a row's inputs and its class, such as
// (a, b, c) -> (g a, b h, g c h) for c = a b. What a network computes by the group's structure is invariant under the
// action (the characters of c^-1 a b, and for Z_p the waves cos, sin 2 pi k (a + b - c) / p, are); a lookup table of
// training rows is not. L_gen is the mean of L over each orbit of the action, the residual is L - L_gen.
// For Z_p this is the projection that Varma et al. (2023, appendix B) use, onto all frequencies, plus the constant.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "groklab/config.h"
#include "groklab/probes.h"
#include "groklab/task.h"

namespace groklab {

/// Cells of the table (row, class) by orbit.
struct SymmetryOrbits {
  std::int64_t n_rows = 0, n_classes = 0;
  std::int64_t count = 0;
  std::vector<std::int32_t> orbit;  ///< [n_rows, n_classes]
  std::vector<std::int64_t> size;   ///< [count] cells
};

/// The orbits of a task with a group behind it: x + y, x - y, x y and x / y modulo a prime, and the three operations in
/// a finite group. Nothing for other tasks (polynomials, tables, parity), where no such action is known.
std::optional<SymmetryOrbits> task_orbits(const TaskConfig& config, const Task& task);

/// L_gen, [n_rows, n_classes], of logits of the same shape. Rows are centred (mean over classes removed) first, which
/// changes no loss, so both parts are centred too.
std::vector<double> invariant_component(const SymmetryOrbits& orbits, std::span<const double> logits);

/// Measures both parts. logits: [n_rows, n_classes] of all rows in order; invariant: their invariant_component().
CircuitMetrics measure_circuits(const SymmetryOrbits& orbits, const Task& task, const Split& split,
                                std::span<const double> logits, std::span<const double> invariant);
CircuitMetrics measure_circuits(const SymmetryOrbits& orbits, const Task& task, const Split& split,
                                std::span<const double> logits);

}  // namespace groklab
