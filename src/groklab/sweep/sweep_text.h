// A sweep's estimate, progress and results as text.
#pragma once

#include <string>
#include <vector>

#include "groklab/store/store.h"
#include "groklab/sweep/cost.h"
#include "groklab/sweep/plan.h"
#include "groklab/sweep/run_plan.h"

namespace groklab {

/// How a planned run stands: the name of its outcome, "failed", "skipped" or "pending".
const char* planned_state_name(const PlannedResult& result);
/// "1.2 GB"; powers of 1000.
std::string format_bytes(double bytes);
/// One line: runs, steps, FLOP, time on `jobs` cores, disk.
std::string estimate_line(const SweepEstimate& estimate, int jobs);
/// One line: done, running, failed, fraction, speed, time left.
std::string progress_line(const SweepProgress& progress);
/// One line per failed or skipped run, at most `most`, then how many more there are.
std::vector<std::string> failure_lines(const SweepPlan& plan, const std::vector<PlannedResult>& results,
                                       std::size_t most = 10);
/// A table with a line per run: id, the varied keys, status, step, T_fit, T_grok, and the last record.
std::string results_csv(const Store& store, const SweepPlan& plan, const std::vector<PlannedResult>& results);

}  // namespace groklab
