// See network.h.
#include "groklab/model/network.h"

#include "groklab/model/architecture.h"

namespace groklab {

ParameterLayout network_layout(const ModelConfig& config, const Task& task) {
  const ArchitectureDescriptor& architecture = architecture_of(config);
  return architecture.layout(config, architecture.sizes(config, task));
}

template <>
std::unique_ptr<Network<float>> make_network(const ResolvedConfig& config, const Task& task, std::int64_t step_rows,
                                             const Kernels<float>& kernels) {
  const ArchitectureDescriptor& architecture = architecture_of(config->model);
  return architecture.network_f32(config->model, task, architecture.sizes(config->model, task), step_rows, kernels);
}

template <>
std::unique_ptr<Network<double>> make_network(const ResolvedConfig& config, const Task& task, std::int64_t step_rows,
                                              const Kernels<double>& kernels) {
  const ArchitectureDescriptor& architecture = architecture_of(config->model);
  return architecture.network_f64(config->model, task, architecture.sizes(config->model, task), step_rows, kernels);
}

}  // namespace groklab
