// What a run measures: a record per evaluation step, and how the run ended.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace groklab {

/// Measurements over one group of rows (defined in docs/decisions/measurements.md). NaN where the group is empty.
struct GroupMetrics {
  std::int64_t rows = 0;             ///< in the group
  double loss = 0;                   ///< mean training loss: cross-entropy in nats, or mean_c (L[c] - [c = y])^2
  double accuracy = 0;               ///< fraction with L[y] > L[c] for every other c: a tie is wrong
  double correct_logit = 0;          ///< mean L[y]
  double correct_logit_centred = 0;  ///< mean (L[y] - mean_c L[c])
  double margin = 0;                 ///< mean of L[y] - max_{c != y} L[c]
  double margin_min = 0;             ///< minimum of the same
  double softmax_collapse = 0;  ///< fraction of rows where sum_c exp(z_c - max z) == 1 in float32, or in the loss's
                                ///< own format
};

/// One evaluation step: the state after `step` updates.
struct Record {
  std::int64_t step = 0;     ///< updates done
  double seconds = 0;        ///< training time so far, not part of any result
  double learning_rate = 0;  ///< of the update that led here; 0 at step 0
  GroupMetrics train;        ///< rows in the training set
  GroupMetrics test;         ///< all other rows = removed + never_seen
  GroupMetrics removed;      ///< rows an ancestor trained on
  GroupMetrics never_seen;   ///< rows that neither this run nor an ancestor trained on
  double norm = 0;           ///< ||theta||_2 over all parameters
  double gradient_norm = 0;  ///< ||g||_2 of the loss alone (no weight decay, no penalties) where the update that led
                             ///< here began; 0 at step 0
  double update_norm = 0;    ///< ||delta theta||_2 of that update, constraints included; 0 at step 0
  double objective = 0;  ///< F: training loss plus what the optimiser's weight decay minimises with it (decay_term);
                         ///< NaN where no such term is known
  std::vector<double> tensor_norms;  ///< ||.||_2 in the layout's order
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
/// Its text.
const char* run_status_name(RunStatus status);
/// Whether there is nothing left to train.
bool is_done(RunStatus status);

/// How training ended. An expected end is a value, never an exception.
struct Outcome {
  RunStatus status = RunStatus::kFinished;  ///< how it stands
  std::int64_t step = 0;                    ///< updates done; where it diverged
  std::string reason;                       ///< one line, or empty
  double seconds = 0;                       ///< training time, all sittings together
};

}  // namespace groklab
