// Probe `ablation`: what scaling one part of the network does to accuracy and loss.
#include "groklab/probe/causal.h"
#include "groklab/probe/probe.h"
#include "groklab/probe/probe_text.h"

namespace groklab {
namespace {

void run_ablation(ProbeContext& context, ProbeResult& result) {
  const std::vector<double> strengths = intervention_strengths();
  const auto add = [&](const std::vector<Intervention>& more) {
    result.ablations.insert(result.ablations.end(), more.begin(), more.end());
  };
  if (context.orbits) {
    const std::vector<double>& logits = context.logits();
    const std::vector<double>& invariant = context.invariant();
    std::vector<double> residual(logits.size());
    for (std::size_t i = 0; i < logits.size(); ++i) residual[i] = logits[i] - invariant[i];
    add(scale_part("C_gen (logits)", context.task, context.split, logits, invariant, strengths));
    add(scale_part("C_mem (logits)", context.task, context.split, logits, residual, strengths));
  }
  const NeuronMetrics& neurons = context.neuron_metrics();
  std::vector<bool> periodic, other;
  for (const NeuronResult& neuron : neurons.each) {
    periodic.push_back(neuron.ipr > neurons.threshold);
    other.push_back(!periodic.back());
  }
  const ModelConfig& model = context.config.model;
  add(scale_neurons("periodic neurons", context.engine, model, context.task, context.split, periodic, strengths));
  add(scale_neurons("other neurons", context.engine, model, context.task, context.split, other, strengths));
}

std::vector<ProbeLine> ablation_lines(const ProbeResult& result) {
  std::vector<ProbeLine> lines;
  for (const Intervention& i : result.ablations) {
    if (i.strength != 0) continue;
    lines.push_back(
        {"ablation", "accuracy without " + i.name, on_both(i.train_accuracy, i.test_accuracy, probe_fraction)});
  }
  return lines;
}

}  // namespace

const ProbeDescriptor& ablation_probe() {
  static const ProbeDescriptor probe = {
      .spec = probe_component("ablation", "what scaling or removing one part does to accuracy and loss"),
      .cost = "some forty forward passes over all rows",
      .needs_neurons = true,
      .needs_group = true,
      .run = run_ablation,
      .lines = ablation_lines};
  return probe;
}

}  // namespace groklab
