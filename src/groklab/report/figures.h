// The figures of a page without the page: for the report, and for whoever shows them one by one.
#pragma once

#include <vector>

#include "groklab/report/chart.h"
#include "groklab/report/overview_groups.h"

namespace groklab::report {

/// Accuracy, loss, norms, margins, dynamics over steps.
std::vector<Chart> training_figures(const std::vector<PlotRun>& runs);
/// One run: the same, and what probes read while it trained.
std::vector<Chart> run_figures(const ReportRun& run);
/// One state of a run: logits, spectra, embeddings, attention, neurons.
std::vector<Chart> state_figures(const ReportRun& run);
/// Events, heat map and endings of many runs.
std::vector<Chart> outcome_figures(const RunGroups& groups);

}  // namespace groklab::report
