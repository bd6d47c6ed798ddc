// A sweep's estimate, progress and results as text.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "groklab/store/store.h"
#include "groklab/sweep/cost.h"
#include "groklab/sweep/plan.h"
#include "groklab/sweep/run_plan.h"

namespace groklab {

/// How a planned run stands: the name of its outcome, "failed", "skipped" or "pending".
const char* planned_state_name(const PlannedResult& result);
/// One line: runs, steps, FLOP, time on `jobs` cores, disk.
std::string estimate_line(const SweepEstimate& estimate, int jobs);
/// One line: done, running, failed, fraction, speed, time left.
std::string progress_line(const SweepProgress& progress);
/// One line per failed or skipped run, at most `most`, then how many more there are.
std::vector<std::string> failure_lines(const SweepPlan& plan, const std::vector<PlannedResult>& results,
                                       std::size_t most = 10);
/// A table with a line per run: id, the varied keys, status, step, T_fit, T_grok, and the last record.
std::string results_csv(const Store& store, const SweepPlan& plan, const std::vector<PlannedResult>& results);
/// The same as JSON: docs/formats/sweep.schema.json.
nlohmann::ordered_json results_json(const Store& store, const SweepPlan& plan,
                                    const std::vector<PlannedResult>& results);
nlohmann::ordered_json estimate_json(const SweepEstimate& estimate, int jobs);

}  // namespace groklab
