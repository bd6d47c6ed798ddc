// Probe `geometry`: how the network combines its two inputs, clock or pizza.
#include <fmt/format.h>

#include "groklab/probe/geometry.h"
#include "groklab/probe/probe.h"
#include "groklab/probe/probe_text.h"

namespace groklab {
namespace {

constexpr std::int64_t kSymmetricitySamples = 128;

void run_geometry(ProbeContext& context, ProbeResult& result) {
  const Symmetricity s =
      gradient_symmetricity(context.engine, context.task, context.config.model.tied_embeddings, kSymmetricitySamples);
  result.geometry =
      GeometryMetrics{s.mean, s.samples, distance_irrelevance(*context.group, context.task, context.logits())};
}

std::vector<ProbeLine> geometry_lines(const ProbeResult& result) {
  if (!result.geometry) return {};
  const GeometryMetrics& m = *result.geometry;
  return {{"geometry", "gradient symmetricity (near 1: pizza)",
           fmt::format("{} over {} samples", probe_number(m.gradient_symmetricity), m.samples)},
          {"geometry", "distance irrelevance (near 0: pizza)", probe_number(m.distance_irrelevance)}};
}

}  // namespace

const ProbeDescriptor& geometry_probe() {
  static const ProbeDescriptor probe = {
      .spec = probe_component("geometry", "gradient symmetricity and distance irrelevance: clock or pizza"),
      .cost = "a backward pass for each of 128 samples",
      .needs_group = true,
      .needs_embedding = true,
      .run = run_geometry,
      .lines = geometry_lines};
  return probe;
}

}  // namespace groklab
