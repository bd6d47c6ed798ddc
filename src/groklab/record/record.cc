// See record.h.
#include "groklab/record/record.h"

namespace groklab {

bool is_done(RunStatus status) {
  return status == RunStatus::kFinished || status == RunStatus::kStopped || status == RunStatus::kDiverged;
}

const char* run_status_name(RunStatus status) {
  switch (status) {
    case RunStatus::kRunning:
      return "running";
    case RunStatus::kFinished:
      return "finished";
    case RunStatus::kStopped:
      return "stopped";
    case RunStatus::kDiverged:
      return "diverged";
    case RunStatus::kInterrupted:
      return "interrupted";
    case RunStatus::kFailed:
      return "failed";
  }
  return "failed";
}

}  // namespace groklab
