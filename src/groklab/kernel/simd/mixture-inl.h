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

/// Heads of one pass: table rows, their gradients, a row's gradient and the dot products must fit the registers
/// (8 + 8 + 2 + 4 of 32, or 4 + 4 + 2 + 2 of 16).
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON
constexpr int kPassHeads = 4;
#else
constexpr int kPassHeads = 2;
#endif

/// Vectors that hold the unfinished dot products of a row in a pass of so many heads, see pack_dots().
template <typename T>
constexpr std::int64_t dot_vectors(std::int64_t heads) {
  return sizeof(T) == 8 && heads > 2 ? 2 : 1;
}

template <typename T>
std::int64_t mixture_share_size(std::int64_t heads) {
  std::int64_t vectors = 0;
  for (std::int64_t h = 0; h < heads; h += kPassHeads) {
    vectors += dot_vectors<T>(heads - h < kPassHeads ? heads - h : kPassHeads);
  }
  return vectors * lanes_of<T>();
}

/// Which vectors of a panel hold columns: the first alone, or both.
template <typename T>
int panel_vectors(std::int64_t n, std::int64_t col) {
  return n - col > lanes_of<T>() ? 2 : 1;
}

/// Adds up lanes inside blocks of 16 bytes until each block holds one number of every head: in float [h0 h1 h2 h3], or
/// [h0 h1 h0 h1] of two heads; in double [h0 h1], and a second vector with [h2 h3].
template <typename T, int kHeads, class V>
HWY_INLINE void pack_dots(const V (&dots)[kHeads], V* packed) {
  const hn::ScalableTag<T> d;
  const auto pair = [&](V a, V b) { return hn::Add(hn::InterleaveLower(d, a, b), hn::InterleaveUpper(d, a, b)); };
  if constexpr (kHeads == 1) {
    packed[0] = dots[0];
  } else if constexpr (kHeads == 2) {
    packed[0] = pair(dots[0], dots[1]);
  } else {
    const V last = kHeads > 3 ? dots[kHeads - 1] : hn::Zero(d);
    const V low = pair(dots[0], dots[1]), high = pair(dots[2], last);
    if constexpr (sizeof(T) == 8) {
      packed[0] = low;
      packed[1] = high;
    } else {
      const hn::Repartition<std::uint64_t, decltype(d)> wide;
      const auto low64 = hn::BitCast(wide, low), high64 = hn::BitCast(wide, high);
      packed[0] = hn::Add(hn::BitCast(d, hn::InterleaveLower(wide, low64, high64)),
                          hn::BitCast(d, hn::InterleaveUpper(wide, low64, high64)));
    }
  }
}

/// Sums over the blocks: sums[h] for the heads of a pass.
template <typename T>
HWY_INLINE void unpack_dots(const T* packed, std::int64_t heads, T* sums) {
  constexpr std::int64_t kBlock = 16 / static_cast<std::int64_t>(sizeof(T));
  const std::int64_t per_vector = heads < kBlock ? heads : kBlock;
  for (std::int64_t first = 0; first < heads; first += kBlock, packed += lanes_of<T>()) {
    const hn::FixedTag<T, 16 / sizeof(T)> block;
    auto sum = hn::Load(block, packed);
    for (std::int64_t i = kBlock; i < lanes_of<T>(); i += kBlock) sum = hn::Add(sum, hn::Load(block, packed + i));
    alignas(16) T lanes[kBlock];
    hn::Store(sum, block, lanes);
    const std::int64_t step = per_vector == 3 ? 4 : per_vector;
    for (std::int64_t h = first; h < heads && h < first + kBlock; ++h) {
      sums[h] = T(0);
      for (std::int64_t lane = h - first; lane < kBlock; lane += step) sums[h] += lanes[lane];
    }
  }
}

/// One panel of one pass. kWeighted false: all weights are one, and there is one head.
template <typename T, int kHeads, int kVectors, bool kWeighted>
void mixture_forward_panel(T* HWY_RESTRICT out, const T* base, bool relu, const T* HWY_RESTRICT weights,
                           std::int64_t weight_stride, const T* HWY_RESTRICT table, std::int64_t head_stride,
                           const RowGroups& groups) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr std::int64_t kLanes = lanes_of<T>(), kWidth = panel_width<T>();
  for (std::int64_t g = 0; g < groups.count; ++g) {
    V u[kHeads][kVectors];
    for (int h = 0; h < kHeads; ++h) {
      const T* row = table + h * head_stride + groups.table_row[g] * kWidth;
      for (int v = 0; v < kVectors; ++v) u[h][v] = hn::Load(d, row + v * kLanes);
    }
    for (std::int64_t i = groups.begin[g]; i < groups.begin[g + 1]; ++i) {
      const std::int64_t r = groups.rows[i];
      T* HWY_RESTRICT to = out + r * kWidth;
      V sum[kVectors];
      for (int v = 0; v < kVectors; ++v) sum[v] = hn::LoadU(d, (base != nullptr ? base : to) + v * kLanes);
      for (int h = 0; h < kHeads; ++h) {
        if constexpr (kWeighted) {
          const V w = hn::Set(d, weights[h * weight_stride + r]);
          for (int v = 0; v < kVectors; ++v) sum[v] = hn::MulAdd(w, u[h][v], sum[v]);
        } else {
          for (int v = 0; v < kVectors; ++v) sum[v] = hn::Add(u[h][v], sum[v]);
        }
      }
      for (int v = 0; v < kVectors; ++v) {
        hn::Store(relu ? hn::Max(sum[v], hn::Zero(d)) : sum[v], d, to + v * kLanes);
      }
    }
  }
}

