// Probe `weights`: spectral norms and effective ranks of the tensors.
#include <fmt/format.h>

#include "groklab/probe/probe.h"
#include "groklab/probe/probe_text.h"
#include "groklab/probe/weights.h"

namespace groklab {
namespace {

void run_weights(ProbeContext& context, ProbeResult& result) { result.weights = measure_weights(context.engine); }

std::vector<ProbeLine> weight_lines(const ProbeResult& result) {
  std::vector<ProbeLine> lines;
  for (const TensorResult& t : result.weights) {
    lines.push_back({"weights", t.name,
                     fmt::format("spectral norm {}, effective rank {}", probe_number(t.spectral_norm),
                                 probe_number(t.effective_rank))});
  }
  return lines;
}

}  // namespace

const ProbeDescriptor& weights_probe() {
  static const ProbeDescriptor probe = {
      .spec = probe_component("weights", "spectral norm and effective rank of tensors"),
      .cost = "a singular value decomposition per tensor",
      .run = run_weights,
      .lines = weight_lines};
  return probe;
}

}  // namespace groklab
