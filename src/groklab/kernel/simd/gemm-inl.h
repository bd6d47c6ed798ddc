// Matrix products on column panels: nn (C = A B) and tn (G += A^T C). Included once per instruction set.
// Register blocks are kMaxRows x 2 vectors: 13 x 2 on AVX-512 and NEON (26 of 32 registers), 6 x 2 on 16 registers. If
// 3 vectors are left at the end of C's columns, they make one block of 8 x 3 (4 x 3) instead of one of 2 and a slow one
// of 1. The order of the sum over k is the same for every block, so a result does not depend on how C is cut into them.
#if defined(GROKLAB_GEMM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GROKLAB_GEMM_INL_H_
#undef GROKLAB_GEMM_INL_H_
#else
#define GROKLAB_GEMM_INL_H_
#endif

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <cstdint>

#include "groklab/kernel/panel.h"

HWY_BEFORE_NAMESPACE();
namespace groklab {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <typename T>
constexpr std::int64_t lanes_of() {
  return static_cast<std::int64_t>(HWY_LANES(T));
}
/// Columns of a panel.
template <typename T>
constexpr std::int64_t panel_width() {
  return 2 * lanes_of<T>();
}

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON
constexpr int kMaxRows = 13, kMaxRowsOfThree = 8;
#else
constexpr int kMaxRows = 6, kMaxRowsOfThree = 4;
#endif

/// Offset of vector v of a block: the third one is in the next panel.
template <typename T>
HWY_INLINE std::int64_t block_vector(int v, std::int64_t panel_stride) {
  return v < 2 ? v * lanes_of<T>() : panel_stride;
}

/// acc[i][v] += sum_k a(i, k) b(k, v) over one panel of A. `a` points to the block's first row. kDense: A's rows follow
/// each other, so that the 13 broadcasts have constant offsets from one pointer (111 -> 115 GFLOP/s of a peak of 116).
template <typename T, int kRows, int kVectors, bool kDense, class V>
HWY_INLINE void nn_panel(V (&acc)[kRows][kVectors], const T* HWY_RESTRICT a, std::int64_t row_stride,
                         const T* HWY_RESTRICT b, std::int64_t b_panel_stride, std::int64_t depth) {
  const hn::ScalableTag<T> d;
  const std::int64_t a_row_stride = kDense ? panel_width<T>() : row_stride;
  for (std::int64_t k = 0; k < depth; ++k) {
    V bv[kVectors];
    for (int v = 0; v < kVectors; ++v) bv[v] = hn::Load(d, b + block_vector<T>(v, b_panel_stride));
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const V av = hn::Set(d, a[i * a_row_stride + k]);
#pragma GCC unroll 3
      for (int v = 0; v < kVectors; ++v) acc[i][v] = hn::MulAdd(av, bv[v], acc[i][v]);
    }
    b += panel_width<T>();
  }
}

/// What all blocks of a product share.
struct NnStrides {
  std::int64_t c_row, c_panel, a_row, a_panel, addend_row, addend_panel, depth;
  EpilogueKind kind;
};

/// One register block of C: the first kVectors vectors of a panel (the third: of the next one), from the rows that
/// `c`, `a` and `addend` point to. Pointers in registers: blocks of a depth of 32 take 100 ns.
template <typename T, int kRows, int kVectors>
HWY_NOINLINE void nn_block(T* HWY_RESTRICT c, const T* HWY_RESTRICT a, const T* HWY_RESTRICT b, const T* bias,
                           const T* addend, const NnStrides& strides) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  V acc[kRows][kVectors];
  const std::int64_t c_row = strides.c_row, c_panel = strides.c_panel;
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 3
    for (int v = 0; v < kVectors; ++v) {
      acc[i][v] = hn::Zero(d);
      hwy::Prefetch(c + i * c_row + block_vector<T>(v, c_panel));  // written, or read too, only after the long loop
    }
  }
  const std::int64_t depth = strides.depth, a_row = strides.a_row, a_panel = strides.a_panel;
  const std::int64_t b_panel = depth * panel_width<T>();
  for (std::int64_t k = 0; k < depth; k += panel_width<T>()) {
    const std::int64_t part = depth - k < panel_width<T>() ? depth - k : panel_width<T>();
    if (a_row == panel_width<T>()) {
      nn_panel<T, kRows, kVectors, true>(acc, a, a_row, b, b_panel, part);
    } else {
      nn_panel<T, kRows, kVectors, false>(acc, a, a_row, b, b_panel, part);
    }
    a += a_panel;
    b += part * panel_width<T>();
  }
  const EpilogueKind kind = strides.kind;
#pragma GCC unroll 3
  for (int v = 0; v < kVectors; ++v) {
    const V bias_v = bias != nullptr ? hn::LoadU(d, bias + v * lanes_of<T>()) : hn::Zero(d);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      T* HWY_RESTRICT out = c + i * c_row + block_vector<T>(v, c_panel);
      V value = hn::Add(acc[i][v], bias_v);
      if (addend != nullptr) {
        const T* more = addend + i * strides.addend_row + block_vector<T>(v, strides.addend_panel);
        value = hn::Add(value, hn::Load(d, more));
      }
      if (kind == EpilogueKind::kRelu) value = hn::Max(value, hn::Zero(d));
      if (kind == EpilogueKind::kReluMask) {
        value = hn::IfThenElseZero(hn::Gt(hn::Load(d, out), hn::Zero(d)), value);
      }
      hn::Store(value, d, out);
    }
  }
}

