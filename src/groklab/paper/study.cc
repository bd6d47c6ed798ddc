// See study.h.
#include "groklab/paper/study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/task_size.h"
#include "groklab/engine/engine.h"
#include "groklab/lab/prepared_run.h"

namespace groklab::paper {
namespace {

/// lr * lambda * steps is then what weight decay 1 has.
std::int64_t steps_for(std::int64_t steps_at_one, double weight_decay) {
  return std::llround(static_cast<double>(steps_at_one) / weight_decay);
}

Config base_config(const Network& network, std::int64_t seed) {
  Config config;
  config.seed = seed;
  config.task = network.task;
  config.model.d_model = network.d_model;
  config.train.evaluate_every = 0;
  config.train.evaluate_per_decade = 25;
  return config;
}

std::string with(const char* key, double value) { return fmt::format("{}={}", key, value); }
std::string with(const char* key, std::int64_t value) { return fmt::format("{}={}", key, value); }

}  // namespace

RunIndex Study::add(const Config& config) { return plan_.add(config); }
RunIndex Study::add_fork(RunIndex parent, const std::vector<std::string>& changes) {
  return plan_.add_fork(parent, changes);
}

RunIndex Study::scratch(const Network& network, std::int64_t seed, std::int64_t rows, double weight_decay,
                        std::int64_t steps) {
  Config config = base_config(network, seed);
  config.split.train_size = rows;
  config.optim.weight_decay = weight_decay;
  config.train.steps = steps;
  config.train.checkpoint_per_decade = 8;
  return add(config);
}

RunIndex Study::converged(const Network& network, std::int64_t seed, std::int64_t rows, double weight_decay) {
  Config config = base_config(network, seed);
  config.split.train_size = rows;
  config.optim.weight_decay = weight_decay;
  config.train.steps = steps_for(scale_.converged_steps, weight_decay);
  return add(config);
}

RunIndex Study::memorised(const Network& network, std::int64_t seed, std::int64_t rows, double weight_decay,
                          const char* labels) {
  Config config = base_config(network, seed);
  set_config_value(config, std::string("task.labels=") + labels);
  // Random labels know no operation: tables of all p x p pairs share their runs.
  const bool all_pairs = network.rows == network.classes * network.classes;
  if (all_pairs && is_modular_operation(config.task.operation)) config.task.operation = Operation::kAdd;
  config.split.train_size = rows;
  config.optim.weight_decay = weight_decay;
  config.train.steps = steps_for(scale_.memorised_steps, weight_decay);
  return add(config);
}

RunIndex Study::ungrokked(const Network& network, std::int64_t seed, std::int64_t parent_rows, std::int64_t rows,
                          double weight_decay, std::int64_t steps) {
  const RunIndex parent = converged(network, seed, parent_rows, scale_.weight_decay);
  return add_fork(parent, {with("split.train_size", rows), with("optim.weight_decay", weight_decay),
                           with("train.steps", steps), "train.evaluate_per_decade=25",
                           with("train.evaluate_every", std::max<std::int64_t>(1, scale_.ungrok_steps / 4)),
                           "train.checkpoint_per_decade=0"});
}

void Study::attach(const Store& store, const std::vector<PlannedResult>& results, ThreadPool& pool) {
  store_ = &store;
  pool_ = &pool;
  results_ = results;
}

bool Study::has(RunIndex run) const {
  if (run >= results_.size()) return false;
  const PlannedResult& r = results_[run];
  return r.state == PlannedState::kDone && r.outcome.status != RunStatus::kDiverged;
}

const std::vector<Record>& Study::records(RunIndex run) const {
  auto found = records_.find(run);
  if (found == records_.end()) found = records_.emplace(run, store_->records(results_.at(run).id)).first;
  return found->second;
}

std::vector<std::pair<std::int64_t, CircuitMetrics>> Study::measure(RunIndex run, bool all) const {
  const PreparedRun prepared = prepare_stored_run(*store_, results_.at(run).id);
  Config key;
  key.task = prepared.config->task;
  key.task.labels = LabelKind::kTrue;
  key.task.label_seed = -1;
  key.task.corrupted_fraction = 0;
  const std::string name = canonical_config(resolve_config(key));
  auto found = orbits_.find(name);
  if (found == orbits_.end()) {
    std::optional<SymmetryOrbits> orbits = task_orbits(prepared.config->task, prepared.task);
    require(orbits.has_value(), "circuits are asked for of tasks with a group only");
    found = orbits_.emplace(name, std::move(*orbits)).first;
  }
  const auto engine = make_engine(prepared.config, prepared.task, prepared.split, *pool_);
  const std::vector<std::int64_t> rows = all_rows(prepared.task);
  std::vector<std::pair<std::int64_t, CircuitMetrics>> measured;
  std::vector<CheckpointInfo> checkpoints = store_->checkpoints(prepared.id);
  std::sort(checkpoints.begin(), checkpoints.end(), [](const auto& a, const auto& b) { return a.step < b.step; });
  if (!all && checkpoints.size() > 1) checkpoints.erase(checkpoints.begin(), checkpoints.end() - 1);
  for (const CheckpointInfo& checkpoint : checkpoints) {
    engine->import_state(store_->load_checkpoint(prepared.id, checkpoint.step, engine->layout()));
    measured.emplace_back(checkpoint.step,
                          measure_circuits(found->second, prepared.task, prepared.split, engine->logits(rows)));
  }
  return measured;
}

double Study::norm_at_margin(RunIndex run, double margin) const {
  if (replaced_.norm_at_margin) return replaced_.norm_at_margin(run);
  const auto known = norms_.find({run, margin});
  if (known != norms_.end()) return known->second;
  const PreparedRun prepared = prepare_stored_run(*store_, results_.at(run).id);
  const auto engine = make_engine(prepared.config, prepared.task, prepared.split, *pool_);
  engine->import_state(store_->load_checkpoint(prepared.id, -1, engine->layout()));
  std::vector<std::vector<double>> weights;
  double squares = 0;
  for (const TensorSpec& spec : engine->layout().tensors()) {
    weights.push_back(engine->tensor(spec));
    for (const double w : weights.back()) squares += w * w;
  }
  const auto columns = static_cast<std::size_t>(engine->logit_columns());
  const auto margin_at = [&](double factor) {
    for (std::size_t t = 0; t < weights.size(); ++t) {
      std::vector<double> scaled = weights[t];
      for (double& w : scaled) w *= factor;
      engine->set_tensor(engine->layout().tensors()[t], scaled);
    }
    const std::vector<double> logits = engine->logits(prepared.split.train);
    double sum = 0;
    for (std::size_t r = 0; r < prepared.split.train.size(); ++r) {
      const auto y = static_cast<std::size_t>(prepared.task.labels[static_cast<std::size_t>(prepared.split.train[r])]);
      double other = -std::numeric_limits<double>::infinity();
      for (std::size_t c = 0; c < static_cast<std::size_t>(prepared.task.n_classes); ++c) {
        if (c != y) other = std::max(other, logits[r * columns + c]);
      }
      sum += logits[r * columns + y] - other;
    }
    return sum / static_cast<double>(prepared.split.train.size());
  };
  // Not from far above 1: there the attention's softmax saturates and the margin falls again.
  const bool shrinks = margin_at(1) >= margin;
  double low = shrinks ? 0.2 : 1, high = shrinks ? 1 : 1.5, norm = std::numeric_limits<double>::quiet_NaN();
  if (margin_at(low) < margin && margin_at(high) >= margin) {
    while (high / low > 1 + 1e-6) {
      const double middle = std::sqrt(low * high);
      (margin_at(middle) < margin ? low : high) = middle;
    }
    norm = std::sqrt(low * high * squares);
  }
  norms_[{run, margin}] = norm;
  return norm;
}

CircuitMetrics Study::circuits(RunIndex run) const {
  if (replaced_.circuits_over_steps) return replaced_.circuits_over_steps(run).back().second;
  auto found = circuits_.find(run);
  if (found == circuits_.end()) found = circuits_.emplace(run, measure(run, false).back().second).first;
  return found->second;
}

std::vector<std::pair<std::int64_t, CircuitMetrics>> Study::circuits_over_steps(RunIndex run) const {
  if (replaced_.circuits_over_steps) return replaced_.circuits_over_steps(run);
  auto found = circuits_over_steps_.find(run);  // two claims ask for the same run
  if (found == circuits_over_steps_.end()) found = circuits_over_steps_.emplace(run, measure(run, true)).first;
  return found->second;
}

}  // namespace groklab::paper
