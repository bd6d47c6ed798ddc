// What the page derives from a run before anything is drawn: label, colour, thinned records, milestones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "groklab/report/report.h"

namespace groklab::report {

inline constexpr double kHeldAccuracy = 0.99;

struct PlotRun {
  const ReportRun* source = nullptr;
  std::string label;                     ///< unique among the page's runs
  std::string colour;                    ///< "#rrggbb"
  std::vector<std::size_t> drawn;        ///< indices into source->records
  std::optional<std::int64_t> fit_step;  ///< first step of train accuracy >= kHeldAccuracy, held
  std::optional<std::int64_t> grok_step; ///< the same of test accuracy
};

std::vector<PlotRun> make_plot_runs(const std::vector<ReportRun>& runs);

/// Whether not all records are drawn.
bool is_thinned(const PlotRun& run);

/// First step from which `accuracy` stays >= kHeldAccuracy for `held` consecutive records.
std::optional<std::int64_t> held_from(const std::vector<Record>& records, GroupMetrics Record::* group,
                                      std::int64_t held);

/// `n` colours that stay apart for colour-blind readers: Okabe and Ito's for up to 7, samples of viridis above.
std::vector<std::string> run_colours(std::size_t n);

}  // namespace groklab::report
