// Mixtures of table rows: every row of a tile adds up a few rows of precomputed tables, each times a weight of its own.
// Rows are visited in groups that read the same table row, which then stays in registers. Included once per
// instruction set.
#if defined(GROKLAB_MIXTURE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GROKLAB_MIXTURE_INL_H_
#undef GROKLAB_MIXTURE_INL_H_
#else
#define GROKLAB_MIXTURE_INL_H_
#endif

#include "groklab/kernel/kernels.h"
#include "groklab/kernel/simd/gemm-inl.h"

HWY_BEFORE_NAMESPACE();
namespace groklab {
namespace HWY_NAMESPACE {

/// Heads and vectors of columns of one pass: its table rows must fit the registers, beside what mixes them (16 of 32,
/// or 4 of 16). Weights, row numbers and horizontal sums are paid once a pass, so wide passes are cheap.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON
constexpr int kPassHeads = 4, kPassVectors = 4;
#else
constexpr int kPassHeads = 2, kPassVectors = 2;
#endif

template <typename T>
constexpr std::int64_t mixture_width() {
  return kPassVectors * lanes_of<T>();
}

/// Blocks of 16 bytes that hold the dot products of a row in a pass of so many heads, see fold_dots().
template <typename T>
constexpr std::int64_t dot_blocks(std::int64_t heads) {
  return sizeof(T) == 8 && heads > 2 ? 2 : 1;
}
/// Numbers of such a block.
template <typename T>
constexpr std::int64_t block_size() {
  return 16 / static_cast<std::int64_t>(sizeof(T));
}

template <typename T>
std::int64_t mixture_share_size(std::int64_t heads) {
  std::int64_t blocks = 0;
  for (std::int64_t h = 0; h < heads; h += kPassHeads) {
    blocks += dot_blocks<T>(heads - h < kPassHeads ? heads - h : kPassHeads);
  }
  return blocks * block_size<T>();
}

/// The sum of a vector's blocks of 16 bytes.
template <class D, class V>
HWY_INLINE auto sum_of_blocks(D, V v) {
  if constexpr (hn::MaxLanes(D()) * sizeof(hn::TFromD<D>) <= 16) {
    return v;
  } else {
    const hn::Half<D> half;
    return sum_of_blocks(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
  }
}

/// Adds up lanes until blocks of 16 bytes hold the dot products of the heads: in float [h0 h1 h2 h3], or of two heads
/// the halves [h0 h1 h0 h1], of one its quarters; in double [h0 h1], and a second block [h2 h3].
template <typename T, int kHeads, class V>
HWY_INLINE void fold_dots(const V (&dots)[kHeads], T* HWY_RESTRICT share, bool first) {
  const hn::ScalableTag<T> d;
  const hn::FixedTag<T, 16 / sizeof(T)> block;
  const auto pair = [&](V a, V b) { return hn::Add(hn::InterleaveLower(d, a, b), hn::InterleaveUpper(d, a, b)); };
  const auto put = [&](V packed, T* to) {
    const auto sum = sum_of_blocks(d, packed);
    hn::Store(first ? sum : hn::Add(hn::Load(block, to), sum), block, to);
  };
  if constexpr (kHeads == 1) {
    put(dots[0], share);
  } else if constexpr (kHeads == 2) {
    put(pair(dots[0], dots[1]), share);
  } else {
    const V last = kHeads > 3 ? dots[kHeads - 1] : hn::Zero(d);
    const V low = pair(dots[0], dots[1]), high = pair(dots[2], last);
    if constexpr (sizeof(T) == 8) {
      put(low, share);
      put(high, share + block_size<T>());
    } else {
      const hn::Repartition<std::uint64_t, decltype(d)> wide;
      const auto low64 = hn::BitCast(wide, low), high64 = hn::BitCast(wide, high);
      put(hn::Add(hn::BitCast(d, hn::InterleaveLower(wide, low64, high64)),
                  hn::BitCast(d, hn::InterleaveUpper(wide, low64, high64))),
          share);
    }
  }
}

/// The dot products of a pass from its blocks.
template <typename T>
HWY_INLINE void unfold_dots(const T* share, std::int64_t heads, T* dots) {
  constexpr std::int64_t kBlock = block_size<T>();
  const std::int64_t step = heads == 3 ? kBlock : (heads < kBlock ? heads : kBlock);
  for (std::int64_t h = 0; h < heads; ++h) {
    dots[h] = T(0);
    const T* of_block = share + h / kBlock * kBlock;
    for (std::int64_t lane = h % kBlock; lane < kBlock; lane += step) dots[h] += of_block[lane];
  }
}

/// What all kernels of one pass take: pointers to its first head and column.
template <typename T>
struct MixturePass {
  const T* weights;
  std::int64_t weight_row;  ///< numbers from row to row
  std::int64_t heads;       ///< numbers from slot to slot
  const T* table;
  std::int64_t table_row;   ///< numbers from row to row
  std::int64_t table_slot;  ///< numbers from slot to slot
  const std::int32_t* reads;
  std::int64_t reads_slot;
  std::int64_t slots, position_row;
  const RowGroups* groups;
};

/// Vector v of a pass's columns in row r of a matrix in panels.
template <typename T>
HWY_INLINE std::int64_t vector_at(std::int64_t r, std::int64_t panel_stride, int v) {
  return (v / 2) * panel_stride + r * panel_width<T>() + (v % 2) * lanes_of<T>();
}

/// kSlots 0: their number is known at run time only. kWeighted false: all weights are one, and there is one head.
template <typename T, int kHeads, int kVectors, int kSlots, bool kWeighted>
void mixture_forward_pass(T* HWY_RESTRICT out, std::int64_t out_panel, const T* base, bool relu,
                          const MixturePass<T>& pass) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr std::int64_t kLanes = lanes_of<T>(), kWide = mixture_width<T>();
  const MixturePass<T> m = pass;
  const RowGroups groups = m.groups[0];
  const std::int64_t slots = kSlots > 0 ? kSlots : m.slots;
  V start[kVectors];
  for (int v = 0; v < kVectors; ++v) start[v] = base != nullptr ? hn::LoadU(d, base + v * kLanes) : hn::Zero(d);
  for (std::int64_t g = 0; g < groups.count; ++g) {
    V u[kHeads][kVectors];  // of the first slot, in registers while its group passes
    const T* HWY_RESTRICT first_row = m.table + groups.table_row[g] * m.table_row;
    const T* HWY_RESTRICT first_shift = m.table + m.position_row * m.table_row;
    for (int h = 0; h < kHeads; ++h) {
      for (int v = 0; v < kVectors; ++v) {
        u[h][v] = hn::Load(d, first_row + h * kWide + v * kLanes);
        if (kWeighted && slots > 1) u[h][v] = hn::Add(u[h][v], hn::Load(d, first_shift + h * kWide + v * kLanes));
      }
    }
    const std::int32_t* HWY_RESTRICT row = groups.rows + groups.begin[g];
    const std::int32_t* const end = groups.rows + groups.begin[g + 1];
    for (; row != end; ++row) {
      const std::int64_t r = *row;
      const T* HWY_RESTRICT w = m.weights + r * m.weight_row;
      V sum[kVectors];
      for (int v = 0; v < kVectors; ++v) {
        sum[v] = base != nullptr ? start[v] : hn::Load(d, out + vector_at<T>(r, out_panel, v));
      }
      for (int h = 0; h < kHeads; ++h) {
        for (int v = 0; v < kVectors; ++v) {
          sum[v] = kWeighted ? hn::MulAdd(hn::Set(d, w[h]), u[h][v], sum[v]) : hn::Add(u[h][v], sum[v]);
        }
      }
      for (std::int64_t slot = 1; slot < slots; ++slot) {
        const T* HWY_RESTRICT at = m.table + slot * m.table_slot + m.reads[slot * m.reads_slot + r] * m.table_row;
        const T* HWY_RESTRICT shift = m.table + (m.position_row + slot) * m.table_row;
        if constexpr (kWeighted) w += m.heads;
        for (int h = 0; h < kHeads; ++h) {
          for (int v = 0; v < kVectors; ++v) {
            V x = hn::Load(d, at + h * kWide + v * kLanes);
            if (kWeighted && kSlots == 0 && slot + 1 < slots) {
              x = hn::Add(x, hn::Load(d, shift + h * kWide + v * kLanes));
            }
            sum[v] = kWeighted ? hn::MulAdd(hn::Set(d, w[h]), x, sum[v]) : hn::Add(x, sum[v]);
          }
        }
      }
      for (int v = 0; v < kVectors; ++v) {
        hn::Store(relu ? hn::Max(sum[v], hn::Zero(d)) : sum[v], d, out + vector_at<T>(r, out_panel, v));
      }
    }
  }
}

/// What the weights of one slot receive: dot products of the rows' gradients with their table rows.
template <typename T, int kHeads, int kVectors>
void mixture_weights_pass(T* HWY_RESTRICT shares, std::int64_t share_size, bool first, const T* HWY_RESTRICT grad,
                          std::int64_t grad_panel, std::int64_t slot, const MixturePass<T>& pass) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr std::int64_t kLanes = lanes_of<T>(), kWide = mixture_width<T>();
  const MixturePass<T> m = pass;
  const RowGroups groups = m.groups[slot];
  const bool is_last = slot + 1 == m.slots;
  const T* HWY_RESTRICT shift = m.table + (m.position_row + slot) * m.table_row;
  for (std::int64_t g = 0; g < groups.count; ++g) {
    const T* HWY_RESTRICT from = m.table + groups.table_row[g] * m.table_row;
    V u[kHeads][kVectors];
    for (int h = 0; h < kHeads; ++h) {
      for (int v = 0; v < kVectors; ++v) {
        u[h][v] = hn::Load(d, from + h * kWide + v * kLanes);
        if (!is_last) u[h][v] = hn::Add(u[h][v], hn::Load(d, shift + h * kWide + v * kLanes));
      }
    }
    const std::int32_t* HWY_RESTRICT row = groups.rows + groups.begin[g];
    const std::int32_t* const end = groups.rows + groups.begin[g + 1];
    for (; row != end; ++row) {
      const std::int64_t r = *row;
      V dots[kHeads];
      for (int v = 0; v < kVectors; ++v) {
        const V gv = hn::Load(d, grad + vector_at<T>(r, grad_panel, v));
        for (int h = 0; h < kHeads; ++h) dots[h] = v == 0 ? hn::Mul(gv, u[h][v]) : hn::MulAdd(gv, u[h][v], dots[h]);
      }
      fold_dots<T, kHeads>(dots, shares + r * share_size, first);
    }
  }
}

/// What one slot's tables receive. The gradient of a table row is gathered in registers while its group passes.
/// `column_sums` nullptr: not wanted.
template <typename T, int kHeads, int kVectors, bool kWeighted>
void mixture_tables_pass(T* HWY_RESTRICT table_gradient, T* column_sums, const T* HWY_RESTRICT grad,
                         std::int64_t grad_panel, std::int64_t slot, const MixturePass<T>& pass) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr std::int64_t kLanes = lanes_of<T>(), kWide = mixture_width<T>();
  const MixturePass<T> m = pass;
  const RowGroups groups = m.groups[slot];
  const T* HWY_RESTRICT weights = m.weights + slot * m.heads;
  T* const position = table_gradient + (m.position_row + slot) * m.table_row;
  V total[kVectors];
  for (int v = 0; v < kVectors; ++v) total[v] = hn::Zero(d);
  for (std::int64_t g = 0; g < groups.count; ++g) {
    T* const to_row = table_gradient + groups.table_row[g] * m.table_row;
    V du[kHeads][kVectors];
    for (int h = 0; h < kHeads; ++h) {
      for (int v = 0; v < kVectors; ++v) du[h][v] = hn::Zero(d);
    }
    const std::int32_t* HWY_RESTRICT row = groups.rows + groups.begin[g];
    const std::int32_t* const end = groups.rows + groups.begin[g + 1];
    for (; row != end; ++row) {
      const std::int64_t r = *row;
      const T* HWY_RESTRICT w = weights + r * m.weight_row;
      V gv[kVectors];
      for (int v = 0; v < kVectors; ++v) {
        gv[v] = hn::Load(d, grad + vector_at<T>(r, grad_panel, v));
        if constexpr (kWeighted) total[v] = hn::Add(total[v], gv[v]);
      }
      for (int h = 0; h < kHeads; ++h) {
        for (int v = 0; v < kVectors; ++v) {
          du[h][v] = kWeighted ? hn::MulAdd(hn::Set(d, w[h]), gv[v], du[h][v]) : hn::Add(du[h][v], gv[v]);
        }
      }
    }
    for (int h = 0; h < kHeads; ++h) {
      for (int v = 0; v < kVectors; ++v) {
        const auto add_to = [&](T* to) { hn::Store(hn::Add(hn::Load(d, to), du[h][v]), d, to); };
        add_to(to_row + h * kWide + v * kLanes);
        if constexpr (kWeighted) {
          add_to(position + h * kWide + v * kLanes);
        } else {
          total[v] = hn::Add(total[v], du[h][v]);
        }
      }
    }
  }
  for (int v = 0; column_sums != nullptr && v < kVectors; ++v) {
    T* to = column_sums + v * kLanes;
    hn::Store(hn::Add(hn::Load(d, to), total[v]), d, to);
  }
}

