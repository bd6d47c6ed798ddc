// See run_results.h.
#include "groklab/studies/run_results.h"

#include <cmath>
#include <span>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/config/task_key.h"
#include "groklab/lab/prepared_run.h"
#include "groklab/model/loss.h"
#include "groklab/optim/decay_time.h"
#include "groklab/probe/norm_at_margin.h"
#include "groklab/run/network_run.h"
#include "groklab/store/run_engines.h"

namespace groklab::studies {
RunResults::RunResults(const Store& store, std::vector<PlannedResult> results, ThreadPool& pool)
    : store_(&store), results_(std::move(results)), pool_(&pool) {}

const Store& RunResults::store() const {
  require(store_ != nullptr, "results of a plan whose runs were made");
  return *store_;
}
ThreadPool& RunResults::pool() const {
  require(pool_ != nullptr, "results of a plan whose runs were made");
  return *pool_;
}

std::string RunResults::mixed_arithmetic() const {
  std::vector<RunInfo> runs;
  for (RunIndex run = 0; run < results_.size(); ++run) {
    if (has(run)) runs.push_back(store().run(results_[run].id));
  }
  const std::string engines = mixed_engines(runs);
  return engines.empty() ? mixed_instruction_sets(runs) : engines;
}

bool RunResults::has(RunIndex run) const {
  const PlannedResult& r = results_.at(run);
  return r.state == PlannedState::kDone && r.outcome.status != RunStatus::kDiverged;
}

const std::vector<Record>& RunResults::records(RunIndex run) const {
  auto found = records_.find(run);
  if (found == records_.end()) found = records_.emplace(run, store().records(results_.at(run).id)).first;
  return found->second;
}

Stationarity RunResults::stationarity(RunIndex run) const {
  std::vector<std::int64_t> steps;
  for (const Record& record : records(run)) steps.push_back(record.step);
  return check_stationarity(records(run), decay_times(store().run(results_.at(run).id).config, steps));
}

template <typename Measure>
auto RunResults::of_last_run(RunIndex run, Measure&& measure) const {
  PreparedRun prepared = prepare_stored_run(store(), results_.at(run).id);
  const NetworkRun network(prepared.config, std::move(prepared.task), std::move(prepared.split), pool());
  Engine& engine = network.engine();
  engine.import_state(store().load_checkpoint(prepared.id, -1, engine.layout()));
  return measure(network);
}

template <typename Measure>
auto RunResults::of_last_network(RunIndex run, Measure&& measure) const {
  return of_last_run(run, [&](const NetworkRun& network) {
    return measure(network.engine(), network.task(), std::span<const std::int64_t>(network.split().train));
  });
}

DecayTerm RunResults::decay_term(RunIndex run) const {
  return of_last_network(run, [](Engine& engine, const Task&, const auto&) { return engine.decay_term(); });
}

std::vector<CircuitsAtStep> RunResults::measure_checkpoints(RunIndex run, bool all) const {
  PreparedRun prepared = prepare_stored_run(store(), results_.at(run).id);
  const std::string key = task_key(prepared.config);
  auto orbits = orbits_.find(key);
  if (orbits == orbits_.end()) {
    orbits = orbits_.emplace(key, task_orbits(prepared.config->task, prepared.task)).first;
  }
  std::vector<CircuitsAtStep> measured;
  if (!orbits->second) return measured;
  const NetworkRun network(prepared.config, std::move(prepared.task), std::move(prepared.split), pool());
  Engine& engine = network.engine();
  const std::vector<std::int64_t> rows = all_rows(network.task());
  std::vector<CheckpointInfo> checkpoints = store().checkpoints(prepared.id);
  if (!all && !checkpoints.empty()) checkpoints = {checkpoints.back()};  // they come in ascending order
  for (const CheckpointInfo& checkpoint : checkpoints) {
    engine.import_state(store().load_checkpoint(prepared.id, checkpoint.step, engine.layout()));
    measured.push_back(
        {checkpoint.step, measure_circuits(*orbits->second, network.task(), network.split(), engine.logits(rows))});
  }
  return measured;
}

std::optional<CircuitMetrics> RunResults::circuits(RunIndex run) const {
  auto found = last_circuits_.find(run);
  if (found == last_circuits_.end()) found = last_circuits_.emplace(run, measure_checkpoints(run, false)).first;
  if (found->second.empty()) return std::nullopt;
  return found->second.back().metrics;
}

std::vector<CircuitsAtStep> RunResults::circuits_over_steps(RunIndex run) const {
  auto found = all_circuits_.find(run);  // two claims ask for the same run
  if (found == all_circuits_.end()) found = all_circuits_.emplace(run, measure_checkpoints(run, true)).first;
  return found->second;
}

double RunResults::norm_at_margin(RunIndex run, double margin) const {
  const auto known = norms_.find({run, margin});
  if (known != norms_.end()) return known->second;
  return norms_[{run, margin}] = of_last_network(run, [&](Engine& engine, const Task& task, const auto& rows) {
           return groklab::norm_at_margin(engine, task, rows, margin);
         });
}

double RunResults::norm_at_logit(RunIndex run, double logit) const {
  const auto known = norms_at_logit_.find({run, logit});
  if (known != norms_at_logit_.end()) return known->second;
  return norms_at_logit_[{run, logit}] = of_last_network(run, [&](Engine& engine, const Task& task, const auto& rows) {
           return groklab::norm_at_logit(engine, task, rows, logit);
         });
}

Degrees RunResults::degrees(RunIndex run) const {
  const auto known = degrees_.find(run);
  if (known != degrees_.end()) return known->second;
  return degrees_[run] = of_last_network(run, [](Engine& engine, const Task& task, const auto& rows) {
           return homogeneity_degrees(engine, task, rows);
         });
}

WeightNorms RunResults::weight_norms(RunIndex run) const {
  return of_last_network(run, [](Engine& engine, const Task&, const auto&) { return groklab::weight_norms(engine); });
}

double RunResults::logit_norm(RunIndex run) const {
  return of_last_network(run, [](Engine& engine, const Task& task, const auto&) {
    const std::vector<std::int64_t> rows = all_rows(task);
    const std::vector<double> logits = engine.logits(rows);
    const auto columns = static_cast<std::size_t>(engine.logit_columns());
    double sum = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      double squares = 0;
      for (std::size_t c = 0; c < static_cast<std::size_t>(task.n_classes); ++c) {
        squares += logits[r * columns + c] * logits[r * columns + c];
      }
      sum += std::sqrt(squares);
    }
    return sum / static_cast<double>(rows.size());
  });
}

IprPruning RunResults::ipr_pruning(RunIndex run, std::span<const double> fractions) const {
  return of_last_run(run, [&](const NetworkRun& network) {
    const Config& config = *network.config();
    std::vector<std::int64_t> counts;
    for (const double fraction : fractions) {
      counts.push_back(std::llround(fraction * static_cast<double>(network.engine().neuron_count())));
    }
    return prune_by_ipr(network.engine(), config.model, network.task(), network.split(), counts, config.seed);
  });
}

double RunResults::without_gradient(RunIndex run) const {
  const Config config = store().run(results_.at(run).id).config;
  return of_last_network(run, [&](Engine& engine, const Task& task, const auto& rows) {
    std::vector<std::int32_t> labels;
    for (const std::int64_t row : rows) labels.push_back(task.labels[static_cast<std::size_t>(row)]);
    const std::int64_t count = rows_without_gradient(config, engine.logits(rows), engine.logit_columns(), labels);
    return static_cast<double>(count) / static_cast<double>(rows.size());
  });
}

}  // namespace groklab::studies
