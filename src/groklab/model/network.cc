// See network.h.
#include "groklab/model/network.h"

#include "groklab/model/architecture.h"

namespace groklab {

template <>
std::unique_ptr<Network<float>> make_network(const ResolvedConfig& config, const Task& task,
                                             const Kernels<float>& kernels) {
  const ArchitectureDescriptor& architecture = architecture_of(config->model);
  return architecture.network_f32(config->model, task, architecture.sizes(config->model, task), kernels);
}

template <>
std::unique_ptr<Network<double>> make_network(const ResolvedConfig& config, const Task& task,
                                              const Kernels<double>& kernels) {
  const ArchitectureDescriptor& architecture = architecture_of(config->model);
  return architecture.network_f64(config->model, task, architecture.sizes(config->model, task), kernels);
}

}  // namespace groklab
