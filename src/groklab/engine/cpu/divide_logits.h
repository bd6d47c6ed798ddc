// The temperature of a loss: logits divided in place before the loss sees them.
#pragma once

#include <algorithm>
#include <cstdint>

#include "groklab/kernel/panel.h"

namespace groklab {

/// logits[rows, columns] /= temperature; panels are `width` columns wide. At 1 nothing is touched.
template <typename T>
void divide_logits(PanelView<T> logits, std::int64_t rows, std::int64_t columns, std::int64_t width,
                   double temperature) {
  if (temperature == 1) return;
  const T factor = static_cast<T>(1 / temperature);
  for (std::int64_t col = 0; col < columns; col += width) {
    const std::int64_t count = std::min(width, columns - col);
    T* const panel = logits.data + col / width * logits.panel_stride;
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int64_t i = 0; i < count; ++i) panel[row * logits.row_stride + i] *= factor;
    }
  }
}

}  // namespace groklab
