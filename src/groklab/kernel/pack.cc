// Conversions between row-major weights and column panels. Plain loops: about 1 % of a step.
#include <algorithm>
#include <cstring>

#include "groklab/kernel/kernels.h"

namespace groklab {

namespace {

template <typename T>
std::int64_t column_offset(const BlockedView<T>& view, std::int64_t n) {
  return (n / view.block) * view.block_stride + n % view.block;
}

}  // namespace

template <typename T>
void pack_panel(T* panel, const BlockedView<const T>& source, std::int64_t depth, std::int64_t col, std::int64_t n,
                std::int64_t width) {
  const std::int64_t part = std::min(width, n - col);
  if (part < width) std::memset(panel, 0, static_cast<std::size_t>(depth * width) * sizeof(T));
  for (std::int64_t j = 0; j < part;) {
    const std::int64_t run = std::min(part - j, source.block - (col + j) % source.block);
    const T* from = source.data + column_offset(source, col + j);
    for (std::int64_t k = 0; k < depth; ++k) {
      std::memcpy(panel + k * width + j, from + k * source.row_stride, static_cast<std::size_t>(run) * sizeof(T));
    }
    j += run;
  }
}

template <typename T>
void pack_transposed_panel(T* panel, const BlockedView<const T>& source, std::int64_t depth, std::int64_t row,
                           std::int64_t n, std::int64_t width) {
  const std::int64_t part = std::min(width, depth - row);
  if (part < width) std::memset(panel, 0, static_cast<std::size_t>(n * width) * sizeof(T));
  for (std::int64_t j0 = 0; j0 < n; j0 += 16) {  // 16 columns: their destination lines stay in L1
    const std::int64_t j1 = std::min(n, j0 + 16);
    for (std::int64_t k = 0; k < part; ++k) {
      const T* from = source.data + (row + k) * source.row_stride;
      if (source.block >= n) {
        for (std::int64_t j = j0; j < j1; ++j) panel[j * width + k] = from[j];
      } else {
        for (std::int64_t j = j0; j < j1; ++j) panel[j * width + k] = from[column_offset(source, j)];
      }
    }
  }
}

template <typename T>
void unpack_panel(const BlockedView<T>& target, const T* panel, std::int64_t depth, std::int64_t col, std::int64_t n,
                  std::int64_t width, bool accumulate) {
  const std::int64_t part = std::min(width, n - col);
  for (std::int64_t j = 0; j < part;) {
    const std::int64_t run = std::min(part - j, target.block - (col + j) % target.block);
    T* to = target.data + column_offset(target, col + j);
    for (std::int64_t k = 0; k < depth; ++k) {
      const T* from = panel + k * width + j;
      T* row = to + k * target.row_stride;
      if (accumulate) {
        for (std::int64_t i = 0; i < run; ++i) row[i] += from[i];
      } else {
        std::memcpy(row, from, static_cast<std::size_t>(run) * sizeof(T));
      }
    }
    j += run;
  }
}

template void pack_panel(float*, const BlockedView<const float>&, std::int64_t, std::int64_t, std::int64_t,
                         std::int64_t);
template void pack_panel(double*, const BlockedView<const double>&, std::int64_t, std::int64_t, std::int64_t,
                         std::int64_t);
template void pack_transposed_panel(float*, const BlockedView<const float>&, std::int64_t, std::int64_t, std::int64_t,
                                    std::int64_t);
template void pack_transposed_panel(double*, const BlockedView<const double>&, std::int64_t, std::int64_t, std::int64_t,
                                    std::int64_t);
template void unpack_panel(const BlockedView<float>&, const float*, std::int64_t, std::int64_t, std::int64_t,
                           std::int64_t, bool);
template void unpack_panel(const BlockedView<double>&, const double*, std::int64_t, std::int64_t, std::int64_t,
                           std::int64_t, bool);

}  // namespace groklab
