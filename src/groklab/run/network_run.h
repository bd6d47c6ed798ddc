// The parts of one run in one hand: what describes it, and the engine that holds its weights.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "groklab/config.h"
#include "groklab/engine/engine.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/probe/prober.h"
#include "groklab/task.h"

namespace groklab {

/// A handle: copies show the same run, and engine and prober stay where they are. Everything that needs a task, a split
/// and an engine together takes them from here. The pool outlives it.
class NetworkRun {
 public:
  /// Of a config alone. Throws Error(kConfig|kInput).
  NetworkRun(const ResolvedConfig& config, ThreadPool& pool, std::string_view instruction_set = "");
  /// Of a task and a split that exist already.
  NetworkRun(const ResolvedConfig& config, Task task, Split split, ThreadPool& pool,
             std::string_view instruction_set = "");

  const ResolvedConfig& config() const { return parts_->config; }
  const Task& task() const { return parts_->task; }
  const Split& split() const { return parts_->split; }
  Engine& engine() const { return *parts_->engine; }
  ThreadPool& pool() const { return parts_->pool; }

  /// What probes know of the task; made when it is first asked for. Throws Error(kConfig) unless probes_fit(task()).
  const Prober& prober() const;
  /// What train.probe_every asks for, or empty: for TrainControl::probe. Valid as long as this run's parts.
  std::function<ProbeResult(Engine&)> training_probe() const;

 private:
  struct Parts {
    ResolvedConfig config;
    Task task;
    Split split;
    ThreadPool& pool;
    std::unique_ptr<Engine> engine;
    std::unique_ptr<const Prober> prober;
  };
  std::shared_ptr<Parts> parts_;  // shared by those who look at a run while it is trained
};

}  // namespace groklab
