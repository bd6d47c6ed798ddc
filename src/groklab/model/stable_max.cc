// StableMax cross-entropy (Prieto et al. 2025): -log s(L[y]) / sum_c s(L[c]), where s(x) = x + 1 from 0 on and
// 1 / (1 - x) below takes the place of exp, so that no float32 sum absorbs the other classes.
#include "groklab/model/loss.h"

namespace groklab {

const LossDescriptor& stable_max_loss();

namespace {

template <typename T>
LossKernels<T> kernels_of(const Config&, const Kernels<T>& kernels) {
  return kernels.stable_max;
}

}  // namespace

const LossDescriptor& stable_max_loss() {
  static const LossDescriptor descriptor = {
      .spec = {.choice = "loss.kind",
               .name = "stable_max",
               .meaning = "-log of s of the correct logit over the sum of s, s(x) = x + 1 from 0 on, 1 / (1 - x) below",
               .uses = {"loss.temperature"},
               .keys = {}},
      .kernels_f32 = kernels_of<float>,
      .kernels_f64 = kernels_of<double>};
  return descriptor;
}

}  // namespace groklab
