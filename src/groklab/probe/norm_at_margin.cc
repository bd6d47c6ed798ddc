// See norm_at_margin.h.
#include "groklab/probe/norm_at_margin.h"

namespace groklab {

double norm_at_margin(Engine& engine, const Task& task, std::span<const std::int64_t> rows, double margin) {
  return norm_at(engine, task, rows, &RowMeans::margin, margin);
}

}  // namespace groklab