/// One register block of G: rows i of G are columns of A. `a` points to the block's first column in A's panel.
template <typename T, int kRows, int kVectors>
HWY_NOINLINE void tn_block(T* HWY_RESTRICT g, const T* HWY_RESTRICT a, std::int64_t a_row_stride,
                           const T* HWY_RESTRICT c, std::int64_t c_row_stride, std::int64_t rows, bool accumulate) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr std::int64_t kLanes = lanes_of<T>();
  V acc[kRows][kVectors];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      acc[i][v] = hn::Zero(d);
      // G is read only after the long loop over rows: fetch it into L1 meanwhile.
      if (accumulate) hwy::Prefetch(g + i * panel_width<T>() + v * kLanes);
    }
  }
  for (std::int64_t r = 0; r < rows; ++r) {
    V cv[kVectors];
    for (int v = 0; v < kVectors; ++v) cv[v] = hn::Load(d, c + v * kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const V av = hn::Set(d, a[i]);
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) acc[i][v] = hn::MulAdd(av, cv[v], acc[i][v]);
    }
    a += a_row_stride;
    c += c_row_stride;
  }
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      T* HWY_RESTRICT out = g + i * panel_width<T>() + v * kLanes;
      hn::Store(accumulate ? hn::Add(hn::Load(d, out), acc[i][v]) : acc[i][v], d, out);
    }
  }
}

template <typename T>
using NnBlock = void (*)(T*, const T*, const T*, const T*, const T*, const NnStrides&);
template <typename T>
using TnBlock = void (*)(T*, const T*, std::int64_t, const T*, std::int64_t, std::int64_t, bool);

/// Blocks of every height and of 1, 2 and 3 vectors.
template <typename T>
struct Blocks {
  NnBlock<T> nn[4][kMaxRows + 1] = {};
  TnBlock<T> tn[3][kMaxRows + 1] = {};
  template <int kRows>
  void fill() {
    nn[1][kRows] = &nn_block<T, kRows, 1>;
    nn[2][kRows] = &nn_block<T, kRows, 2>;
    if constexpr (kRows <= kMaxRowsOfThree) nn[3][kRows] = &nn_block<T, kRows, 3>;
    tn[1][kRows] = &tn_block<T, kRows, 1>;
    tn[2][kRows] = &tn_block<T, kRows, 2>;
    if constexpr (kRows > 1) fill<kRows - 1>();
  }
  Blocks() { fill<kMaxRows>(); }
};

/// C[rows, n] = epilogue(A[rows, depth] B[depth, n]); B packed as panels [ceil(n / width)][depth][width].
template <typename T>
void nn(PanelView<T> c, PanelView<const T> a, const T* b, std::int64_t rows, std::int64_t n, std::int64_t depth,
        const Epilogue<T>& epilogue) {
  static const Blocks<T> blocks;
  constexpr std::int64_t kWidth = panel_width<T>(), kLanes = lanes_of<T>();
  const PanelView<const T>& more = epilogue.addend;
  const NnStrides strides{c.row_stride,    c.panel_stride,    a.row_stride, a.panel_stride,
                          more.row_stride, more.panel_stride, depth,        epilogue.kind};
  for (std::int64_t col = 0, step = 0; col < n; col += step) {
    const std::int64_t vectors_left = (n - col + kLanes - 1) / kLanes, panel = col / kWidth;
    const std::int64_t vectors = vectors_left == 3 ? 3 : (vectors_left < 2 ? 1 : 2);
    step = vectors * kLanes;
    const std::int64_t most = vectors == 3 ? kMaxRowsOfThree : kMaxRows;
    const std::int64_t count = (rows + most - 1) / most;  // blocks of nearly equal height
    const T* bias = epilogue.bias != nullptr ? epilogue.bias + col : nullptr;
    for (std::int64_t block = 0; block < count; ++block) {
      const std::int64_t first = rows * block / count, height = rows * (block + 1) / count - first;
      const T* addend =
          more.data != nullptr ? more.data + panel * more.panel_stride + first * more.row_stride : nullptr;
      blocks.nn[vectors][height](c.data + panel * c.panel_stride + first * c.row_stride, a.data + first * a.row_stride,
                                 b + panel * depth * kWidth, bias, addend, strides);
    }
  }
}