template <typename T>
using MixtureForwardPass = void (*)(T*, std::int64_t, const T*, bool, const MixturePass<T>&);
template <typename T>
using MixtureWeightsPass = void (*)(T*, std::int64_t, bool, const T*, std::int64_t, std::int64_t,
                                    const MixturePass<T>&);
template <typename T>
using MixtureTablesPass = void (*)(T*, T*, const T*, std::int64_t, std::int64_t, const MixturePass<T>&);

/// Passes by number of heads (0: one without weights) and of vectors.
template <typename T>
struct MixturePasses {
  MixtureForwardPass<T> forward[kPassHeads + 1][kPassVectors + 1][2];  ///< [1]: of two slots
  MixtureWeightsPass<T> weights[kPassHeads + 1][kPassVectors + 1];
  MixtureTablesPass<T> tables[kPassHeads + 1][kPassVectors + 1];

  template <int kIndex, int kVectors>
  void fill() {
    constexpr int kHeads = kIndex == 0 ? 1 : kIndex;
    forward[kIndex][kVectors][0] = &mixture_forward_pass<T, kHeads, kVectors, 0, (kIndex > 0)>;
    forward[kIndex][kVectors][1] = &mixture_forward_pass<T, kHeads, kVectors, 2, (kIndex > 0)>;
    weights[kIndex][kVectors] = &mixture_weights_pass<T, kHeads, kVectors>;
    tables[kIndex][kVectors] = &mixture_tables_pass<T, kHeads, kVectors, (kIndex > 0)>;
    if constexpr (kVectors > 1) fill<kIndex, kVectors - 1>();
    if constexpr (kVectors == kPassVectors && kIndex > 0) fill<kIndex - 1, kPassVectors>();
  }
  MixturePasses() { fill<kPassHeads, kPassVectors>(); }
};

