// See prober.h.
#include "groklab/probe/prober.h"

#include <vector>

#include "groklab/base/error.h"
#include "groklab/probe/causal.h"
#include "groklab/probe/frequencies.h"
#include "groklab/probe/geometry.h"
#include "groklab/probe/neurons.h"
#include "groklab/probe/weights.h"

namespace groklab {
namespace {

constexpr std::int64_t kSymmetricitySamples = 128;

std::vector<double> last_layer_squares(const Engine& engine, const ModelConfig& model) {
  const NeuronTensors names = neuron_tensors(model, model.n_layers - 1);
  const auto tensor = [&](const std::string& name) {
    return name.empty() ? std::vector<double>{} : engine.tensor(engine.layout().at(name));
  };
  return neuron_squares(tensor(names.in), tensor(names.bias), tensor(names.out), engine.neuron_count());
}

}  // namespace

bool probes_fit(const Task& task) { return task.n_rows <= kMaxProbedLogits / task.n_classes; }

Prober::Prober(const ResolvedConfig& config, const Task& task, const Split& split)
    : config_(*config), task_(task), split_(split) {
  if (!probes_fit(task)) {
    fail(ErrorKind::kConfig, "probes: expected a task of at most {} logits (rows x classes), found {} x {} of {}",
         kMaxProbedLogits, task.n_rows, task.n_classes, task.name);
  }
  orbits_ = task_orbits(config->task, task);
  group_ = task_group(config->task, task);
}

ProbeResult Prober::read(Engine& engine, const ProbeSet& set, bool each) const {
  ProbeResult reading;
  reading.step = engine.step();
  const bool needs_neurons = group_ && (set.neurons || set.ablation);
  const bool needs_logits = set.circuits || set.frequencies || set.geometry || set.ablation;
  const std::vector<std::int64_t> rows = all_rows(task_);
  Activations activations;
  if (needs_neurons) {
    activations = engine.activations(rows);
  } else if (needs_logits) {
    activations.logits = engine.logits(rows);
  }
  const std::vector<double> logits = class_logits(std::move(activations.logits), engine.logit_columns(), task_);
  std::vector<double> general;
  if (orbits_ && needs_logits) general = invariant_component(*orbits_, logits);
  if (set.circuits && orbits_) reading.circuits = measure_circuits(*orbits_, task_, split_, logits, general);
  if (set.frequencies && group_) {
    const TensorSpec& spec = engine.layout().at("embed.W_E");
    reading.frequencies =
        measure_frequencies(*group_, task_, split_, logits, general, engine.tensor(spec), spec.shape[1]);
  }
  if (needs_neurons) {
    NeuronMetrics neurons =
        measure_neurons(*group_, task_, activations.neurons, last_layer_squares(engine, config_.model), true);
    if (set.ablation) {
      std::vector<bool> periodic, other;
      for (const NeuronResult& neuron : neurons.each) {
        periodic.push_back(neuron.ipr > neurons.threshold);
        other.push_back(!periodic.back());
      }
      const std::vector<double> strengths = intervention_strengths();
      const auto add = [&](std::vector<Intervention> more) {
        reading.ablations.insert(reading.ablations.end(), more.begin(), more.end());
      };
      if (orbits_) {
        std::vector<double> residual(logits.size());
        for (std::size_t i = 0; i < logits.size(); ++i) residual[i] = logits[i] - general[i];
        add(scale_part("C_gen (logits)", task_, split_, logits, general, strengths));
        add(scale_part("C_mem (logits)", task_, split_, logits, residual, strengths));
      }
      add(scale_neurons("periodic neurons", engine, config_.model, task_, split_, periodic, strengths));
      add(scale_neurons("other neurons", engine, config_.model, task_, split_, other, strengths));
    }
    if (!each) neurons.each.clear();
    if (set.neurons) reading.neurons = std::move(neurons);
  }
  if (set.weights) reading.weights = measure_weights(engine);
  if (set.geometry && group_) {
    const Symmetricity s = gradient_symmetricity(engine, task_, config_.model.tied_embeddings, kSymmetricitySamples);
    reading.geometry = GeometryMetrics{s.mean, s.samples, distance_irrelevance(*group_, task_, logits)};
  }
  if (set.subnetwork) reading.subnetwork = measure_subnetwork(engine, config_.model, task_);
  return reading;
}

}  // namespace groklab
