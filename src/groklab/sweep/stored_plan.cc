// See stored_plan.h.
#include "groklab/sweep/stored_plan.h"

#include "groklab/base/error.h"
#include "groklab/lab/fork_config.h"
#include "groklab/lab/run_state.h"
#include "groklab/run/own_parts.h"

namespace groklab {
namespace {

/// "" if the run cannot be named yet.
std::string planned_id(const PlannedRun& planned, const std::string& parent, const Store& store) {
  Config config = planned.config;
  if (planned.parent != kNoParent) {
    if (parent.empty() || store.checkpoints(parent).empty()) return "";
    const std::int64_t step = planned.fork_step >= 0 ? planned.fork_step : last_checkpoint_step(store, parent);
    config = fork_config(store, parent, step, planned.changes);
  }
  return resolve_with_files(config).id();
}

}  // namespace

std::vector<std::string> stored_runs(const SweepPlan& plan, const Store& store) {
  std::vector<std::string> ids, stored;  // of each planned run, "" where it is not stored
  for (const PlannedRun& planned : plan.runs) {
    const std::string parent = planned.parent == kNoParent ? "" : ids[static_cast<std::size_t>(planned.parent)];
    std::string id = planned_id(planned, parent, store);
    if (!id.empty() && !store.contains(id)) id.clear();
    if (!id.empty()) stored.push_back(id);
    ids.push_back(std::move(id));
  }
  return stored;
}

}  // namespace groklab
