// LayerNorm over the columns of a row, and its gradient. Included once per instruction set.
#if defined(GROKLAB_LAYER_NORM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GROKLAB_LAYER_NORM_INL_H_
#undef GROKLAB_LAYER_NORM_INL_H_
#else
#define GROKLAB_LAYER_NORM_INL_H_
#endif

#include <cmath>

#include "groklab/kernel/kernels.h"
#include "groklab/kernel/simd/gemm-inl.h"
#include "groklab/kernel/simd/loss-inl.h"

HWY_BEFORE_NAMESPACE();
namespace groklab {
namespace HWY_NAMESPACE {

template <typename T>
void layer_norm(PanelView<T> y, T* mean, T* rstd, PanelView<const T> x, const T* gain, const T* bias, std::int64_t rows,
                std::int64_t n) {
  const hn::ScalableTag<T> d;
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* from = x.data + r * x.row_stride;
    T* to = y.data + r * y.row_stride;
    auto sum = hn::Zero(d);
    for_row_vectors<T>(x.panel_stride, n, [&](std::int64_t at, auto mask) {
      sum = hn::Add(sum, hn::IfThenElseZero(mask, hn::Load(d, from + at)));
    });
    mean[r] = hn::GetLane(hn::SumOfLanes(d, sum)) / static_cast<T>(n);
    const auto m = hn::Set(d, mean[r]);
    auto squares = hn::Zero(d);
    for_row_vectors<T>(x.panel_stride, n, [&](std::int64_t at, auto mask) {
      const auto centred = hn::IfThenElseZero(mask, hn::Sub(hn::Load(d, from + at), m));
      squares = hn::MulAdd(centred, centred, squares);
    });
    const T variance = hn::GetLane(hn::SumOfLanes(d, squares)) / static_cast<T>(n);
    rstd[r] = T(1) / std::sqrt(variance + T(1e-5));
    const auto scale = hn::Set(d, rstd[r]);
    for (std::int64_t col = 0; col < n; col += lanes_of<T>()) {
      const std::int64_t in = element_offset<T>(x.panel_stride, col), out = element_offset<T>(y.panel_stride, col);
      const auto normal = hn::Mul(hn::Sub(hn::Load(d, from + in), m), scale);
      hn::Store(hn::MulAdd(normal, hn::LoadU(d, gain + col), hn::LoadU(d, bias + col)), d, to + out);
    }
  }
}

template <typename T>
void layer_norm_backward(PanelView<T> dx, T* dgain, T* dbias, PanelView<const T> dy, PanelView<const T> x,
                         const T* mean, const T* rstd, const T* gain, std::int64_t rows, std::int64_t n,
                         bool accumulate) {
  const hn::ScalableTag<T> d;
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto m = hn::Set(d, mean[r]), scale = hn::Set(d, rstd[r]);
    auto slope_sum = hn::Zero(d), projection = hn::Zero(d);
    for (std::int64_t col = 0; col < n; col += lanes_of<T>()) {
      const auto mask = hn::FirstN(d, static_cast<std::size_t>(n - col < lanes_of<T>() ? n - col : lanes_of<T>()));
      const auto up = hn::Load(d, dy.data + element_offset<T>(dy.panel_stride, col) + r * dy.row_stride);
      const auto in = hn::Load(d, x.data + element_offset<T>(x.panel_stride, col) + r * x.row_stride);
      const auto normal = hn::Mul(hn::Sub(in, m), scale);
      const auto slope = hn::IfThenElseZero(mask, hn::Mul(up, hn::LoadU(d, gain + col)));
      slope_sum = hn::Add(slope_sum, slope);
      projection = hn::MulAdd(slope, hn::IfThenElseZero(mask, normal), projection);
      const auto up_masked = hn::IfThenElseZero(mask, up);
      hn::StoreU(hn::MulAdd(up_masked, hn::IfThenElseZero(mask, normal), hn::LoadU(d, dgain + col)), d, dgain + col);
      hn::StoreU(hn::Add(up_masked, hn::LoadU(d, dbias + col)), d, dbias + col);
    }
    const auto mean_slope = hn::Set(d, hn::GetLane(hn::SumOfLanes(d, slope_sum)) / static_cast<T>(n));
    const auto mean_projection = hn::Set(d, hn::GetLane(hn::SumOfLanes(d, projection)) / static_cast<T>(n));
    for (std::int64_t col = 0; col < n; col += lanes_of<T>()) {
      const auto up = hn::Load(d, dy.data + element_offset<T>(dy.panel_stride, col) + r * dy.row_stride);
      const auto in = hn::Load(d, x.data + element_offset<T>(x.panel_stride, col) + r * x.row_stride);
      const auto normal = hn::Mul(hn::Sub(in, m), scale);
      const auto slope = hn::Mul(up, hn::LoadU(d, gain + col));
      auto value = hn::Mul(scale, hn::NegMulAdd(normal, mean_projection, hn::Sub(slope, mean_slope)));
      T* out = dx.data + element_offset<T>(dx.panel_stride, col) + r * dx.row_stride;
      if (accumulate) value = hn::Add(value, hn::Load(d, out));
      hn::Store(value, d, out);
    }
  }
}

// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace groklab
HWY_AFTER_NAMESPACE();

#endif  // GROKLAB_LAYER_NORM_INL_H_
