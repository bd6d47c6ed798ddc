// Probe `circuits`: both circuits in the logits.
#include "groklab/probe/probe.h"
#include "groklab/probe/probe_text.h"

namespace groklab {
namespace {

void run_circuits(ProbeContext& context, ProbeResult& result) {
  result.circuits =
      measure_circuits(*context.orbits, context.task, context.split, context.logits(), context.invariant());
}

std::vector<ProbeLine> circuit_lines(const ProbeResult& result) {
  if (!result.circuits) return {};
  const CircuitMetrics& m = *result.circuits;
  const char* p = "circuits";
  return {
      {p, "fraction of the logits that respects the symmetry", probe_fraction(m.invariant_fraction)},
      {p, "C_mem's strength: its correct logit, training less test rows", probe_number(m.memorised_strength)},
      {p, "correct logit of C_gen",
       on_both(m.invariant_train.correct_logit, m.invariant_test.correct_logit, probe_number)},
      {p, "accuracy of C_gen alone", on_both(m.invariant_train.accuracy, m.invariant_test.accuracy, probe_fraction)},
      {p, "accuracy of the rest alone", on_both(m.residual_train.accuracy, m.residual_test.accuracy, probe_fraction)},
      {p, "loss of C_gen alone", on_both(m.invariant_train.loss, m.invariant_test.loss, probe_number)},
      {p, "loss of the rest alone", on_both(m.residual_train.loss, m.residual_test.loss, probe_number)}};
}

}  // namespace

const ProbeDescriptor& circuits_probe() {
  static const ProbeDescriptor probe = {
      .spec = probe_component("circuits", "both circuits in the logits: what respects the symmetry, and the rest"),
      .cost = "a forward pass over all rows",
      .needs_symmetry = true,
      .run = run_circuits,
      .lines = circuit_lines};
  return probe;
}

}  // namespace groklab
