// What the page derives from a run before anything is drawn: label, colour, downsampled records, milestones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "groklab/analysis/event_times.h"
#include "groklab/report/report.h"

namespace groklab::report {

struct PlotRun {
  const ReportRun* source = nullptr;
  std::string label;               ///< unique among the page's runs
  std::string colour;              ///< "#rrggbb"
  std::vector<std::size_t> drawn;  ///< indices into source->records
  EventTimes events;               ///< by the run's own event_rule
};

std::vector<PlotRun> make_plot_runs(const std::vector<ReportRun>& runs);

/// Whether not all records are drawn.
bool is_downsampled(const PlotRun& run);

/// `n` colours of runs or series that stay apart for colour-blind readers: Okabe and Ito's for up to 7, samples of
/// viridis above.
std::vector<std::string> run_colours(std::size_t n);
/// `n` colours from dark to light, samples of viridis.
std::vector<std::string> ordered_colours(std::size_t n);
/// Whether a value is written as a number.
bool is_number(const std::string& value);

}  // namespace groklab::report
