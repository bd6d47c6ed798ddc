// The page's charts by family, one file each. A family leaves out what a run has no data for.
#pragma once

#include <vector>

#include "groklab/report/chart.h"

namespace groklab::report {

/// Accuracy, loss, the optimiser's objective, and test accuracy of removed and never seen rows.
std::vector<Chart> accuracy_and_loss_charts(const std::vector<PlotRun>& runs);
/// Norm of all parameters and of each tensor.
std::vector<Chart> norm_charts(const std::vector<PlotRun>& runs);
/// Mean and smallest margin, centred correct logit, margin per norm.
std::vector<Chart> margin_charts(const std::vector<PlotRun>& runs);
/// Gradient and update norms; fraction of softmax collapse where there is any.
std::vector<Chart> dynamics_charts(const std::vector<PlotRun>& runs);
/// How the correct logit of one run divides between both circuits, over steps. Empty without test rows or a symmetry.
std::vector<Chart> balance_charts(const PlotRun& run);
/// What probes read of one run: both circuits over steps, spectra, neurons, interventions. Empty if nothing was read.
std::vector<Chart> inside_charts(const PlotRun& run);
/// Embeddings in the planes of key frequencies, and each head's attention: of the state that was looked at.
std::vector<Chart> embedding_charts(const ReportRun& run);
std::vector<Chart> attention_charts(const ReportRun& run);
/// rho = G / M of several runs over steps; empty if no run has both circuits.
std::vector<Chart> compared_balance_charts(const std::vector<PlotRun>& runs);
/// One heat map per run that has a slice, of at most the first six.
std::vector<Chart> logit_charts(const std::vector<PlotRun>& runs);

}  // namespace groklab::report
