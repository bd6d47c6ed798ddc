// Element-wise kernels on panels: activations, their derivatives, column sums. Included once per instruction set.
#if defined(GROKLAB_ELEMENTWISE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GROKLAB_ELEMENTWISE_INL_H_
#undef GROKLAB_ELEMENTWISE_INL_H_
#else
#define GROKLAB_ELEMENTWISE_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>

#include "groklab/kernel/kernels.h"
#include "groklab/kernel/simd/gemm-inl.h"

HWY_BEFORE_NAMESPACE();
namespace groklab {
namespace HWY_NAMESPACE {

/// Vectors of the last panel that hold real columns, or both.
template <typename T>
std::int64_t vectors_in_panel(std::int64_t n, std::int64_t panel) {
  return n - panel * panel_width<T>() > lanes_of<T>() ? 2 : 1;
}

template <typename T>
void column_sums(T* sums, PanelView<const T> x, std::int64_t rows, std::int64_t n, bool accumulate) {
  const hn::ScalableTag<T> d;
  constexpr std::int64_t kWidth = panel_width<T>();
  constexpr std::int64_t kLanes = lanes_of<T>();
  for (std::int64_t panel = 0; panel * kWidth < n; ++panel) {
    const T* row = x.data + panel * x.panel_stride;
    auto sum0 = hn::Zero(d), sum1 = hn::Zero(d);
    for (std::int64_t r = 0; r < rows; ++r, row += x.row_stride) {
      sum0 = hn::Add(sum0, hn::Load(d, row));
      sum1 = hn::Add(sum1, hn::Load(d, row + kLanes));
    }
    T* out = sums + panel * kWidth;
    hn::StoreU(accumulate ? hn::Add(hn::LoadU(d, out), sum0) : sum0, d, out);
    hn::StoreU(accumulate ? hn::Add(hn::LoadU(d, out + kLanes), sum1) : sum1, d, out + kLanes);
  }
}

/// Coefficients of g(t) with erfc(u) = exp(-u^2) / (1 + 2 u) g((u - 3.75) / (u + 3.75)); tools/fit_normal_cdf.py.
/// 24 terms reach 1e-16, 13 terms 5e-9.
inline constexpr double kErfcSeries[24] = {
    2.3551578691348035082,       -0.0045900545806464773309,  -0.084249133366517915584,   0.059209939998191890498,
    -0.026658668435305752277,    0.0090749976707052650939,   -0.0024131635404176081909,  0.00049077583652580863229,
    -0.000069169733025012063671, 4.1390279860730101675e-6,   7.7403830661984906686e-7,   -2.1886401049234395661e-7,
    1.0764999465670910377e-8,    4.5219598112182868979e-9,   -7.7544002088313511065e-10, -6.3180883408866844944e-11,
    2.8687950109306698981e-11,   1.945586854577734723e-13,   -9.6546967484334389059e-13, 3.2525481481487398415e-14,
    3.3478119482868053878e-14,   -1.8645628804193131015e-15, -1.2507950530688647085e-15, 7.418235256624043463e-17};

/// Phi(x), the standard normal distribution function, and its density phi(x).
template <class D, class V>
HWY_INLINE void normal_distribution(D d, V x, V& cdf, V& density) {
  using T = hn::TFromD<D>;
  constexpr int kTerms = sizeof(T) == 4 ? 13 : 24;
  const V half_square = hn::Mul(hn::Mul(x, x), hn::Set(d, T(0.5)));
  const V gauss = hn::Exp(d, hn::Neg(half_square));
  const V u = hn::Mul(hn::Abs(x), hn::Set(d, T(0.70710678118654752440)));
  const V shift = hn::Set(d, T(3.75));
  const V t = hn::Div(hn::Sub(u, shift), hn::Add(u, shift));
  const V two_t = hn::Add(t, t);
  V b1 = hn::Zero(d), b2 = hn::Zero(d);  // Clenshaw's recurrence
  for (int i = kTerms - 1; i >= 1; --i) {
    const V b0 = hn::Sub(hn::MulAdd(two_t, b1, hn::Set(d, static_cast<T>(kErfcSeries[i]))), b2);
    b2 = b1;
    b1 = b0;
  }
  const V g = hn::Sub(hn::MulAdd(t, b1, hn::Set(d, static_cast<T>(0.5 * kErfcSeries[0]))), b2);
  const V one = hn::Set(d, T(1));
  const V upper = hn::Mul(hn::Set(d, T(0.5)), hn::Div(hn::Mul(gauss, g), hn::MulAdd(hn::Set(d, T(2)), u, one)));
  cdf = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), upper, hn::Sub(one, upper));
  density = hn::Mul(gauss, hn::Set(d, T(0.39894228040143267794)));
}

template <class D, class V>
HWY_INLINE V activation_value(D d, V x, Activation activation) {
  switch (activation) {
    case Activation::kRelu:
      return hn::Max(x, hn::Zero(d));
    case Activation::kQuadratic:
      return hn::Mul(x, x);
    case Activation::kGelu:
      break;
  }
  V cdf, density;
  normal_distribution(d, x, cdf, density);
  return hn::Mul(x, cdf);
}

template <class D, class V>
HWY_INLINE V activation_slope(D d, V x, Activation activation) {
  using T = hn::TFromD<D>;
  switch (activation) {
    case Activation::kRelu:
      return hn::IfThenElseZero(hn::Gt(x, hn::Zero(d)), hn::Set(d, T(1)));
    case Activation::kQuadratic:
      return hn::Add(x, x);
    case Activation::kGelu:
      break;
  }
  V cdf, density;
  normal_distribution(d, x, cdf, density);
  return hn::MulAdd(x, density, cdf);
}

template <typename T>
void activate(PanelView<T> y, PanelView<const T> x, std::int64_t rows, std::int64_t n, Activation activation) {
  const hn::ScalableTag<T> d;
  for (std::int64_t panel = 0; panel * panel_width<T>() < n; ++panel) {
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t v = 0; v < vectors_in_panel<T>(n, panel); ++v) {
        const auto value = hn::Load(d, x.data + panel * x.panel_stride + r * x.row_stride + v * lanes_of<T>());
        hn::Store(activation_value(d, value, activation), d,
                  y.data + panel * y.panel_stride + r * y.row_stride + v * lanes_of<T>());
      }
    }
  }
}

template <typename T>
void activate_gradient(PanelView<T> grad, PanelView<const T> x, std::int64_t rows, std::int64_t n,
                       Activation activation) {
  const hn::ScalableTag<T> d;
  for (std::int64_t panel = 0; panel * panel_width<T>() < n; ++panel) {
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t v = 0; v < vectors_in_panel<T>(n, panel); ++v) {
        const auto value = hn::Load(d, x.data + panel * x.panel_stride + r * x.row_stride + v * lanes_of<T>());
        T* out = grad.data + panel * grad.panel_stride + r * grad.row_stride + v * lanes_of<T>();
        hn::Store(hn::Mul(hn::Load(d, out), activation_slope(d, value, activation)), d, out);
      }
    }
  }
}

// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace groklab
HWY_AFTER_NAMESPACE();

#endif  // GROKLAB_ELEMENTWISE_INL_H_
