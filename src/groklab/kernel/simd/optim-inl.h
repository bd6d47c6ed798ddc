// Optimiser updates, sums and norms over flat buffers. Included once per instruction set.
#if defined(GROKLAB_OPTIM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GROKLAB_OPTIM_INL_H_
#undef GROKLAB_OPTIM_INL_H_
#else
#define GROKLAB_OPTIM_INL_H_
#endif

#include "groklab/kernel/kernels.h"
#include "groklab/kernel/simd/gemm-inl.h"

HWY_BEFORE_NAMESPACE();
namespace groklab {
namespace HWY_NAMESPACE {

/// Buffers start on a cache line and have whole vectors (tensors are padded to 16 elements, 16 >= any lane count).
template <typename T>
double adam(T* HWY_RESTRICT p, T* HWY_RESTRICT m, T* HWY_RESTRICT v, const T* HWY_RESTRICT g, std::int64_t n,
            const AdamCoefficients& c, bool want_norm) {
  const hn::ScalableTag<T> d;
  const auto shrink = hn::Set(d, static_cast<T>(c.shrink)), l2 = hn::Set(d, static_cast<T>(c.l2));
  const auto one_minus_beta1 = hn::Set(d, static_cast<T>(c.one_minus_beta1));
  const auto beta2 = hn::Set(d, static_cast<T>(c.beta2));
  const auto one_minus_beta2 = hn::Set(d, static_cast<T>(c.one_minus_beta2));
  const auto step = hn::Set(d, static_cast<T>(c.step_size));
  const auto root = hn::Set(d, static_cast<T>(c.sqrt_correction2));
  const bool has_root = static_cast<T>(c.sqrt_correction2) != T(1);  // 1 after a few hundred steps: division spared
  const auto epsilon = hn::Set(d, static_cast<T>(c.epsilon));
  double norm = 0;
  auto squares = hn::Zero(d);
  for (std::int64_t i = 0; i < n; i += lanes_of<T>()) {
    const auto before = hn::Load(d, p + i);
    const auto shrunk = hn::Mul(before, shrink);
    const auto gradient = hn::MulAdd(l2, before, hn::Load(d, g + i));
    auto first = hn::Load(d, m + i);
    first = hn::MulAdd(hn::Sub(gradient, first), one_minus_beta1, first);
    const auto second = hn::MulAdd(hn::Mul(gradient, gradient), one_minus_beta2, hn::Mul(hn::Load(d, v + i), beta2));
    const auto denominator = hn::Add(has_root ? hn::Div(hn::Sqrt(second), root) : hn::Sqrt(second), epsilon);
    const auto after = hn::NegMulAdd(step, hn::Div(first, denominator), shrunk);
    hn::Store(first, d, m + i);
    hn::Store(second, d, v + i);
    hn::Store(after, d, p + i);
    if (want_norm) {
      const auto change = hn::Sub(after, before);
      squares = hn::MulAdd(change, change, squares);
    }
  }
  if (want_norm) norm = static_cast<double>(hn::GetLane(hn::SumOfLanes(d, squares)));
  return norm;
}

template <typename T>
double sgd(T* HWY_RESTRICT p, T* HWY_RESTRICT buffer, const T* HWY_RESTRICT g, std::int64_t n, const SgdCoefficients& c,
           bool want_norm) {
  const hn::ScalableTag<T> d;
  const auto l2 = hn::Set(d, static_cast<T>(c.l2)), momentum = hn::Set(d, static_cast<T>(c.momentum));
  const auto rate = hn::Set(d, static_cast<T>(c.learning_rate));
  auto squares = hn::Zero(d);
  for (std::int64_t i = 0; i < n; i += lanes_of<T>()) {
    const auto before = hn::Load(d, p + i);
    auto gradient = hn::MulAdd(l2, before, hn::Load(d, g + i));
    if (buffer != nullptr) {
      gradient = hn::MulAdd(momentum, hn::Load(d, buffer + i), gradient);
      hn::Store(gradient, d, buffer + i);
    }
    const auto after = hn::NegMulAdd(rate, gradient, before);
    hn::Store(after, d, p + i);
    if (want_norm) {
      const auto change = hn::Sub(after, before);
      squares = hn::MulAdd(change, change, squares);
    }
  }
  return want_norm ? static_cast<double>(hn::GetLane(hn::SumOfLanes(d, squares))) : 0.0;
}

template <typename T>
void add(T* HWY_RESTRICT y, const T* HWY_RESTRICT x, std::int64_t n) {
  const hn::ScalableTag<T> d;
  std::int64_t i = 0;
  for (; i + lanes_of<T>() <= n; i += lanes_of<T>())
    hn::StoreU(hn::Add(hn::LoadU(d, y + i), hn::LoadU(d, x + i)), d, y + i);
  for (; i < n; ++i) y[i] += x[i];
}

/// Blocks of 4096 elements are summed in T with vectors, blocks in double: error well below T's epsilon.
template <typename T>
double sum_squares(const T* x, std::int64_t n) {
  const hn::ScalableTag<T> d;
  double total = 0;
  for (std::int64_t block = 0; block < n; block += 4096) {
    const std::int64_t end = block + 4096 < n ? block + 4096 : n;
    auto sum = hn::Zero(d);
    std::int64_t i = block;
    for (; i + lanes_of<T>() <= end; i += lanes_of<T>()) {
      const auto value = hn::LoadU(d, x + i);
      sum = hn::MulAdd(value, value, sum);
    }
    double part = static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum)));
    for (; i < end; ++i) part += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    total += part;
  }
  return total;
}

// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace groklab
HWY_AFTER_NAMESPACE();

#endif  // GROKLAB_OPTIM_INL_H_
