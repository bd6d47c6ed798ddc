// One page over many runs: events against a key, aggregated curves, a heat map over two keys, a table of outcomes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/analysis/event_times.h"
#include "groklab/store/store.h"

namespace groklab {

/// What is drawn of a record.
struct OverviewPoint {
  std::int64_t step = 0;
  double test_accuracy = 0, train_accuracy = 0, test_loss = 0, norm = 0;
};

struct OverviewRun {
  RunInfo info;
  EventTimes events;
  std::vector<OverviewPoint> curve;
};

/// Keys by which runs are told apart; an empty one is chosen from the keys that differ, most values first.
struct OverviewOptions {
  std::string x, color, facet;
  std::string over = "seed";  ///< runs that differ in this key alone are repetitions of one another
  std::string command;        ///< that makes the page again
  bool use_mean = false;      ///< curves are means over repetitions, not medians
  /// Keys that somebody set and that differ, where the caller knows them, of these runs or of more; else they are
  /// found, which takes a second for 10,000 runs.
  std::vector<std::string> differing = {};
};

OverviewRun overview_run(const Store& store, const RunInfo& info);

/// The page's HTML. It loads nothing from anywhere. Throws Error(kConfig) for a key that is none.
std::string render_overview(const std::vector<OverviewRun>& runs, const OverviewOptions& options,
                            const std::string& title);

}  // namespace groklab
