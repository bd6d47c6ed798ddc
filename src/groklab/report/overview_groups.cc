// See overview_groups.h.
#include "groklab/report/overview_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "groklab/analysis/curves.h"
#include "groklab/base/error.h"
#include "groklab/config/keys.h"
#include "groklab/config/suggest.h"
#include "groklab/config/swept_keys.h"
#include "groklab/report/plot_run.h"

namespace groklab::report {
namespace {

constexpr std::size_t kMostColours = 12;
constexpr std::size_t kMostFigures = 6;

void check_key(const std::string& key, const char* option) {
  if (key.empty() || is_config_key(key)) return;
  const std::string nearest = suggest_key(key);
  fail(ErrorKind::kConfig, "{}: expected a configuration key, found '{}'{}", option, key,
       nearest.empty() ? "" : ", did you mean '" + nearest + "'?");
}

std::vector<std::string> values_of_key(const std::vector<OverviewRun>& runs, const std::string& key) {
  if (key.empty()) return {""};
  std::set<std::string> seen;
  for (const OverviewRun& run : runs) seen.insert(key_text(run.info.config, key));
  std::vector<std::string> values(seen.begin(), seen.end());
  std::stable_sort(values.begin(), values.end(), value_less);
  return values;
}

/// The first key of `rest` with the most values, at most `most` of them; taken out of `rest`. "": none.
std::string take_key(std::vector<std::string>& rest, const std::vector<OverviewRun>& runs, std::size_t most) {
  std::size_t best = 0;
  std::string chosen;
  for (const std::string& key : rest) {
    const std::size_t count = values_of_key(runs, key).size();
    if (count <= most && count > best) {
      best = count;
      chosen = key;
    }
  }
  std::erase(rest, chosen);
  return chosen;
}

}  // namespace

std::string short_key(const std::string& key) { return key.substr(key.find_last_of('.') + 1); }

bool all_numbers(const std::vector<std::string>& values) {
  return std::all_of(values.begin(), values.end(), is_number);
}

bool has_diverged(const GroupedRun& run) { return run.source->info.status == RunStatus::kDiverged; }

double observed_until(const GroupedRun& run) { return static_cast<double>(run.source->info.step); }

RunGroups group_runs(const std::vector<OverviewRun>& runs, const OverviewOptions& options) {
  check_key(options.x, "--x");
  check_key(options.color, "--color");
  check_key(options.facet, "--facet");
  check_key(options.over, "--over");
  RunGroups groups{options.x, options.color, options.facet, options.over, {}, {}, {}, {}, {}, {}};
  std::vector<const Config*> configs;
  for (const OverviewRun& run : runs) configs.push_back(&run.info.config);
  const SweptKeys swept = swept_keys(configs);
  groups.keys = swept.keys;
  std::vector<std::string> rest = swept.keys;
  for (const std::string& key : {groups.x, groups.color, groups.facet, groups.over}) std::erase(rest, key);
  if (groups.x.empty()) groups.x = take_key(rest, runs, runs.size());
  if (groups.color.empty()) groups.color = take_key(rest, runs, kMostColours);
  if (groups.facet.empty()) groups.facet = take_key(rest, runs, kMostFigures);
  groups.pooled = rest;
  groups.xs = values_of_key(runs, groups.x);
  groups.colors = values_of_key(runs, groups.color);
  groups.facets = values_of_key(runs, groups.facet);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto text = [&](const std::string& key) {
      return key.empty() ? std::string() : key_text(runs[i].info.config, key);
    };
    groups.runs.push_back({&runs[i], text(groups.x), text(groups.color), text(groups.facet), swept.values[i]});
  }
  return groups;
}

std::vector<RunCell> cells_of(const RunGroups& groups, const std::string& facet) {
  std::vector<RunCell> cells;
  for (const std::string& color : groups.colors) {
    for (const std::string& x : groups.xs) {
      RunCell cell{x, color, {}, 0, {}};
      std::vector<Duration> durations;
      for (const GroupedRun& run : groups.runs) {
        if (run.x != x || run.color != color || run.facet != facet) continue;
        cell.runs.push_back(&run);
        const auto& grok = run.source->events.grok;
        cell.grokked += grok ? 1 : 0;
        durations.push_back({grok ? static_cast<double>(*grok) : observed_until(run), grok.has_value()});
      }
      if (cell.runs.empty()) continue;
      cell.grok = median_survival_estimate(durations);
      cells.push_back(std::move(cell));
    }
  }
  return cells;
}

std::string facet_words(const RunGroups& groups, const std::string& facet) {
  return groups.facet.empty() ? "" : fmt::format(", {} {}", short_key(groups.facet), facet);
}

}  // namespace groklab::report
