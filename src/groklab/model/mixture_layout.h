// Where the numbers of MixtureTables lie, for the products that make and read them a panel of the kernels at a time.
#pragma once

#include <cstdint>

#include "groklab/kernel/kernels.h"

namespace groklab {

/// Tables of `heads` heads with `rows` rows each.
struct MixtureLayout {
  std::int64_t rows = 0, heads = 1;
  std::int64_t width = 0, mixture_width = 0;  ///< of the kernels

  /// Numbers from a row to the next one, and from a panel of the tables to the next one.
  std::int64_t row_stride() const { return heads * mixture_width; }
  std::int64_t panel_stride() const { return rows * row_stride(); }
  std::int64_t panels(std::int64_t columns) const { return (columns + mixture_width - 1) / mixture_width; }
  /// Numbers of tables with `columns` columns.
  std::int64_t size(std::int64_t columns) const { return panels(columns) * panel_stride(); }
  /// Columns padded to whole panels of the tables.
  std::int64_t padded(std::int64_t columns) const { return panels(columns) * mixture_width; }

  /// Columns panel * width.. of head `head`'s table, as one panel of the kernels'.
  template <typename T>
  PanelView<T> panel(T* data, std::int64_t panel, std::int64_t head) const {
    const std::int64_t col = panel * width;
    return {data + col / mixture_width * panel_stride() + head * mixture_width + col % mixture_width, row_stride(), 0};
  }
};

/// C[rows, n] (+)= A[rows, depth] B, where A is head `head`'s table of `tables` and B is packed: a panel of the tables
/// at a time, since the next one does not follow at the distance of the kernels' panels.
template <typename T>
void multiply_table(const Kernels<T>& kernels, PanelView<T> c, const T* tables, const MixtureLayout& layout,
                    std::int64_t head, const T* packed, std::int64_t n, std::int64_t depth, bool add) {
  const std::int64_t width = layout.width;
  for (std::int64_t first = 0; first < depth; first += layout.mixture_width) {
    PanelView<const T> a = layout.panel(tables, first / width, head);
    a.panel_stride = width;
    for (std::int64_t col = 0; col < n; col += width) {
      const PanelView<T> target{c.data + (col / width) * c.panel_stride, c.row_stride, 0};
      Epilogue<T> epilogue;
      if (add || first > 0) epilogue.addend = {target.data, target.row_stride, target.panel_stride};
      kernels.nn(target, a, packed + col * depth + first * width, layout.rows, n - col < width ? n - col : width,
                 depth - first < layout.mixture_width ? depth - first : layout.mixture_width, epilogue);
    }
  }
}

}  // namespace groklab
