// Cross-entropy: -log softmax(L)[y] in nats, without cancellation or as common frameworks compute it.
#include "groklab/model/loss.h"

namespace groklab {

const LossDescriptor& cross_entropy_loss();

namespace {

template <typename T>
LossKernels<T> kernels_of(const Config& config, const Kernels<T>& kernels) {
  return config.loss.form == LossForm::kFramework ? kernels.framework_cross_entropy : kernels.cross_entropy;
}

}  // namespace

const LossDescriptor& cross_entropy_loss() {
  static const LossDescriptor descriptor = {.spec = {.choice = "loss.kind",
                                                     .name = "cross_entropy",
                                                     .meaning = "-log softmax of the correct logit, in nats",
                                                     .uses = {"loss.form", "loss.temperature"},
                                                     .keys = {}},
                                            .kernels_f32 = kernels_of<float>,
                                            .kernels_f64 = kernels_of<double>};
  return descriptor;
}

}  // namespace groklab
