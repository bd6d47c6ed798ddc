// Views of matrices for the kernels. Activations and packed weights are stored as column panels: a panel holds
// `width` columns (two SIMD vectors), row after row, so that every product streams contiguous memory whatever the
// matrix' width (a row-major [T, 512] float matrix read down a panel would hit two of 64 L1 sets).
#pragma once

#include <cstdint>

namespace groklab {

/// Columns of the widest panel: two vectors of 16 floats.
inline constexpr std::int64_t kMaxPanelWidth = 32;

/// Element (r, c) of a matrix lies at data[(c / width) * panel_stride + r * row_stride + c % width].
template <typename T>
struct PanelView {
  T* data = nullptr;
  std::int64_t row_stride = 0;
  std::int64_t panel_stride = 0;
};

/// A row-major matrix whose columns come in blocks: (k, n) lies at data[(n / block) * block_stride + k * row_stride +
/// n % block]. Describes plain matrices (block = columns) and TransformerLens' [heads, d_model, d_head].
template <typename T>
struct BlockedView {
  T* data = nullptr;
  std::int64_t row_stride = 0;
  std::int64_t block = 0;
  std::int64_t block_stride = 0;
};

/// What nn() does with a finished product before it stores it: C = act(acc + bias + addend), or a masked gradient.
enum class EpilogueKind {
  kLinear,    ///< acc + bias + addend
  kRelu,      ///< max(acc + bias, 0)
  kReluMask,  ///< C holds max(pre, 0) on entry and (C > 0 ? acc : 0) on return: the backward pass of kRelu, in place
};

template <typename T>
struct Epilogue {
  EpilogueKind kind = EpilogueKind::kLinear;
  const T* bias = nullptr;    ///< [N], padded to whole panels; nullptr: none
  PanelView<const T> addend;  ///< data nullptr: none; may alias C
};

}  // namespace groklab
