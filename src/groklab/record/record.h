// What passes from training to the store and the views: rows of measurements, states, outcomes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "groklab/config/config.h"
#include "groklab/record/probe_reading.h"
#include "groklab/tensor/layout.h"

namespace groklab {

/// Measurements over one group of rows (defined in docs/decisions/measurements.md). NaN where the group is empty.
struct GroupMetrics {
  std::int64_t rows = 0;
  double loss = 0;                   ///< mean loss (cross-entropy in nats, or squared error)
  double accuracy = 0;               ///< fraction with argmax = label
  double correct_logit = 0;          ///< mean L[y]
  double correct_logit_centred = 0;  ///< mean (L[y] - mean_c L[c])
  double margin = 0;                 ///< mean of L[y] - max_{c != y} L[c]
  double margin_min = 0;             ///< minimum of the same
  double softmax_collapse = 0;       ///< share of rows where float32 sum_c exp(z_c - max z) == 1
};

/// One record point: the state after `step` updates.
struct Record {
  std::int64_t step = 0;
  double seconds = 0;        ///< training time so far, not part of any result
  double learning_rate = 0;  ///< of the update that led here; 0 at step 0
  GroupMetrics train;        ///< rows in the training set
  GroupMetrics test;         ///< all other rows = removed + never_seen
  GroupMetrics removed;      ///< rows an ancestor trained on
  GroupMetrics never_seen;
  double norm = 0;           ///< ||theta||_2 over all parameters
  double gradient_norm = 0;  ///< ||g||_2 of the loss (without weight decay) in the update that led here; 0 at step 0
  double update_norm = 0;    ///< ||delta theta||_2 of that update; 0 at step 0
  std::vector<double> tensor_norms;  ///< ||.||_2 in the layout's order
};

/// Everything a bit-identical resume needs. Buffers have layout.total() elements of `precision`.
struct TrainState {
  Precision precision = Precision::kFloat32;
  std::int64_t step = 0;            ///< updates done in this run
  std::int64_t optimizer_step = 0;  ///< updates that the moments have seen: step, plus the parent's in a fork
  std::vector<std::byte> parameters;
  std::vector<std::byte> first_moment;   ///< Adam m, or the momentum buffer; empty if the optimiser has none
  std::vector<std::byte> second_moment;  ///< Adam v; empty if the optimiser has none
  double last_gradient_norm = 0;         ///< what a Record at this step needs
  double last_update_norm = 0;
  double last_learning_rate = 0;
  double seconds = 0;
};

/// How a run stands. Text reaches the disk: "running", "finished", "stopped", "diverged", "interrupted", "failed".
enum class RunStatus {
  kRunning,      ///< being trained, or killed while it was
  kFinished,     ///< all steps done
  kStopped,      ///< a stopping condition held (reason says which)
  kDiverged,     ///< NaN or infinity (reason says the step)
  kInterrupted,  ///< Ctrl-C; a checkpoint is stored
  kFailed,       ///< an error (reason is its message)
};
const char* run_status_name(RunStatus status);

struct Outcome {
  RunStatus status = RunStatus::kFinished;
  std::int64_t step = 0;
  std::string reason;
  double seconds = 0;
};

/// Where training sends what it measures. Implemented by the store, by views and by tests; train/ knows no other.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual void on_record(const Record& record) = 0;
  /// After the record of the same step, where probes are asked for.
  virtual void on_probe(const ProbeReading& /*reading*/) {}
  /// `kept`: a checkpoint to keep for ever (forks, probes); either kind replaces the last unkept one.
  virtual void on_checkpoint(const TrainState& state, bool kept) = 0;
  virtual void on_outcome(const Outcome& outcome) = 0;
};

}  // namespace groklab
