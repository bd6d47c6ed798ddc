// The kernel tables of double for every instruction set, and the choice at run time (Highway's dynamic dispatch).
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "groklab/kernel/simd/kernels_f64.cc"
#include "groklab/kernel/simd/targets.h"
//
#include <hwy/foreach_target.h>
//
#include "groklab/kernel/simd/table-inl.h"

HWY_BEFORE_NAMESPACE();
namespace groklab {
namespace HWY_NAMESPACE {
const Kernels<double>& kernels_f64() { return kernel_table<double>(); }
}  // namespace HWY_NAMESPACE
}  // namespace groklab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace groklab {
HWY_EXPORT(kernels_f64);

template <>
const Kernels<double>& best_kernels<double>() {
  return HWY_DYNAMIC_DISPATCH(kernels_f64)();
}

template <>
std::vector<const Kernels<double>*> all_kernels<double>() {
  std::vector<const Kernels<double>*> tables;
  const std::int64_t supported = hwy::SupportedTargets();
#if HWY_TARGETS & HWY_AVX3
  if (supported & HWY_AVX3) tables.push_back(&N_AVX3::kernels_f64());
#endif
#if HWY_TARGETS & HWY_AVX2
  if (supported & HWY_AVX2) tables.push_back(&N_AVX2::kernels_f64());
#endif
#if HWY_TARGETS & HWY_SSE4
  if (supported & HWY_SSE4) tables.push_back(&N_SSE4::kernels_f64());
#endif
#if HWY_TARGETS & HWY_NEON
  if (supported & HWY_NEON) tables.push_back(&N_NEON::kernels_f64());
#endif
  return tables;
}
}  // namespace groklab
#endif  // HWY_ONCE
