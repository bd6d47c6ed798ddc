// The page's parts that are plain HTML, and the frame around a chart.
#pragma once

#include <string>
#include <vector>

#include "groklab/report/chart.h"

namespace groklab::report {

/// One card: task, status, accuracies, milestones, sizes, time, machine.
std::string summary_card(const PlotRun& run);
/// Figure with title, reserved space, caption, download buttons and the specification.
std::string chart_figure(const Chart& chart);
/// Differences between runs first, then every key; values that are not the default are emphasised.
std::string config_section(const std::vector<PlotRun>& runs);

/// The inside view of one run: its numbers as a table, then its charts. "" if nothing was read.
std::string inside_section(const PlotRun& run);

}  // namespace groklab::report
