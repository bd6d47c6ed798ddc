// See loss.h.
#include "groklab/model/loss.h"

#include <type_traits>

#include "groklab/base/error.h"
#include "groklab/base/join.h"

namespace groklab {

template <typename T>
LossKernels<T> loss_kernels_of(const Config& config, const Kernels<T>& kernels) {
  for (const LossDescriptor* loss : losses()) {
    if (loss->spec.name != config.loss.kind) continue;
    if constexpr (std::is_same_v<T, float>) {
      return loss->kernels_f32(config, kernels);
    } else {
      return loss->kernels_f64(config, kernels);
    }
  }
  fail(ErrorKind::kConfig, "loss.kind = {}: expected one of {}", config.loss.kind,
       join(component_names("loss.kind"), ", "));
}

template LossKernels<float> loss_kernels_of(const Config&, const Kernels<float>&);
template LossKernels<double> loss_kernels_of(const Config&, const Kernels<double>&);

}  // namespace groklab
