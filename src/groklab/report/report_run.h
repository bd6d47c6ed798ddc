// From a stored run to what a page shows of it.
#pragma once

#include <cstdint>
#include <string>

#include "groklab/exec/thread_pool.h"
#include "groklab/report/report.h"
#include "groklab/store/store.h"

namespace groklab {

/// `fixed_input` is the first input of the logits' rows; `inside`: with what probes say about the last state.
/// Throws Error(kConfig) for a fixed input that the task does not have.
ReportRun report_run(const Store& store, const std::string& id, std::int64_t fixed_input, bool inside,
                     ThreadPool& pool);

/// A stored state of a run, without its records and without what takes hundreds of forward passes. Throws Error(kStore)
/// if the state is not stored.
ReportRun report_state(const Store& store, const std::string& id, std::int64_t step, ThreadPool& pool);

}  // namespace groklab
