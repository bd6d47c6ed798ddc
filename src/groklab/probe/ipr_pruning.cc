// See ipr_pruning.h.
#include "groklab/probe/ipr_pruning.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string>

#include "groklab/base/error.h"
#include "groklab/base/random.h"
#include "groklab/engine/row_metric.h"
#include "groklab/model/architecture.h"
#include "groklab/probe/causal.h"
#include "groklab/probe/tensor_keeper.h"

namespace groklab {
namespace {

/// Rows answered right, of how many.
struct Score {
  std::int64_t right = 0, rows = 0;

  void add(std::int64_t predicted, std::int64_t label) {
    ++rows;
    right += predicted == label ? 1 : 0;
  }
  double fraction() const { return static_cast<double>(right) / static_cast<double>(rows); }
};

PrunedNetwork score(const Task& task, const Split& split, std::span<const double> logits) {
  const auto classes = static_cast<std::size_t>(task.n_classes);
  Score train, clean, corrupted, corrupted_truth, test;
  for (std::size_t row = 0; row < static_cast<std::size_t>(task.n_rows); ++row) {
    const std::int64_t predicted = predicted_class(logits.subspan(row * classes, classes));
    if (split.role[row] != RowRole::kTrain) {
      test.add(predicted, task.test_labels[row]);
      continue;
    }
    train.add(predicted, task.labels[row]);
    if (task.labels[row] == task.test_labels[row]) {
      clean.add(predicted, task.labels[row]);
    } else {
      corrupted.add(predicted, task.labels[row]);
      corrupted_truth.add(predicted, task.test_labels[row]);
    }
  }
  return {0, train.fraction(), clean.fraction(), corrupted.fraction(), corrupted_truth.fraction(), test.fraction()};
}

}  // namespace

double fourier_ipr(std::span<const double> values) {
  const std::size_t p = values.size();
  double second = 0, fourth = 0;
  for (std::size_t k = 0; k <= p / 2; ++k) {
    double re = 0, im = 0;
    for (std::size_t x = 0; x < p; ++x) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(k * x % p) / static_cast<double>(p);
      re += values[x] * std::cos(angle);
      im += values[x] * std::sin(angle);
    }
    const double power = re * re + im * im;
    second += power;
    fourth += power * power;
  }
  return fourth / (second * second);
}

std::vector<double> weight_iprs(const Engine& engine, const ModelConfig& model, const Task& task) {
  if (model.architecture != "one_hot_mlp" || model.n_layers != 1 || task.n_inputs != 2) {
    fail(ErrorKind::kConfig, "participation ratios of weights: expected a one_hot_mlp of one layer on pairs, found {}",
         model.architecture);
  }
  const NeuronTensors names = neuron_tensors(model, 0);
  const std::vector<double> in = engine.tensor(engine.layout().at(names.in)),
                            out = engine.tensor(engine.layout().at(names.out));
  const auto n = static_cast<std::size_t>(engine.neuron_count()), p = static_cast<std::size_t>(task.n_symbols),
             classes = static_cast<std::size_t>(task.n_classes), columns = out.size() / n;
  std::vector<double> iprs, x(p), y(p), c(classes);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t s = 0; s < p; ++s) {
      x[s] = in[s * n + j];
      y[s] = in[(p + s) * n + j];
    }
    std::copy_n(out.begin() + static_cast<std::ptrdiff_t>(j * columns), classes, c.begin());
    iprs.push_back((fourier_ipr(x) + fourier_ipr(y) + fourier_ipr(c)) / 3);
  }
  return iprs;
}

std::vector<PrunedNetwork> pruned_networks(Engine& engine, const ModelConfig& model, const Task& task,
                                           const Split& split, std::span<const std::int64_t> order,
                                           std::span<const std::int64_t> counts) {
  TensorKeeper keeper(engine);
  const std::string out = neuron_tensors(model, model.n_layers - 1).out;
  const std::vector<double>& whole = keeper.keep(out);
  const auto n = static_cast<std::size_t>(engine.neuron_count()), width = whole.size() / n;
  const std::vector<std::int64_t> rows = all_rows(task);
  std::vector<PrunedNetwork> all;
  for (const std::int64_t count : counts) {
    std::vector<double> values = whole;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      std::fill_n(values.begin() + order[i] * static_cast<std::int64_t>(width), width, 0.0);
    }
    engine.set_tensor(engine.layout().at(out), values);
    all.push_back(score(task, split, class_logits(engine.logits(rows), engine.logit_columns(), task)));
    all.back().pruned = count;
  }
  return all;
}

IprPruning prune_by_ipr(Engine& engine, const ModelConfig& model, const Task& task, const Split& split,
                        std::span<const std::int64_t> counts, std::int64_t seed) {
  IprPruning result;
  result.iprs = weight_iprs(engine, model, task);
  std::vector<std::int64_t> order(result.iprs.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return result.iprs[static_cast<std::size_t>(a)] < result.iprs[static_cast<std::size_t>(b)];
  });
  result.lowest_first = pruned_networks(engine, model, task, split, order, counts);
  std::reverse(order.begin(), order.end());
  result.highest_first = pruned_networks(engine, model, task, split, order, counts);
  RandomStream stream(static_cast<std::uint64_t>(seed), StreamPurpose::kProbe);
  result.random =
      pruned_networks(engine, model, task, split, stream.permutation(static_cast<std::int64_t>(order.size())), counts);
  return result;
}

}  // namespace groklab
