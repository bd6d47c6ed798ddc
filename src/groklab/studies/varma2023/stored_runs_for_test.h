// Made-up runs in a real store, for the tests of whole claims: planned, stored with records and weights, measured, put
// through their JSON text, judged.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "groklab/exec/thread_pool.h"
#include "groklab/run/network_run.h"
#include "groklab/studies/claim.h"
#include "groklab/studies/study.h"
#include "groklab/studies/varma2023/made_up_for_test.h"
#include "groklab/tensor/layout.h"

namespace groklab::studies::varma2023 {

/// What happens in the runs of a claim. Everything that a story leaves alone is a network at rest that fits its
/// training rows and generalises.
struct Story {
  /// Changes the record of a run at record.step.
  std::function<void(const Config& config, bool is_fork, Record& record)> record = [](const Config&, bool, Record&) {};
  /// Sets the weights that a run has at a kept checkpoint (those of the start if it does nothing). Empty: no run has a
  /// checkpoint. Called for all checkpoints of a run before its first record is made.
  std::function<void(const NetworkRun& network, bool is_fork, std::int64_t step)> weights;
  std::vector<double> checkpoints = {0.5, 1};  ///< fractions of a run's steps, ascending
};

/// Of a run's seed, among five seeds from kSeeds.first on.
inline double deviation_of_seed(const Config& config) {
  return kDeviations.at(static_cast<std::size_t>(config.seed - kSeeds.first));
}

inline Record resting_record(const Config& config, std::int64_t step) {
  Record record;
  record.step = step;
  record.train.rows = config.split.train_size;
  record.test.rows = record.removed.rows = record.never_seen.rows = 100;
  for (GroupMetrics* group : {&record.train, &record.test, &record.removed, &record.never_seen}) {
    group->accuracy = 1;
    group->loss = 1e-6;
    group->margin = 14;
    group->correct_logit_centred = 20;
  }
  record.norm = 20;
  record.objective = 1e-6;
  return record;
}

/// Stores a run as the story tells it.
inline PlannedResult store_told_run(Store& store, const PlannedRun& planned, std::size_t index, const Story& story,
                                    ThreadPool& pool) {
  Config config = planned.config;
  const bool is_fork = planned.parent != kNoParent;
  config.fork = ForkConfig{};  // nothing reads a made-up fork's parent
  const std::int64_t steps = config.train.steps;
  PlannedResult result;
  result.id = fmt::format("{:012x}", index + 1);
  result.state = PlannedState::kDone;
  result.outcome.step = steps;
  ParameterLayout layout;
  layout.add("w", {1});
  if (!story.weights) {
    store.create_run(result.id, config, "made up", layout, true);
  } else {
    const NetworkRun network(resolve_config(config), pool);
    Engine& engine = network.engine();
    layout = engine.layout();
    store.create_run(result.id, config, "made up", layout, true);
    const auto sink = store.sink(result.id, layout);
    for (const double fraction : story.checkpoints) {
      engine.initialise();
      TrainState state = engine.export_state();
      const std::int64_t step = std::llround(fraction * static_cast<double>(steps));
      story.weights(network, is_fork, step);
      state = engine.export_state();
      state.step = state.optimizer_step = step;
      sink->on_checkpoint(state, true);
    }
  }
  const auto sink = store.sink(result.id, layout);
  for (std::int64_t step = 0;; step = std::min({step + step / 10 + 1, step + steps / 40 + 1, steps})) {
    Record record = resting_record(config, step);
    story.record(config, is_fork, record);
    record.tensor_norms.assign(layout.tensors().size(), record.norm);
    sink->on_record(record);
    if (step == steps) break;
  }
  sink->on_outcome(result.outcome);
  return result;
}

inline const Claim& varma_claim(const std::string& id) {
  static const Study study = find_study("varma2023");
  return *std::find_if(study.claims.begin(), study.claims.end(), [&](const Claim& claim) { return claim.id == id; });
}

/// Sizes of scale smoke with the five seeds that deviation_of_seed() knows.
inline Json told_sizes(const std::string& claim) {
  return varma_claim(claim).sizes({"smoke", kSeeds.count, kSeeds.first});
}

/// The whole path of a claim: sizes -> plan -> stored runs -> measurement -> its text -> judgement.
inline Judgement judge_told(const std::string& id, const Json& sizes, const Story& story) {
  const Claim& claim = varma_claim(id);
  const std::filesystem::path directory =
      std::filesystem::path(::testing::TempDir()) / fmt::format("told_{}_{}", id, ::getpid());
  std::filesystem::remove_all(directory);
  Judgement judgement;
  {
    SweepPlan plan;
    const Claim::Measure measure = claim.plan(plan, sizes);
    ThreadPool pool(1);
    Store store(directory);
    std::vector<PlannedResult> results;
    for (const PlannedRun& run : plan.runs) {
      results.push_back(store_told_run(store, run, results.size(), story, pool));
    }
    judgement = claim.judge(Json::parse(measure(RunResults(store, results, pool)).dump()));
  }
  std::filesystem::remove_all(directory);
  return judgement;
}
inline Judgement judge_told(const std::string& id, const Story& story) { return judge_told(id, told_sizes(id), story); }

}  // namespace groklab::studies::varma2023
