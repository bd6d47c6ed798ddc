// What stands behind Run, and the door through which the store makes runs and looks into them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "groklab/record/record.h"
#include "groklab/run.h"
#include "groklab/run/network_run.h"

namespace groklab {

/// True while it lives.
class Mark {
 public:
  explicit Mark(bool& mark) : mark_(mark) { mark_ = true; }
  ~Mark() { mark_ = false; }
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;

 private:
  bool& mark_;
};

struct Run::Impl {
  Impl(const RunOptions& options, const ResolvedConfig& config, Task task, Split split);
  /// Of a network that someone else trains, on that one's threads, for as long as they exist.
  Impl(const RunOptions& run_options, const NetworkRun& other) : options(run_options), network(other) {}

  RunOptions options;
  std::unique_ptr<ThreadPool> pool;  ///< null: someone else's
  NetworkRun network;
  bool own_task = false, own_rows = false;  ///< not made from the configuration
  bool follows_config = true;               ///< the configuration alone leads to the present state
  bool stopped_by_observer = false;         ///< what the last training ended with
  std::vector<Record> records;
  std::vector<ProbeResult> probe_results;
  Outcome outcome{RunStatus::kRunning, 0, "", 0};
  bool training = false;     ///< inside train()
  bool has_penalty = false;  ///< of the caller's own
  bool updating = false;     ///< inside that penalty

  /// Throws Error(kConfig) inside train(): `what` would pull the ground from under it.
  void refuse_while_training(const char* what) const;
  /// Throws Error(kConfig) inside the caller's penalty, where an update has the engine.
  Engine& engine_between_updates(const char* what) const;
  const TensorSpec& spec(std::string_view name) const;
  void set_penalty(PenaltyGradient penalty);
  void set_all(const std::vector<NamedTensor>& tensors);
  /// Puts the engine and what it led to at a state.
  void go_to(const TrainState& state);
  Outcome train(Run& run, std::int64_t until, const Observer& observer, const Progress& progress);
};

/// For the rest of this folder and the store component.
struct RunAccess {
  using Impl = Run::Impl;
  static Run make(std::unique_ptr<Run::Impl> impl) { return Run(std::move(impl)); }
  static Run::Impl& impl(Run& run) { return *run.impl_; }
  static const Run::Impl& impl(const Run& run) { return *run.impl_; }
};

}  // namespace groklab
