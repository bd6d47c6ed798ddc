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

/// The values of keys of all runs, each key's made once.
class KeyTexts {
 public:
  explicit KeyTexts(const std::vector<OverviewRun>& runs) : runs_(runs) {}

  /// As the runs; "" for all of them without a key.
  const std::vector<std::string>& of(const std::string& key) {
    const auto [texts, is_new] = texts_.try_emplace(key);
    if (!is_new) return texts->second;
    for (const OverviewRun& run : runs_) texts->second.push_back(key.empty() ? "" : key_text(run.info.config, key));
    return texts->second;
  }
  /// Each once, in their order.
  std::vector<std::string> values(const std::string& key) {
    const std::vector<std::string>& all = of(key);
    const std::set<std::string> seen(all.begin(), all.end());
    std::vector<std::string> values(seen.begin(), seen.end());
    std::stable_sort(values.begin(), values.end(), value_less);
    if (values.empty()) values.emplace_back();
    return values;
  }

 private:
  const std::vector<OverviewRun>& runs_;
  std::map<std::string, std::vector<std::string>> texts_;
};

std::vector<std::string> differing_keys(const std::vector<OverviewRun>& runs, const OverviewOptions& options,
                                        KeyTexts& texts) {
  if (options.differing.empty()) {
    std::vector<const Config*> configs;
    for (const OverviewRun& run : runs) configs.push_back(&run.info.config);
    return swept_keys(configs).keys;
  }
  std::vector<std::string> keys;
  for (const std::string& key : options.differing) {
    if (texts.values(key).size() > 1) keys.push_back(key);
  }
  return keys;
}

/// The first key of `rest` with the most values, at most `most` of them; taken out of `rest`. "": none.
std::string take_key(std::vector<std::string>& rest, KeyTexts& texts, std::size_t most) {
  std::size_t best = 0;
  std::string chosen;
  for (const std::string& key : rest) {
    const std::size_t count = texts.values(key).size();
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
  KeyTexts texts(runs);
  groups.keys = differing_keys(runs, options, texts);
  std::vector<std::string> rest = groups.keys;
  for (const std::string& key : {groups.x, groups.color, groups.facet, groups.over}) std::erase(rest, key);
  if (groups.x.empty()) groups.x = take_key(rest, texts, runs.size());
  if (groups.color.empty()) groups.color = take_key(rest, texts, kMostColours);
  if (groups.facet.empty()) groups.facet = take_key(rest, texts, kMostFigures);
  groups.pooled = rest;
  groups.xs = texts.values(groups.x);
  groups.colors = texts.values(groups.color);
  groups.facets = texts.values(groups.facet);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    GroupedRun run{&runs[i], texts.of(groups.x)[i], texts.of(groups.color)[i], texts.of(groups.facet)[i], {}};
    for (const std::string& key : groups.keys) run.values.push_back(texts.of(key)[i]);
    groups.runs.push_back(std::move(run));
  }
  return groups;
}

std::vector<RunCell> cells_of(const RunGroups& groups, const std::string& facet) {
  std::map<std::pair<std::string, std::string>, std::vector<const GroupedRun*>> places;
  for (const GroupedRun& run : groups.runs) {
    if (run.facet == facet) places[{run.color, run.x}].push_back(&run);
  }
  std::vector<RunCell> cells;
  for (const std::string& color : groups.colors) {
    for (const std::string& x : groups.xs) {
      const auto place = places.find({color, x});
      if (place == places.end()) continue;
      RunCell cell{x, color, place->second, 0, {}};
      std::vector<Duration> durations;
      for (const GroupedRun* run : cell.runs) {
        const auto& grok = run->source->events.grok;
        cell.grokked += grok ? 1 : 0;
        durations.push_back({grok ? static_cast<double>(*grok) : observed_until(*run), grok.has_value()});
      }
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
