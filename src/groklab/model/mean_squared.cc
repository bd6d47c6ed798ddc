// The squared loss: the mean over the classes of (L[c] - [c = y])^2.
#include "groklab/model/loss.h"

namespace groklab {

const LossDescriptor& mean_squared_loss();

namespace {

template <typename T>
LossKernels<T> kernels_of(const Config&, const Kernels<T>& kernels) {
  return kernels.mean_squared;
}

}  // namespace

const LossDescriptor& mean_squared_loss() {
  static const LossDescriptor descriptor = {
      .spec = {.choice = "loss.kind",
               .name = "mean_squared",
               .meaning = "mean over the classes of the squared difference from the one-hot label",
               .uses = {"loss.temperature"},
               .keys = {}},
      .kernels_f32 = kernels_of<float>,
      .kernels_f64 = kernels_of<double>};
  return descriptor;
}

}  // namespace groklab