/// Calls f(pass, heads before it, its heads, its kernels' index, its first column, its vectors) for every pass.
template <typename T, class F>
void for_passes(const Mixture<T>& m, std::int64_t n, F f) {
  constexpr std::int64_t kWide = mixture_width<T>();
  for (std::int64_t col = 0; col < n; col += kWide) {
    const std::int64_t columns = n - col < kWide ? n - col : kWide;
    const std::int64_t vectors = (columns + lanes_of<T>() - 1) / lanes_of<T>();
    for (std::int64_t h = 0; h < m.heads; h += kPassHeads) {
      const std::int64_t part = m.heads - h < kPassHeads ? m.heads - h : kPassHeads;
      const MixturePass<T> pass{m.weights + h,   (m.slots + 1) * m.heads,
                                m.heads,         m.tables.data + col / kWide * m.tables.panel_stride + h * kWide,
                                m.heads * kWide, m.tables.slot_stride,
                                m.reads,         m.row_capacity,
                                m.slots,         m.position_row,
                                m.groups};
      f(pass, h, part, m.weights != nullptr ? part : 0, col, vectors);
    }
  }
}

template <typename T>
void mixture_forward(PanelView<T> out, const T* base, bool relu, const Mixture<T>& m, std::int64_t n) {
  static const MixturePasses<T> passes;
  for_passes(m, n,
             [&](const MixturePass<T>& pass, std::int64_t h, std::int64_t part, std::int64_t index, std::int64_t col,
                 std::int64_t vectors) {
               passes.forward[index][vectors][m.slots == 2 ? 1 : 0](
                   out.data + col / panel_width<T>() * out.panel_stride, out.panel_stride,
                   h == 0 ? base + col : nullptr, relu && h + part == m.heads, pass);
             });
}

