// Attention: softmax over scores from a table, and softmax attention inside short sequences.
#if defined(GROKLAB_ATTENTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GROKLAB_ATTENTION_INL_H_
#undef GROKLAB_ATTENTION_INL_H_
#else
#define GROKLAB_ATTENTION_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>

#include <cmath>

#include "groklab/kernel/kernels.h"
#include "groklab/kernel/simd/gemm-inl.h"

HWY_BEFORE_NAMESPACE();
namespace groklab {
namespace HWY_NAMESPACE {

/// Pairs of position and head side by side in the lanes would leave most of them empty, so whole vectors of rows are
/// computed, head by head, and written row by row.
template <typename T>
void softmax_of_scores(T* weights, const T* scores, const std::int32_t* table_rows, std::int64_t rows,
                       const SoftmaxShape& shape) {
  const hn::ScalableTag<T> d;
  constexpr std::int64_t kLanes = lanes_of<T>();
  const std::int64_t positions = shape.positions, slots = positions - 1, heads = shape.heads;
  alignas(64) T column[kMaxPositions][kLanes];
  for (std::int64_t first = 0; first < rows; first += kLanes) {
    const std::int64_t count = rows - first < kLanes ? rows - first : kLanes;
    for (std::int64_t h = 0; h < heads; ++h) {
      auto maximum = hn::Set(d, scores[slots * shape.table_rows * heads + h]);
      hn::Store(maximum, d, column[slots]);
      for (std::int64_t s = 0; s < slots; ++s) {
        const T* of_position = scores + s * shape.table_rows * heads + h;
        const std::int32_t* reads = table_rows + s * shape.row_capacity + first;
        for (std::int64_t i = 0; i < count; ++i) column[s][i] = of_position[reads[i] * heads];
        for (std::int64_t i = count; i < kLanes; ++i) column[s][i] = T(0);
        maximum = hn::Max(maximum, hn::Load(d, column[s]));
      }
      auto sum = hn::Zero(d);
      for (std::int64_t s = 0; s < positions; ++s) {
        const auto e = hn::Exp(d, hn::Sub(hn::Load(d, column[s]), maximum));
        hn::Store(e, d, column[s]);
        sum = hn::Add(sum, e);
      }
      const auto inverse = hn::Div(hn::Set(d, T(1)), sum);
      for (std::int64_t s = 0; s < positions; ++s) {
        hn::Store(hn::Mul(hn::Load(d, column[s]), inverse), d, column[s]);
        T* to = weights + (first * positions + s) * heads + h;
        for (std::int64_t i = 0; i < count; ++i) to[i * positions * heads] = column[s][i];
      }
    }
  }
}

// ---- Token attention of the general path: q, k, v are panels of heads * d_head columns; rows are
// sequence * positions + position.

/// Sums over one head's columns: whole vectors if heads start and end on a vector, single elements otherwise.
template <typename T>
HWY_INLINE T head_dot(const T* a, std::int64_t a_panel, const T* b, std::int64_t b_panel, std::int64_t head,
                      std::int64_t d_head) {
  const hn::ScalableTag<T> d;
  auto sum = hn::Zero(d);
  T rest = T(0);
  constexpr std::int64_t kWidth = panel_width<T>();
  const std::int64_t begin = head * d_head, end = begin + d_head;
  const auto at = [](std::int64_t stride, std::int64_t col) { return (col / kWidth) * stride + col % kWidth; };
  if (d_head % lanes_of<T>() == 0) {
    for (std::int64_t col = begin; col < end; col += lanes_of<T>()) {
      sum = hn::MulAdd(hn::Load(d, a + at(a_panel, col)), hn::Load(d, b + at(b_panel, col)), sum);
    }
    return hn::GetLane(hn::SumOfLanes(d, sum));
  }
  for (std::int64_t col = begin; col < end; ++col) rest += a[at(a_panel, col)] * b[at(b_panel, col)];
  return rest;
}

/// y += w x (or y = w x) over one head's columns.
template <typename T>
HWY_INLINE void head_axpy(T* y, std::int64_t y_panel, T w, const T* x, std::int64_t x_panel, std::int64_t head,
                          std::int64_t d_head, bool accumulate) {
  const hn::ScalableTag<T> d;
  constexpr std::int64_t kWidth = panel_width<T>();
  const std::int64_t begin = head * d_head, end = begin + d_head;
  const auto at = [](std::int64_t stride, std::int64_t col) { return (col / kWidth) * stride + col % kWidth; };
  if (d_head % lanes_of<T>() == 0) {
    const auto weight = hn::Set(d, w);
    for (std::int64_t col = begin; col < end; col += lanes_of<T>()) {
      T* out = y + at(y_panel, col);
      const auto product = hn::Mul(weight, hn::Load(d, x + at(x_panel, col)));
      hn::Store(accumulate ? hn::Add(hn::Load(d, out), product) : product, d, out);
    }
    return;
  }
  for (std::int64_t col = begin; col < end; ++col) {
    T& out = y[at(y_panel, col)];
    const T product = w * x[at(x_panel, col)];
    out = accumulate ? out + product : product;
  }
}

template <typename T>
void attention_forward(PanelView<T> z, T* probabilities, PanelView<const T> q, PanelView<const T> k,
                       PanelView<const T> v, const AttentionShape& shape) {
  const std::int64_t positions = shape.positions;
  const std::int64_t queries = shape.last_query_only ? 1 : positions;
  const T scale = T(1) / std::sqrt(static_cast<T>(shape.d_head));
  for (std::int64_t sequence = 0; sequence < shape.sequences; ++sequence) {
    for (std::int64_t h = 0; h < shape.heads; ++h) {
      for (std::int64_t t = 0; t < queries; ++t) {
        const std::int64_t last = shape.last_query_only ? positions - 1 : t;
        const std::int64_t q_row = sequence * queries + t;
        T* p = probabilities + ((sequence * shape.heads + h) * queries + t) * positions;
        T largest = hwy::LowestValue<T>();
        for (std::int64_t s = 0; s <= last; ++s) {
          p[s] =
              scale * head_dot<T>(q.data + q_row * q.row_stride, q.panel_stride,
                                  k.data + (sequence * positions + s) * k.row_stride, k.panel_stride, h, shape.d_head);
          largest = p[s] > largest ? p[s] : largest;
        }
        T sum = T(0);
        for (std::int64_t s = 0; s <= last; ++s) {
          p[s] = std::exp(p[s] - largest);
          sum += p[s];
        }
        for (std::int64_t s = 0; s < positions; ++s) p[s] = s <= last ? p[s] / sum : T(0);
        for (std::int64_t s = 0; s <= last; ++s) {
          head_axpy<T>(z.data + q_row * z.row_stride, z.panel_stride, p[s],
                       v.data + (sequence * positions + s) * v.row_stride, v.panel_stride, h, shape.d_head, s > 0);
        }
      }
    }
  }
}

template <typename T>
void attention_backward(PanelView<T> dq, PanelView<T> dk, PanelView<T> dv, PanelView<const T> dz,
                        const T* probabilities, PanelView<const T> q, PanelView<const T> k, PanelView<const T> v,
                        const AttentionShape& shape) {
  const std::int64_t positions = shape.positions;
  const std::int64_t queries = shape.last_query_only ? 1 : positions;
  const T scale = T(1) / std::sqrt(static_cast<T>(shape.d_head));
  for (std::int64_t sequence = 0; sequence < shape.sequences; ++sequence) {
    for (std::int64_t h = 0; h < shape.heads; ++h) {
      // Queries from the last to the first: the last one touches every key, so it may overwrite dk and dv.
      for (std::int64_t t = queries - 1; t >= 0; --t) {
        const std::int64_t last = shape.last_query_only ? positions - 1 : t;
        const bool accumulate = t < queries - 1;
        const std::int64_t q_row = sequence * queries + t;
        const T* p = probabilities + ((sequence * shape.heads + h) * queries + t) * positions;
        const T* dz_row = dz.data + q_row * dz.row_stride;
        T slopes[kMaxPositions];
        T mean = T(0);
        for (std::int64_t s = 0; s <= last; ++s) {
          const std::int64_t row = sequence * positions + s;
          slopes[s] =
              head_dot<T>(dz_row, dz.panel_stride, v.data + row * v.row_stride, v.panel_stride, h, shape.d_head);
          mean += p[s] * slopes[s];
          head_axpy<T>(dv.data + row * dv.row_stride, dv.panel_stride, p[s], dz_row, dz.panel_stride, h, shape.d_head,
                       accumulate);
        }
        for (std::int64_t s = 0; s <= last; ++s) {
          const std::int64_t row = sequence * positions + s;
          const T slope = scale * p[s] * (slopes[s] - mean);
          head_axpy<T>(dq.data + q_row * dq.row_stride, dq.panel_stride, slope, k.data + row * k.row_stride,
                       k.panel_stride, h, shape.d_head, s > 0);
          head_axpy<T>(dk.data + row * dk.row_stride, dk.panel_stride, slope, q.data + q_row * q.row_stride,
                       q.panel_stride, h, shape.d_head, accumulate);
        }
      }
    }
  }
}

// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace groklab
HWY_AFTER_NAMESPACE();

#endif  // GROKLAB_ATTENTION_INL_H_
