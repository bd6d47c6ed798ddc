// Runs in groups: by the key on the axis, by the key in colours, by the key of which each value has its own figure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "groklab/analysis/estimate.h"
#include "groklab/report/overview.h"

namespace groklab::report {

struct GroupedRun {
  const OverviewRun* source = nullptr;
  std::string x, color, facet;      ///< values of the keys; "" without such a key
  std::vector<std::string> values;  ///< of all keys that differ
};

struct RunGroups {
  std::string x, color, facet, over;            ///< keys; "": none
  std::vector<std::string> keys;                ///< that differ between the runs, `over` included
  std::vector<std::string> pooled;              ///< of these, those that no axis, colour or figure shows
  std::vector<GroupedRun> runs;                 ///< as they came
  std::vector<std::string> xs, colors, facets;  ///< values in their order; one "" without such a key
};
RunGroups group_runs(const std::vector<OverviewRun>& runs, const OverviewOptions& options);

/// Runs that the figures take for repetitions of one another.
struct RunCell {
  std::string x, color;
  std::vector<const GroupedRun*> runs;
  std::int64_t grokked = 0;
  Estimate grok;  ///< Kaplan and Meier's median of T_grok with its interval
};
/// In the order of colours, then of x; none is empty.
std::vector<RunCell> cells_of(const RunGroups& groups, const std::string& facet);

/// The last component of a key, for titles: "weight_decay".
std::string short_key(const std::string& key);
/// ", lr 0.3" for the figure of one facet; "" without facets.
std::string facet_words(const RunGroups& groups, const std::string& facet);
/// Whether all values are numbers.
bool all_numbers(const std::vector<std::string>& values);
bool has_diverged(const GroupedRun& run);
/// Last step known of a run: where its observation ends.
double observed_until(const GroupedRun& run);

}  // namespace groklab::report
