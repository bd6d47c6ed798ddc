// Probe `subnetwork`: fewest hidden neurons that keep the predictions.
#include <fmt/format.h>

#include "groklab/probe/causal.h"
#include "groklab/probe/probe.h"

namespace groklab {
namespace {

void run_subnetwork(ProbeContext& context, ProbeResult& result) {
  result.subnetwork = measure_subnetwork(context.engine, context.config.model, context.task);
}

std::vector<ProbeLine> subnetwork_lines(const ProbeResult& result) {
  if (!result.subnetwork) return {};
  const SubnetworkMetrics& m = *result.subnetwork;
  return {{"subnetwork", "fewest neurons that keep all predictions, 99 % of them",
           fmt::format("{}, {} of {}", m.keep_all, m.keep_most, m.neurons)}};
}

}  // namespace

const ProbeDescriptor& subnetwork_probe() {
  static const ProbeDescriptor probe = {
      .spec = probe_component("subnetwork", "fewest neurons that keep the predictions"),
      .cost = "some twenty forward passes over all rows",
      .run = run_subnetwork,
      .lines = subnetwork_lines};
  return probe;
}

}  // namespace groklab
