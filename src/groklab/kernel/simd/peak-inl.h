// The register-only loop that measures the peak rate of fused multiply-adds. Included once per instruction set.
#if defined(GROKLAB_PEAK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GROKLAB_PEAK_INL_H_
#undef GROKLAB_PEAK_INL_H_
#else
#define GROKLAB_PEAK_INL_H_
#endif

#include "groklab/kernel/simd/gemm-inl.h"

HWY_BEFORE_NAMESPACE();
namespace groklab {
namespace HWY_NAMESPACE {

/// 12 independent chains cover the latency (4 cycles) of two multiply-add units. Returns the FLOP done; `sink` keeps
/// the compiler from dropping the loop.
template <typename T>
double fma_peak_loop(std::int64_t iterations, T* sink) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int kChains = 12;
  V chain[kChains];
  for (V& c : chain) c = hn::Zero(d);
  const V factor = hn::Set(d, T(0.5)), term = hn::Set(d, T(1e-9));
  for (std::int64_t i = 0; i < iterations; ++i) {
#pragma GCC unroll 12
    for (int c = 0; c < kChains; ++c) chain[c] = hn::MulAdd(factor, chain[c], term);
  }
  V sum = chain[0];
  for (int c = 1; c < kChains; ++c) sum = hn::Add(sum, chain[c]);
  *sink = hn::GetLane(sum);
  return 2.0 * static_cast<double>(iterations) * kChains * static_cast<double>(lanes_of<T>());
}

// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace groklab
HWY_AFTER_NAMESPACE();

#endif  // GROKLAB_PEAK_INL_H_