/// G[depth, n] (+)= A[rows, depth]^T C[rows, n]; G packed as panels [ceil(n / width)][depth][width].
template <typename T>
void tn(T* g, PanelView<const T> a, PanelView<const T> c, std::int64_t rows, std::int64_t n, std::int64_t depth,
        bool accumulate) {
  static const Blocks<T> blocks;
  constexpr std::int64_t kWidth = panel_width<T>();
  for (std::int64_t col = 0; col < n; col += kWidth) {
    const std::int64_t panel = col / kWidth;
    const int vectors = n - col > lanes_of<T>() ? 2 : 1;
    T* g_panel = g + panel * depth * kWidth;
    for (std::int64_t k = 0; k < depth; k += kWidth) {
      const std::int64_t part = depth - k < kWidth ? depth - k : kWidth;
      const T* a_panel = a.data + (k / kWidth) * a.panel_stride;
      const std::int64_t count = (part + kMaxRows - 1) / kMaxRows;
      for (std::int64_t block = 0; block < count; ++block) {
        const std::int64_t first = part * block / count;
        const std::int64_t height = part * (block + 1) / count - first;
        blocks.tn[vectors][height](g_panel + (k + first) * kWidth, a_panel + first, a.row_stride,
                                   c.data + panel * c.panel_stride, c.row_stride, rows, accumulate);
      }
    }
  }
}

/// One block of nt(): kRows rows of A with kColumns rows of B^T.
template <typename T, int kRows, int kColumns>
HWY_NOINLINE void nt_block(PanelView<T> c, PanelView<const T> a, PanelView<const T> b_transposed, std::int64_t row,
                           std::int64_t col, std::int64_t depth, const Epilogue<T>& epilogue) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr std::int64_t kLanes = lanes_of<T>(), kWidth = panel_width<T>();
  V acc[kRows][kColumns];
  for (auto& of_row : acc) {
    for (V& sum : of_row) sum = hn::Zero(d);
  }
  const T* HWY_RESTRICT a_row = a.data + row * a.row_stride;
  const T* HWY_RESTRICT b_row = b_transposed.data + col * b_transposed.row_stride;
  for (std::int64_t k = 0; k < depth; k += kLanes) {
    const std::int64_t panel = k / kWidth, in_panel = k % kWidth;
    const auto mask = hn::FirstN(d, static_cast<std::size_t>(depth - k < kLanes ? depth - k : kLanes));
    V bv[kColumns];
    for (int j = 0; j < kColumns; ++j) {
      bv[j] = hn::Load(d, b_row + panel * b_transposed.panel_stride + in_panel + j * b_transposed.row_stride);
      bv[j] = hn::IfThenElseZero(mask, bv[j]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < kRows; ++i) {
      const V av = hn::IfThenElseZero(mask, hn::Load(d, a_row + panel * a.panel_stride + in_panel + i * a.row_stride));
      for (int j = 0; j < kColumns; ++j) acc[i][j] = hn::MulAdd(av, bv[j], acc[i][j]);
    }
  }
  for (int i = 0; i < kRows; ++i) {
    for (int j = 0; j < kColumns; ++j) {
      const std::int64_t panel = (col + j) / kWidth, in_panel = (col + j) % kWidth;
      T sum = hn::GetLane(hn::SumOfLanes(d, acc[i][j]));
      if (epilogue.bias != nullptr) sum += epilogue.bias[col + j];
      const PanelView<const T>& more = epilogue.addend;
      if (more.data != nullptr) sum += more.data[panel * more.panel_stride + (row + i) * more.row_stride + in_panel];
      c.data[panel * c.panel_stride + (row + i) * c.row_stride + in_panel] = sum;
    }
  }
}

template <typename T>
using NtBlock = void (*)(PanelView<T>, PanelView<const T>, PanelView<const T>, std::int64_t, std::int64_t, std::int64_t,
                         const Epilogue<T>&);

/// Columns first..n - 1 of C = epilogue(A B), which must be linear, by dot products along the depth: they fill the
/// lanes that a few last columns would leave empty. B^T [n, depth].
template <typename T>
void nt(PanelView<T> c, PanelView<const T> a, PanelView<const T> b_transposed, std::int64_t rows, std::int64_t first,
        std::int64_t n, std::int64_t depth, const Epilogue<T>& epilogue) {
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON
  constexpr int kRows[] = {12, 8, 6};  // times the columns, and one row of A: within 32 registers
#else
  constexpr int kRows[] = {6, 4, 3};
#endif
  static constexpr NtBlock<T> kWhole[] = {&nt_block<T, kRows[0], 1>, &nt_block<T, kRows[1], 2>,
                                          &nt_block<T, kRows[2], 3>};
  static constexpr NtBlock<T> kOne[] = {&nt_block<T, 1, 1>, &nt_block<T, 1, 2>, &nt_block<T, 1, 3>};
  for (std::int64_t col = first; col < n; col += 3) {
    const std::int64_t columns = n - col < 3 ? n - col : 3;
    const std::int64_t height = kRows[columns - 1];
    std::int64_t row = 0;
    for (; row + height <= rows; row += height) kWhole[columns - 1](c, a, b_transposed, row, col, depth, epilogue);
    for (; row < rows; ++row) kOne[columns - 1](c, a, b_transposed, row, col, depth, epilogue);
  }
}

// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace groklab
HWY_AFTER_NAMESPACE();

#endif  // GROKLAB_GEMM_INL_H_
