// Collects one instruction set's kernels in a table. Included once per instruction set.
#if defined(GROKLAB_TABLE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef GROKLAB_TABLE_INL_H_
#undef GROKLAB_TABLE_INL_H_
#else
#define GROKLAB_TABLE_INL_H_
#endif

#include "groklab/kernel/kernels.h"
#include "groklab/kernel/simd/attention-inl.h"
#include "groklab/kernel/simd/elementwise-inl.h"
#include "groklab/kernel/simd/format_loss-inl.h"
#include "groklab/kernel/simd/gemm-inl.h"
#include "groklab/kernel/simd/layer_norm-inl.h"
#include "groklab/kernel/simd/loss-inl.h"
#include "groklab/kernel/simd/mixture-inl.h"
#include "groklab/kernel/simd/optim-inl.h"
#include "groklab/kernel/simd/peak-inl.h"

HWY_BEFORE_NAMESPACE();
namespace groklab {
namespace HWY_NAMESPACE {

constexpr const char* instruction_set() {
#if HWY_TARGET == HWY_AVX3
  return "AVX-512";
#elif HWY_TARGET == HWY_AVX2
  return "AVX2";
#elif HWY_TARGET == HWY_SSE4
  return "SSE4";
#else
  return "NEON";
#endif
}

template <typename T>
const Kernels<T>& kernel_table() {
  static const Kernels<T> table = {
      instruction_set(),
      lanes_of<T>(),
      panel_width<T>(),
      mixture_width<T>(),
      &nn<T>,
      &nt<T>,
      &tn<T>,
      &column_sums<T>,
      &activate<T>,
      &activate_gradient<T>,
      loss_kernels<T, CrossEntropy>(),
      loss_kernels<T, FrameworkCrossEntropy>(),
      {loss_kernels<T, RoundedCrossEntropy<Float16, LossRounding::kResults>>(),
       loss_kernels<T, RoundedCrossEntropy<Float16, LossRounding::kSums>>(),
       loss_kernels<T, RoundedCrossEntropy<Float16, LossRounding::kOperations>>()},
      {loss_kernels<T, RoundedCrossEntropy<Bfloat16, LossRounding::kResults>>(),
       loss_kernels<T, RoundedCrossEntropy<Bfloat16, LossRounding::kSums>>(),
       loss_kernels<T, RoundedCrossEntropy<Bfloat16, LossRounding::kOperations>>()},
      loss_kernels<T, CastCrossEntropy<float>>(),
      loss_kernels<T, CastCrossEntropy<double>>(),
      loss_kernels<T, MeanSquared>(),
      loss_kernels<T, StableMax>(),
      &softmax_of_scores<T>,
      &mixture_forward<T>,
      &mixture_backward<T>,
      &mixture_share_size<T>,
      &mixture_weights_backward<T>,
      &transpose<T>,
      &attention_forward<T>,
      &attention_backward<T>,
      &layer_norm<T>,
      &layer_norm_backward<T>,
      &adam<T>,
      &sgd<T>,
      &round_all<Float16, T>,
      &round_all<Bfloat16, T>,
      &add<T>,
      &sum_squares<T>,
      &fma_peak_loop<T>,
  };
  return table;
}

// NOLINTNEXTLINE(google-readability-namespace-comments)
}  // namespace HWY_NAMESPACE
}  // namespace groklab
HWY_AFTER_NAMESPACE();

#endif  // GROKLAB_TABLE_INL_H_
