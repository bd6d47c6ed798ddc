// Trains a prepared run into a store: starts it, goes on with it, or finds that it is done.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>

#include "groklab/exec/thread_pool.h"
#include "groklab/lab/prepared_run.h"
#include "groklab/record/record.h"
#include "groklab/run/network_run.h"

namespace groklab {

/// A sink that is also told how training goes; for views. Every method may stay empty.
class RunObserver : public RecordSink {
 public:
  /// Before the first step. `history` holds stored records up to `step` of a resumed run, thinned
  /// where there are thousands.
  virtual void on_start(const PreparedRun& /*run*/, std::int64_t /*step*/, std::span<const Record> /*history*/) {}
  /// Before on_start: the run as it will be trained. The handle is good until the outcome.
  virtual void on_network(const NetworkRun& /*network*/) {}
  virtual void on_progress(std::int64_t /*step*/) {}
  /// A remark for people, one line.
  virtual void on_note(const std::string& /*text*/) {}
  void on_record(const Record& /*record*/) override {}
  void on_checkpoint(const TrainState& /*state*/, bool /*kept*/) override {}
  void on_outcome(const Outcome& /*outcome*/) override {}
};

struct TrainingOptions {
  bool force = false;  ///< train anew, replacing what is stored
  const std::atomic<bool>* interrupt = nullptr;
  RunObserver* observer = nullptr;
  double checkpoint_seconds = 30.0;
  std::string instruction_set;  ///< "": the machine's best, or that of the run that goes on
};

struct TrainingResult {
  Outcome outcome;
  bool was_done = false;  ///< the store already held the result; nothing was computed
  std::string id;         ///< under which the run is stored now; a forced one that is not done has its own
};

/// A run that is finished, stopped or diverged in the store is returned as stored unless `force`. Any other goes on
/// from its last checkpoint, or starts. With `force` the stored result stays until the new one is there: the new run
/// trains under the id ID-new, which can be resumed, and takes the old one's place when it is done. Throws Error: the
/// store, the disk (then the run is stored as failed where that is still possible, and can be resumed), RunBusy if
/// another process is training this run.
TrainingResult run_training(const PreparedRun& run, Store& store, ThreadPool& pool, const TrainingOptions& options);

}  // namespace groklab