/// One panel of one pass backward. The gradient of a table row is gathered in registers while its group passes.
template <typename T, int kHeads, int kVectors, bool kWeighted>
void mixture_backward_panel(T* HWY_RESTRICT table_gradient, std::int64_t gradient_stride, std::int64_t position_row,
                            T* HWY_RESTRICT shares, std::int64_t share_size, bool first, const T* HWY_RESTRICT grad,
                            const T* HWY_RESTRICT weights, std::int64_t weight_stride, const T* HWY_RESTRICT table,
                            std::int64_t head_stride, const RowGroups& groups) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr std::int64_t kLanes = lanes_of<T>(), kWidth = panel_width<T>();
  constexpr std::int64_t kPacked = dot_vectors<T>(kHeads);
  for (std::int64_t g = 0; g < groups.count; ++g) {
    V u[kHeads][kVectors], du[kHeads][kVectors];
    for (int h = 0; h < kHeads; ++h) {
      for (int v = 0; v < kVectors; ++v) {
        if constexpr (kWeighted) {
          u[h][v] = hn::Load(d, table + h * head_stride + groups.table_row[g] * kWidth + v * kLanes);
        }
        du[h][v] = hn::Zero(d);
      }
    }
    for (std::int64_t i = groups.begin[g]; i < groups.begin[g + 1]; ++i) {
      const std::int64_t r = groups.rows[i];
      V gv[kVectors];
      for (int v = 0; v < kVectors; ++v) gv[v] = hn::Load(d, grad + r * kWidth + v * kLanes);
      if constexpr (!kWeighted) {
        for (int v = 0; v < kVectors; ++v) du[0][v] = hn::Add(du[0][v], gv[v]);
      } else {
        V dots[kHeads], packed[kPacked];
        for (int h = 0; h < kHeads; ++h) {
          const V w = hn::Set(d, weights[h * weight_stride + r]);
          dots[h] = hn::Mul(gv[0], u[h][0]);
          if constexpr (kVectors == 2) dots[h] = hn::MulAdd(gv[1], u[h][1], dots[h]);
          for (int v = 0; v < kVectors; ++v) du[h][v] = hn::MulAdd(w, gv[v], du[h][v]);
        }
        pack_dots<T, kHeads>(dots, packed);
        T* HWY_RESTRICT share = shares + r * share_size;
        for (std::int64_t v = 0; v < kPacked; ++v) {
          const V sum = first ? packed[v] : hn::Add(hn::Load(d, share + v * kLanes), packed[v]);
          hn::Store(sum, d, share + v * kLanes);
        }
      }
    }
    const auto add_to = [&](std::int64_t row) {
      for (int h = 0; h < kHeads; ++h) {
        T* HWY_RESTRICT to = table_gradient + h * gradient_stride + row * kWidth;
        for (int v = 0; v < kVectors; ++v) {
          hn::Store(hn::Add(hn::Load(d, to + v * kLanes), du[h][v]), d, to + v * kLanes);
        }
      }
    };
    add_to(groups.table_row[g]);
    if (position_row >= 0) add_to(position_row);
  }
}

template <typename T>
using MixtureForwardPanel = void (*)(T*, const T*, bool, const T*, std::int64_t, const T*, std::int64_t,
                                     const RowGroups&);
template <typename T>
using MixtureBackwardPanel = void (*)(T*, std::int64_t, std::int64_t, T*, std::int64_t, bool, const T*, const T*,
                                      std::int64_t, const T*, std::int64_t, const RowGroups&);

