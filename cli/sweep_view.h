// Runs a plan and shows its progress on standard error: one live line on a terminal, a line now and then elsewhere.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "groklab/store/store.h"
#include "groklab/sweep/plan.h"
#include "groklab/sweep/run_plan.h"

namespace groklab::cli {

/// `seconds`: of each run, from the estimate. No line if quiet.
std::vector<PlannedResult> run_with_view(const SweepPlan& plan, const std::vector<double>& seconds, const Store& store,
                                         int jobs, const std::atomic<bool>& interrupt, bool quiet,
                                         const std::string& instruction_set);

}  // namespace groklab::cli
