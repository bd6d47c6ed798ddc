// RunStore: the store as others see it.
#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/engine/engine.h"
#include "groklab/engine/machine.h"
#include "groklab/lab/prepared_run.h"
#include "groklab/lab/run_lock.h"
#include "groklab/lab/run_state.h"
#include "groklab/lab/run_store_access.h"
#include "groklab/lab/run_training.h"
#include "groklab/lab/stored_inputs.h"
#include "groklab/run/run_impl.h"
#include "groklab/store/export_parquet.h"

namespace groklab {
namespace {

Binding binding_of(const RunOptions& options) { return options.bind_threads ? Binding::kAll : Binding::kNone; }

/// Asks a caller's functions at every evaluation step, and in between.
class AskingObserver : public RunObserver {
 public:
  explicit AskingObserver(const StoreTrainingOptions& options) : options_(options) {}
  void on_network(const NetworkRun& network) override {
    if (!options_.run_observer) return;
    auto impl = std::make_unique<RunAccess::Impl>(options_.run, network);
    impl->training = true;  // by someone else
    run_ = RunAccess::make(std::move(impl));
  }
  void on_record(const Record& record) override {
    if (options_.observer) heed(options_.observer(record));
    if (run_) heed(options_.run_observer(*run_, record));
  }
  void on_progress(std::int64_t step) override {
    if (options_.progress) heed(options_.progress(step));
  }
  std::atomic<bool> stop{false};

 private:
  void heed(Next next) {
    if (next == Next::kStop) stop.store(true);
  }

  const StoreTrainingOptions& options_;
  std::optional<Run> run_;
};

}  // namespace

RunStore::RunStore(const std::filesystem::path& directory) : store_(std::make_unique<Store>(directory)) {}
RunStore::RunStore(RunStore&&) noexcept = default;
RunStore& RunStore::operator=(RunStore&&) noexcept = default;
RunStore::~RunStore() = default;

bool RunStore::contains(const std::string& id) const { return store_->contains(id); }
std::string RunStore::resolve(const std::string& id) const { return store_->resolve(id); }
std::vector<RunInfo> RunStore::runs(std::vector<std::string>* damaged) const { return store_->runs("", damaged); }
void RunStore::annotate(const std::string& id, const AnnotationChange& change) {
  store_->annotate({resolve(id)}, change);
}
RunInfo RunStore::run(const std::string& id) const { return store_->run(resolve(id)); }
std::vector<Record> RunStore::records(const std::string& id) const { return store_->records(resolve(id)); }
std::vector<ProbeResult> RunStore::probe_results(const std::string& id) const { return store_->probes(resolve(id)); }
std::vector<CheckpointInfo> RunStore::checkpoints(const std::string& id) const {
  return store_->checkpoints(resolve(id));
}

StoreTrainingResult RunStore::train(const Config& config, const StoreTrainingOptions& options) {
  const PreparedRun run = prepare_run(config, store_.get());
  ThreadPool pool(options.run.threads, binding_of(options.run));
  AskingObserver observer(options);
  TrainingOptions training;
  training.force = options.force;
  training.interrupt = &observer.stop;
  training.observer = &observer;
  training.checkpoint_seconds = options.checkpoint_seconds;
  const TrainingResult result = run_training(run, *store_, pool, training);
  return {result.id, result.outcome, result.was_done};
}

Run RunStore::load(const std::string& id, std::int64_t step, const RunOptions& options) const {
  PreparedRun stored = prepare_stored_run(*store_, resolve(id));
  const std::int64_t at = step < 0 ? last_checkpoint_step(*store_, stored.id) : step;
  ThreadPool pool(options.threads, binding_of(options));
  const std::optional<TrainState> state = state_at(stored, at, {*store_, pool, nullptr, {}});
  auto impl =
      std::make_unique<RunAccess::Impl>(options, stored.config, std::move(stored.task), std::move(stored.split));
  impl->records = store_->records(stored.id);
  impl->probe_results = store_->probes(stored.id);
  impl->go_to(*state);
  return RunAccess::make(std::move(impl));
}

std::vector<std::string> RunStore::export_parquet(const std::filesystem::path& directory,
                                                  const std::string& where) const {
  return groklab::export_parquet(*store_, where, directory).damaged;
}

void RunStore::save(const Run& run, bool replace) {
  const RunAccess::Impl& impl = RunAccess::impl(run);
  impl.refuse_while_training("save");
  if (!impl.follows_config) {
    fail(ErrorKind::kConfig,
         "save: expected a run that its configuration describes, found own tables, rows, weights or penalties");
  }
  const std::string& parent = run.config().fork.run;
  if (!parent.empty() && !store_->contains(parent)) {
    fail(ErrorKind::kStore, "save: expected the fork's parent {} in the store, found none", parent);
  }
  const RunLock lock(store_->directory(), run.id());
  if (store_->contains(run.id()) && !replace) {
    fail(ErrorKind::kStore, "save: expected no run {} in the store, found one", run.id());
  }
  const ParameterLayout& layout = impl.network.engine().layout();
  keep_inputs(*store_, run.config());
  const std::string id = store_->create_run(run.id(), run.config(), machine_description(impl.options.threads), layout,
                                            true, instruction_set_name());
  const std::unique_ptr<RecordSink> sink = store_->sink(id, layout);
  for (const Record& record : impl.records) sink->on_record(record);
  for (const ProbeResult& result : impl.probe_results) sink->on_probe(result);
  Outcome outcome = impl.outcome;
  if (outcome.status != RunStatus::kDiverged) {
    TrainState state = impl.network.engine().export_state();
    state.seconds = outcome.seconds;
    sink->on_checkpoint(state, true);
  }
  if (outcome.status == RunStatus::kRunning || impl.stopped_by_observer) {
    outcome.status = RunStatus::kInterrupted;
    outcome.reason = "interrupted";
  }
  sink->on_outcome(outcome);
  if (store_->contains(id)) store_->install(id);  // also one that is not done: the caller wants it in that place
}

}  // namespace groklab