/// Passes of every number of heads 1..kPassHeads, for 1 and 2 vectors; [0]: one head without weights.
template <typename T>
struct MixturePanels {
  MixtureForwardPanel<T> forward[kPassHeads + 1][2];
  MixtureBackwardPanel<T> backward[kPassHeads + 1][2];
  template <int kHeads>
  void fill() {
    forward[kHeads][0] = &mixture_forward_panel<T, kHeads, 1, true>;
    forward[kHeads][1] = &mixture_forward_panel<T, kHeads, 2, true>;
    backward[kHeads][0] = &mixture_backward_panel<T, kHeads, 1, true>;
    backward[kHeads][1] = &mixture_backward_panel<T, kHeads, 2, true>;
    if constexpr (kHeads > 1) fill<kHeads - 1>();
  }
  MixturePanels() {
    fill<kPassHeads>();
    forward[0][0] = &mixture_forward_panel<T, 1, 1, false>;
    forward[0][1] = &mixture_forward_panel<T, 1, 2, false>;
    backward[0][0] = &mixture_backward_panel<T, 1, 1, false>;
    backward[0][1] = &mixture_backward_panel<T, 1, 2, false>;
  }
};

template <typename T>
void mixture_forward(PanelView<T> out, const T* base, bool relu, const MixtureWeights<T>& weights,
                     const HeadTables<const T>& tables, std::int64_t heads, const RowGroups& groups, std::int64_t n) {
  static const MixturePanels<T> panels;
  for (std::int64_t col = 0; col < n; col += panel_width<T>()) {
    const std::int64_t panel = col / panel_width<T>();
    for (std::int64_t h = 0; h < heads; h += kPassHeads) {
      const std::int64_t part = heads - h < kPassHeads ? heads - h : kPassHeads;
      const bool last = h + part == heads;
      panels.forward[weights.data != nullptr ? part : 0][panel_vectors<T>(n, col) - 1](
          out.data + panel * out.panel_stride, base != nullptr && h == 0 ? base + col : nullptr, relu && last,
          weights.data + h * weights.head_stride, weights.head_stride,
          tables.data + panel * tables.panel_stride + h * tables.head_stride, tables.head_stride, groups);
    }
  }
}

template <typename T>
void mixture_backward(const HeadTables<T>& table_gradient, std::int64_t position_row, T* shares, bool first,
                      PanelView<const T> gradient, const MixtureWeights<T>& weights,
                      const HeadTables<const T>& tables, std::int64_t heads, const RowGroups& groups, std::int64_t n) {
  static const MixturePanels<T> panels;
  const std::int64_t share_size = mixture_share_size<T>(heads);
  for (std::int64_t col = 0; col < n; col += panel_width<T>()) {
    const std::int64_t panel = col / panel_width<T>();
    T* share = shares;
    for (std::int64_t h = 0; h < heads; h += kPassHeads) {
      const std::int64_t part = heads - h < kPassHeads ? heads - h : kPassHeads;
      panels.backward[weights.data != nullptr ? part : 0][panel_vectors<T>(n, col) - 1](
          table_gradient.data + panel * table_gradient.panel_stride + h * table_gradient.head_stride,
          table_gradient.head_stride, position_row, share, share_size, first && panel == 0,
          gradient.data + panel * gradient.panel_stride, weights.data + h * weights.head_stride, weights.head_stride,
          tables.data + panel * tables.panel_stride + h * tables.head_stride, tables.head_stride, groups);
      share += dot_vectors<T>(part) * lanes_of<T>();
    }
  }
}

template <typename T>
void mixture_weights_backward(T* score_slopes, const T* shares, const T* weights, std::int64_t rows,
                              const SoftmaxShape& shape) {
  const hn::ScalableTag<T> d;
  const std::int64_t cap = shape.row_capacity, slots = shape.positions - 1;
  const std::int64_t share_size = mixture_share_size<T>(shape.heads);
  for (std::int64_t s = 0; s < slots; ++s) {
    const T* row_shares = shares + s * cap * share_size;
    for (std::int64_t r = 0; r < rows; ++r, row_shares += share_size) {
      const T* packed = row_shares;
      for (std::int64_t h = 0; h < shape.heads; h += kPassHeads) {
        const std::int64_t part = shape.heads - h < kPassHeads ? shape.heads - h : kPassHeads;
        T sums[kPassHeads];
        unpack_dots(packed, part, sums);
        for (std::int64_t i = 0; i < part; ++i) score_slopes[((h + i) * slots + s) * cap + r] = sums[i];
        packed += dot_vectors<T>(part) * lanes_of<T>();
      }
    }
  }
  for (std::int64_t h = 0; h < shape.heads; ++h) {
    T* slopes = score_slopes + h * slots * cap;
    const T* w = weights + h * shape.positions * cap;
    for (std::int64_t r = 0; r < rows; r += lanes_of<T>()) {
      auto mean = hn::Zero(d);
      for (std::int64_t s = 0; s < slots; ++s) {
        mean = hn::MulAdd(hn::Load(d, w + s * cap + r), hn::Load(d, slopes + s * cap + r), mean);
      }
      for (std::int64_t s = 0; s < slots; ++s) {
        T* at = slopes + s * cap + r;
        hn::Store(hn::Mul(hn::Load(d, w + s * cap + r), hn::Sub(hn::Load(d, at), mean)), d, at);
      }
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
