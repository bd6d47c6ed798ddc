// Which form of the precomputed step is cheaper: counts of floating-point operations from the shapes alone.
#pragma once

#include <cstdint>

namespace groklab {

/// Shapes of a one-layer transformer. Letters as in docs/decisions/precomputed-tables.md.
struct PrecomputedShape {
  std::int64_t rows = 0;        ///< D: training rows of a step
  std::int64_t table_rows = 0;  ///< R: distinct inputs of attention
  std::int64_t slots = 0;       ///< S - 1: positions whose tokens differ from row to row, or whose weight does
  std::int64_t heads = 0, d_head = 0, d_model = 0, d_mlp = 0, classes = 0;
};

/// The forms of the two linear stretches of the network, each exact.
struct PrecomputedPlan {
  /// The neurons' inputs are mixtures of table rows; else the residual stream is, and W_in is applied to D rows.
  bool input_tables = false;
  /// The logits come from the neurons by the one matrix W_out W_U; else by way of the residual stream.
  bool folded_output = false;

  bool needs_stream() const { return !input_tables || !folded_output; }
};

/// Forward and backward, a multiply-add counted as two operations: what a step needs in a form.
double precomputed_flop(const PrecomputedShape& shape, const PrecomputedPlan& plan);

/// The form with the fewest operations.
PrecomputedPlan cheapest_plan(const PrecomputedShape& shape);

}  // namespace groklab