template <typename T>
void mixture_backward(const MixtureTables<T>& table_gradient, T* shares, bool first, T* column_sums,
                      PanelView<const T> gradient, const Mixture<T>& m, std::int64_t n) {
  static const MixturePasses<T> passes;
  const std::int64_t share_size = mixture_share_size<T>(m.heads);
  for_passes(
      m, n,
      [&](const MixturePass<T>& pass, std::int64_t h, std::int64_t, std::int64_t index, std::int64_t col,
          std::int64_t vectors) {
        const T* grad = gradient.data + col / panel_width<T>() * gradient.panel_stride;
        T* tables =
            table_gradient.data + col / mixture_width<T>() * table_gradient.panel_stride + h * mixture_width<T>();
        T* share = shares + h / kPassHeads * dot_blocks<T>(kPassHeads) * block_size<T>();
        for (std::int64_t slot = 0; slot < m.slots; ++slot) {
          if (m.weights != nullptr) {
            passes.weights[index][vectors](share + slot * m.row_capacity * share_size, share_size, first && col == 0,
                                           grad, gradient.panel_stride, slot, pass);
          }
          passes.tables[index][vectors](tables + slot * table_gradient.slot_stride,
                                        slot == 0 && h == 0 && column_sums != nullptr ? column_sums + col : nullptr,
                                        grad, gradient.panel_stride, slot, pass);
        }
      });
}

