// The kernel tables of float for every instruction set, and the choice at run time (Highway's dynamic dispatch).
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "groklab/kernel/simd/kernels_f32.cc"
#include "groklab/kernel/simd/targets.h"
//
#include <hwy/foreach_target.h>
//
#include "groklab/kernel/simd/table-inl.h"

HWY_BEFORE_NAMESPACE();
namespace groklab {
namespace HWY_NAMESPACE {
const Kernels<float>& kernels_f32() { return kernel_table<float>(); }
}  // namespace HWY_NAMESPACE
}  // namespace groklab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace groklab {
HWY_EXPORT(kernels_f32);

template <>
const Kernels<float>& best_kernels<float>() {
  return HWY_DYNAMIC_DISPATCH(kernels_f32)();
}

template <>
std::vector<const Kernels<float>*> all_kernels<float>() {
  std::vector<const Kernels<float>*> tables;
  const std::int64_t supported = hwy::SupportedTargets();
#if HWY_TARGETS & HWY_AVX3
  if (supported & HWY_AVX3) tables.push_back(&N_AVX3::kernels_f32());
#endif
#if HWY_TARGETS & HWY_AVX2
  if (supported & HWY_AVX2) tables.push_back(&N_AVX2::kernels_f32());
#endif
#if HWY_TARGETS & HWY_SSE4
  if (supported & HWY_SSE4) tables.push_back(&N_SSE4::kernels_f32());
#endif
#if HWY_TARGETS & HWY_NEON
  if (supported & HWY_NEON) tables.push_back(&N_NEON::kernels_f32());
#endif
  return tables;
}
}  // namespace groklab
#endif  // HWY_ONCE
