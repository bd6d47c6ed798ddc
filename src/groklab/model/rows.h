// Gathering rows of a table into panels and scattering gradients back. Plain loops over whole panel rows.
#pragma once

#include <cstdint>

#include "groklab/kernel/panel.h"

namespace groklab {

/// out[r, :n] (+)= table[r * stride .. + n], zero-padding nothing: padding columns of `out` are left as they are.
template <typename T>
void put_row(PanelView<T> out, std::int64_t row, const T* values, std::int64_t n, std::int64_t width, bool add) {
  for (std::int64_t col = 0; col < n; col += width) {
    T* to = out.data + (col / width) * out.panel_stride + row * out.row_stride;
    const std::int64_t part = n - col < width ? n - col : width;
    if (add) {
      for (std::int64_t j = 0; j < part; ++j) to[j] += values[col + j];
    } else {
      for (std::int64_t j = 0; j < part; ++j) to[j] = values[col + j];
    }
  }
}

/// y[y_row] (+)= x[x_row] over all panels of n columns.
template <typename T>
void add_panel_row(PanelView<T> y, std::int64_t y_row, PanelView<const T> x, std::int64_t x_row, std::int64_t n,
                   std::int64_t width, bool add) {
  for (std::int64_t col = 0; col < n; col += width) {
    T* to = y.data + (col / width) * y.panel_stride + y_row * y.row_stride;
    const T* from = x.data + (col / width) * x.panel_stride + x_row * x.row_stride;
    const std::int64_t part = n - col < width ? n - col : width;
    if (add) {
      for (std::int64_t j = 0; j < part; ++j) to[j] += from[j];
    } else {
      for (std::int64_t j = 0; j < part; ++j) to[j] = from[j];
    }
  }
}

}  // namespace groklab