template <typename T>
void mixture_weights_backward(T* score_slopes, const T* shares, const T* weights, std::int64_t rows,
                              const SoftmaxShape& shape) {
  const std::int64_t slots = shape.positions - 1, heads = shape.heads;
  const std::int64_t share_size = mixture_share_size<T>(heads);
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* HWY_RESTRICT w = weights + r * shape.positions * heads;
    T* HWY_RESTRICT slopes = score_slopes + r * shape.positions * heads;
    for (std::int64_t s = 0; s < slots; ++s) {
      const T* share = shares + (s * shape.row_capacity + r) * share_size;
      for (std::int64_t h = 0; h < heads; h += kPassHeads) {
        const std::int64_t part = heads - h < kPassHeads ? heads - h : kPassHeads;
        unfold_dots(share, part, slopes + s * heads + h);
        share += dot_blocks<T>(part) * block_size<T>();
      }
    }
    for (std::int64_t h = 0; h < heads; ++h) {
      T mean = T(0);
      for (std::int64_t s = 0; s < slots; ++s) mean += w[s * heads + h] * slopes[s * heads + h];
      for (std::int64_t s = 0; s < slots; ++s)
        slopes[s * heads + h] = w[s * heads + h] * (slopes[s * heads + h] - mean);
      slopes[slots * heads + h] = -w[slots * heads + h] * mean;
    }
  }
}

/// out[c * out_stride + r] = in[r * in_stride + c], in blocks of 16 bytes x 16 bytes.
template <typename T>
void transpose(T* HWY_RESTRICT out, std::int64_t out_stride, const T* HWY_RESTRICT in, std::int64_t in_stride,
               std::int64_t rows, std::int64_t columns) {
  constexpr std::int64_t kBlock = 16 / static_cast<std::int64_t>(sizeof(T));
  const hn::FixedTag<T, 16 / sizeof(T)> d;
  const std::int64_t whole_rows = rows / kBlock * kBlock, whole_columns = columns / kBlock * kBlock;
  for (std::int64_t c = 0; c < whole_columns; c += kBlock) {
    for (std::int64_t r = 0; r < whole_rows; r += kBlock) {
      const T* from = in + r * in_stride + c;
      T* to = out + c * out_stride + r;
      if constexpr (kBlock == 2) {
        const auto v0 = hn::LoadU(d, from), v1 = hn::LoadU(d, from + in_stride);
        hn::StoreU(hn::InterleaveLower(d, v0, v1), d, to);
        hn::StoreU(hn::InterleaveUpper(d, v0, v1), d, to + out_stride);
      } else {
        const hn::Repartition<std::uint64_t, decltype(d)> wide;
        const auto join = [&](auto a, auto b, T* low, T* high) {
          const auto a64 = hn::BitCast(wide, a), b64 = hn::BitCast(wide, b);
          hn::StoreU(hn::BitCast(d, hn::InterleaveLower(wide, a64, b64)), d, low);
          hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(wide, a64, b64)), d, high);
        };
        const auto v0 = hn::LoadU(d, from), v1 = hn::LoadU(d, from + in_stride);
        const auto v2 = hn::LoadU(d, from + 2 * in_stride), v3 = hn::LoadU(d, from + 3 * in_stride);
        join(hn::InterleaveLower(d, v0, v1), hn::InterleaveLower(d, v2, v3), to, to + out_stride);
        join(hn::InterleaveUpper(d, v0, v1), hn::InterleaveUpper(d, v2, v3), to + 2 * out_stride, to + 3 * out_stride);
      }
    }
    for (std::int64_t r = whole_rows; r < rows; ++r) {
      for (std::int64_t i = 0; i < kBlock; ++i) out[(c + i) * out_stride + r] = in[r * in_stride + c + i];
    }
  }
  for (std::int64_t c = whole_columns; c < columns; ++c) {
    for (std::int64_t r = 0; r < rows; ++r) out[c * out_stride + r] = in[r * in_stride + c];
  }
}

// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace groklab
HWY_AFTER_NAMESPACE();

#endif  // GROKLAB_MIXTURE_INL_H_
