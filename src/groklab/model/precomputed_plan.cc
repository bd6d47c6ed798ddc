// See precomputed_plan.h.
#include "groklab/model/precomputed_plan.h"

#include <initializer_list>

namespace groklab {

double precomputed_flop(const PrecomputedShape& shape, const PrecomputedPlan& plan) {
  const auto rows = static_cast<double>(shape.rows), table_rows = static_cast<double>(shape.table_rows);
  const auto d = static_cast<double>(shape.d_model), m = static_cast<double>(shape.d_mlp);
  const auto c = static_cast<double>(shape.classes), joined = static_cast<double>(shape.heads * shape.d_head);
  const auto mixed = static_cast<double>(shape.heads * shape.slots);  // table rows that a row of the batch reads
  double multiply_adds = table_rows * d * joined;                     // values
  const auto add_tables = [&](double columns, bool folded) {
    multiply_adds += rows * mixed * columns + table_rows * joined * columns + (folded ? joined * d * columns : 0);
  };
  if (plan.needs_stream()) add_tables(d, false);
  if (plan.input_tables) {
    add_tables(m, true);
  } else {
    multiply_adds += rows * d * m;
  }
  if (plan.folded_output) {
    add_tables(c, true);
    multiply_adds += rows * m * c + m * d * c;
  } else {
    multiply_adds += rows * (m * d + d * c);
  }
  return 6.0 * multiply_adds;  // one product forward and two backward, of two operations each
}

PrecomputedPlan cheapest_plan(const PrecomputedShape& shape) {
  PrecomputedPlan best;
  for (const bool input_tables : {false, true}) {
    for (const bool folded_output : {false, true}) {
      const PrecomputedPlan plan{input_tables, folded_output};
      if (precomputed_flop(shape, plan) < precomputed_flop(shape, best)) best = plan;
    }
  }
  return best;
}

}  // namespace groklab
