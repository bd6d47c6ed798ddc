// See probe.h.
#include "groklab/probe/probe.h"

#include "groklab/base/error.h"
#include "groklab/probe/causal.h"
#include "groklab/probe/neurons.h"

namespace groklab {
namespace {

std::vector<double> last_layer_squares(const Engine& engine, const ModelConfig& model) {
  const NeuronTensors names = neuron_tensors(model, model.n_layers - 1);
  const auto tensor = [&](const std::string& name) {
    return name.empty() ? std::vector<double>{} : engine.tensor(engine.layout().at(name));
  };
  return neuron_squares(tensor(names.in), tensor(names.bias), tensor(names.out), engine.neuron_count());
}

}  // namespace

void ProbeContext::forward(bool with_neurons) {
  const std::vector<std::int64_t> rows = all_rows(task);
  Activations activations;
  if (with_neurons) {
    activations = engine.activations(rows);
    neurons_ = std::move(activations.neurons);
  } else {
    activations.logits = engine.logits(rows);
  }
  logits_ = class_logits(std::move(activations.logits), engine.logit_columns(), task);
}

const std::vector<double>& ProbeContext::logits() {
  if (!logits_) forward(wants_neurons);
  return *logits_;
}

const std::vector<double>& ProbeContext::invariant() {
  if (!invariant_) invariant_ = orbits ? invariant_component(*orbits, logits()) : std::vector<double>{};
  return *invariant_;
}

const std::vector<double>& ProbeContext::neurons() {
  if (!neurons_) forward(true);
  return *neurons_;
}

const NeuronMetrics& ProbeContext::neuron_metrics() {
  require(group.has_value(), "neuron_metrics needs a task with a group");
  if (!neuron_metrics_) {
    neuron_metrics_ = measure_neurons(*group, task, neurons(), last_layer_squares(engine, config.model), true);
  }
  return *neuron_metrics_;
}

ComponentSpec probe_component(const char* name, const char* meaning, std::vector<Field> keys) {
  ComponentSpec spec;
  spec.choice = kProbesKey;
  spec.name = name;
  spec.meaning = meaning;
  spec.keys = std::move(keys);
  return spec;
}

}  // namespace groklab
