// The figures of a page over many runs; each caption says what came out.
#pragma once

#include <vector>

#include "groklab/report/chart.h"
#include "groklab/report/overview_groups.h"

namespace groklab::report {

/// T_grok against the key on the axis, one figure per facet: medians with intervals, single runs, those that did not.
std::vector<Chart> event_charts(const RunGroups& groups);
/// Median T_grok over the key on the axis and that in colours; empty without both.
std::vector<Chart> event_maps(const RunGroups& groups);
/// Test accuracy at the end against the key on the axis, one figure per facet; empty unless its values are numbers.
std::vector<Chart> ending_charts(const RunGroups& groups);
/// Test accuracy, loss and norm over steps, one figure each and facet: medians with a band, single runs faint.
std::vector<Chart> overview_curves(const RunGroups& groups, bool use_mean);

}  // namespace groklab::report
