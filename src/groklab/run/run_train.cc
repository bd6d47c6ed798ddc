// Run::train: the same loop as the program's, with the records kept in memory and an observer instead of a store.
#include <algorithm>
#include <atomic>
#include <limits>

#include "groklab/base/error.h"
#include "groklab/run/run_impl.h"
#include "groklab/train/trainer.h"

namespace groklab {
namespace {

/// Keeps what training measures, and asks the observer.
class KeepingSink : public RecordSink {
 public:
  KeepingSink(Run& run, RunAccess::Impl& impl, const Run::Observer& observer)
      : run_(run), impl_(impl), observer_(observer) {}

  void on_record(const Record& record) override {
    impl_.records.push_back(record);
    try {
      if (observer_ && observer_(run_, record) == Next::kStop) stop.store(true);
    } catch (...) {
      impl_.records.pop_back();  // the probes of this step are still due: it is done again
      throw;
    }
  }
  void on_probe(const ProbeResult& result) override { impl_.probe_results.push_back(result); }
  void on_checkpoint(const TrainState&, bool) override {}
  void on_outcome(const Outcome&) override {}

  std::atomic<bool> stop{false};  ///< the observer's wish

 private:
  Run& run_;
  RunAccess::Impl& impl_;
  const Run::Observer& observer_;
};

}  // namespace

Outcome Run::Impl::train(Run& run, std::int64_t until, const Observer& observer, const Progress& progress) {
  refuse_while_training("train");
  if (outcome.status == RunStatus::kDiverged) return outcome;  // the engine's state is unusable
  KeepingSink sink(run, *this, observer);
  TrainControl control;
  control.interrupt = &sink.stop;
  control.checkpoint_seconds = std::numeric_limits<double>::infinity();
  control.history = records;
  control.seconds_before = outcome.seconds;
  control.probe = network.training_probe();
  control.until = until;
  if (progress) {
    control.progress = [&](std::int64_t step) {
      if (progress(step) == Next::kStop) sink.stop.store(true);
    };
  }
  const Mark mark(training);
  if (has_penalty) follows_config = false;
  stopped_by_observer = false;
  outcome = {RunStatus::kRunning, network.engine().step(), "", outcome.seconds};  // also where the observer throws
  Outcome ended = groklab::train(network.engine(), network.config(), sink, control);
  if (ended.status == RunStatus::kInterrupted) {
    stopped_by_observer = sink.stop.load();
    ended.status = stopped_by_observer ? RunStatus::kStopped : RunStatus::kRunning;
    ended.reason = stopped_by_observer ? "stopped by the observer" : "";
  }
  outcome = ended;
  return outcome;
}

Outcome Run::train(const Observer& observer, const Progress& progress) {
  return impl_->train(*this, std::numeric_limits<std::int64_t>::max(), observer, progress);
}

Outcome Run::train_to(std::int64_t step, const Observer& observer, const Progress& progress) {
  if (step < this->step()) {
    fail(ErrorKind::kConfig, "train_to: expected a step of {} or later, found {}", this->step(), step);
  }
  return impl_->train(*this, step, observer, progress);
}

}  // namespace groklab
