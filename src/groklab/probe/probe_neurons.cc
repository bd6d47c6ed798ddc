// Probe `neurons`: neurons of the last hidden layer that carry one component, and their norm.
#include <fmt/format.h>

#include "groklab/probe/probe.h"
#include "groklab/probe/probe_text.h"

namespace groklab {
namespace {

void run_neurons(ProbeContext& context, ProbeResult& result) { result.neurons = context.neuron_metrics(); }

std::vector<ProbeLine> neuron_lines(const ProbeResult& result) {
  if (!result.neurons) return {};
  const NeuronMetrics& m = *result.neurons;
  const char* p = "neurons";
  std::vector<ProbeLine> lines = {
      {p, fmt::format("periodic neurons (inverse participation ratio above {})", m.threshold),
       fmt::format("{} of {}", m.periodic, m.count)},
      {p, "norm of periodic neurons, of others",
       fmt::format("{}, {}", probe_number(m.periodic_norm), probe_number(m.other_norm))}};
  if (result.frequencies && !result.frequencies->names.empty()) {
    lines.push_back({p, "keys of periodic neurons", component_list(m.keys, result.frequencies->names)});
  }
  return lines;
}

}  // namespace

const ProbeDescriptor& neurons_probe() {
  static const ProbeDescriptor probe = {
      .spec = probe_component("neurons", "neurons that carry one component, and their norm"),
      .cost = "a forward pass over all rows",
      .needs_neurons = true,
      .needs_group = true,
      .run = run_neurons,
      .lines = neuron_lines};
  return probe;
}

}  // namespace groklab
