// See causal.h.
#include "groklab/probe/causal.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "groklab/engine/row_metric.h"
#include "groklab/probe/neurons.h"
#include "groklab/probe/part_metrics.h"
#include "groklab/probe/tensor_keeper.h"

namespace groklab {
namespace {

Intervention intervention(const std::string& name, double strength, const Task& task, const Split& split,
                          std::span<const double> logits) {
  const PartMetrics train = part_metrics(task, split, logits, false), test = part_metrics(task, split, logits, true);
  return {name, strength, train.accuracy, test.accuracy, train.loss, test.loss};
}

/// Row j of [n, width] times factor[j].
std::vector<double> scaled_rows(std::vector<double> values, std::span<const double> factor) {
  const std::size_t width = values.size() / factor.size();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] *= factor[i / width];
  return values;
}

std::vector<double> row_squares(const std::vector<double>& values, std::int64_t n) {
  return neuron_squares({}, {}, values, n);
}
std::vector<double> column_squares(const std::vector<double>& values, std::int64_t n) {
  return neuron_squares(values, {}, {}, n);
}

std::vector<std::int64_t> predictions(Engine& engine, const Task& task, std::span<const std::int64_t> rows) {
  const std::vector<double> logits = class_logits(engine.logits(rows), engine.logit_columns(), task);
  const auto classes = static_cast<std::size_t>(task.n_classes);
  std::vector<std::int64_t> best;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    best.push_back(predicted_class(std::span(logits).subspan(row * classes, classes)));
  }
  return best;
}

}  // namespace

std::vector<double> intervention_strengths() {
  std::vector<double> strengths;
  for (int i = 0; i <= 20; ++i) strengths.push_back(i / 10.0);
  return strengths;
}

std::vector<double> class_logits(std::vector<double> logits, std::int64_t columns, const Task& task) {
  if (columns == task.n_classes) return logits;
  const std::size_t rows = logits.size() / static_cast<std::size_t>(columns);
  for (std::size_t row = 0; row < rows; ++row) {
    std::copy_n(logits.begin() + static_cast<std::int64_t>(row) * columns, task.n_classes,
                logits.begin() + static_cast<std::int64_t>(row) * task.n_classes);
  }
  logits.resize(rows * static_cast<std::size_t>(task.n_classes));
  return logits;
}

std::vector<Intervention> scale_part(const std::string& name, const Task& task, const Split& split,
                                     std::span<const double> logits, std::span<const double> part,
                                     std::span<const double> strengths) {
  std::vector<Intervention> all;
  std::vector<double> changed(logits.size());
  for (const double t : strengths) {
    for (std::size_t i = 0; i < logits.size(); ++i) changed[i] = logits[i] + (t - 1) * part[i];
    all.push_back(intervention(name, t, task, split, changed));
  }
  return all;
}

std::vector<Intervention> scale_neurons(const std::string& name, Engine& engine, const ModelConfig& model,
                                        const Task& task, const Split& split, const std::vector<bool>& chosen,
                                        std::span<const double> strengths) {
  TensorKeeper keeper(engine);
  const std::string out = neuron_tensors(model, model.n_layers - 1).out;
  const std::vector<double>& values = keeper.keep(out);
  const std::vector<std::int64_t> rows = all_rows(task);
  std::vector<Intervention> all;
  for (const double t : strengths) {
    std::vector<double> factor(chosen.size(), 1.0);
    for (std::size_t j = 0; j < chosen.size(); ++j) factor[j] = chosen[j] ? t : 1.0;
    engine.set_tensor(engine.layout().at(out), scaled_rows(values, factor));
    const std::vector<double> logits = class_logits(engine.logits(rows), engine.logit_columns(), task);
    all.push_back(intervention(name, t, task, split, logits));
  }
  return all;
}

SubnetworkMetrics measure_subnetwork(Engine& engine, const ModelConfig& model, const Task& task) {
  TensorKeeper keeper(engine);
  struct Neuron {
    double strength;
    std::int64_t layer, index;
  };
  std::vector<Neuron> neurons;
  const std::int64_t n = engine.neuron_count();
  for (std::int64_t layer = 0; layer < model.n_layers; ++layer) {
    const NeuronTensors names = neuron_tensors(model, layer);
    const std::vector<double> out = row_squares(keeper.keep(names.out), n);
    const std::vector<double> in = column_squares(engine.tensor(engine.layout().at(names.in)), n);
    for (std::int64_t j = 0; j < n; ++j) {
      neurons.push_back({in[static_cast<std::size_t>(j)] * out[static_cast<std::size_t>(j)], layer, j});
    }
  }
  std::stable_sort(neurons.begin(), neurons.end(),
                   [](const Neuron& a, const Neuron& b) { return a.strength > b.strength; });
  const std::vector<std::int64_t> rows = all_rows(task);
  const std::vector<std::int64_t> whole = predictions(engine, task, rows);
  std::map<std::int64_t, std::int64_t> agreeing;  // by neurons kept
  const auto agreement = [&](std::int64_t kept) {
    if (const auto known = agreeing.find(kept); known != agreeing.end()) return known->second;
    for (std::int64_t layer = 0; layer < model.n_layers; ++layer) {
      std::vector<double> factor(static_cast<std::size_t>(n), 0.0);
      for (std::int64_t i = 0; i < kept; ++i) {
        const Neuron& neuron = neurons[static_cast<std::size_t>(i)];
        if (neuron.layer == layer) factor[static_cast<std::size_t>(neuron.index)] = 1.0;
      }
      const std::string out = neuron_tensors(model, layer).out;
      engine.set_tensor(engine.layout().at(out), scaled_rows(keeper.keep(out), factor));
    }
    const std::vector<std::int64_t> now = predictions(engine, task, rows);
    std::int64_t same = 0;
    for (std::size_t row = 0; row < now.size(); ++row) same += now[row] == whole[row] ? 1 : 0;
    return agreeing[kept] = same;
  };
  const auto fewest = [&](double fraction) {
    const auto needed = static_cast<std::int64_t>(std::ceil(fraction * static_cast<double>(task.n_rows)));
    if (agreement(0) >= needed) return std::int64_t{0};
    std::int64_t fails = 0, keeps = static_cast<std::int64_t>(neurons.size());
    while (keeps - fails > 1) {
      const std::int64_t middle = (fails + keeps) / 2;
      (agreement(middle) >= needed ? keeps : fails) = middle;
    }
    return keeps;
  };
  return {static_cast<std::int64_t>(neurons.size()), fewest(1.0), fewest(0.99)};
}

}  // namespace groklab
