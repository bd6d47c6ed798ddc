// See plot_run.h.
#include "groklab/report/plot_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "groklab/report/config_diff.h"
#include "groklab/report/downsample.h"
#include "groklab/report/palette.h"

namespace groklab::report {

namespace {

constexpr std::size_t kMaxLabelValues = 2;  ///< differing keys named in a label
constexpr std::size_t kMaxLabelLength = 44;

// What a researcher calls the run: its name, else the settings that set it apart, then the start of its id.
std::string run_label(const ReportRun& run, std::size_t index, std::vector<ConfigRow> differences) {
  if (const std::string& name = run.info.annotation.name; !name.empty() && name.size() <= kMaxLabelLength) return name;
  // What a fork came from goes without saying in a legend; the card tells.
  std::erase_if(differences, [](const ConfigRow& row) { return row.key.starts_with("fork."); });
  if (differences.empty() || differences.size() > kMaxLabelValues) return run.info.id;
  std::string label;
  for (const ConfigRow& row : differences) {
    const std::size_t dot = row.key.find_last_of('.');
    label += fmt::format("{} {}, ", row.key.substr(dot == std::string::npos ? 0 : dot + 1), row.values[index]);
  }
  if (label.size() > kMaxLabelLength) return run.info.id;
  return label + run.info.id.substr(0, 6);
}

// A screen is some 500 pixels per chart wide; more buckets per run only cost space.
std::size_t drawn_buckets(std::size_t runs) { return runs <= 4 ? 2000 : std::max<std::size_t>(400, 8000 / runs); }

}  // namespace

bool is_number(const std::string& value) {
  char* end = nullptr;
  std::strtod(value.c_str(), &end);
  return !value.empty() && *end == '\0';
}

std::vector<std::string> run_colours(std::size_t n) {
  if (n <= kPalette.size()) return {kPalette.begin(), kPalette.begin() + static_cast<std::ptrdiff_t>(n)};
  return ordered_colours(n);
}

std::vector<std::string> ordered_colours(std::size_t n) {
  // Viridis up to its light green: yellow is not legible on white.
  static constexpr double kViridis[][3] = {{68, 1, 84},    {72, 40, 120},  {62, 74, 137},
                                           {49, 104, 142}, {38, 130, 142}, {31, 158, 137},
                                           {53, 183, 121}, {109, 205, 89}, {180, 222, 44}};
  constexpr std::size_t kLast = std::size(kViridis) - 1;
  std::vector<std::string> colours;
  for (std::size_t i = 0; i < n; ++i) {
    const double at =
        static_cast<double>(i) / static_cast<double>(std::max<std::size_t>(n, 2) - 1) * static_cast<double>(kLast);
    const std::size_t low = std::min(static_cast<std::size_t>(at), kLast - 1);
    int rgb[3];
    for (int c = 0; c < 3; ++c) {
      rgb[c] = static_cast<int>(std::lround(std::lerp(kViridis[low][c], kViridis[low + 1][c], at - double(low))));
    }
    colours.push_back(fmt::format("#{:02x}{:02x}{:02x}", rgb[0], rgb[1], rgb[2]));
  }
  return colours;
}

std::vector<PlotRun> make_plot_runs(const std::vector<ReportRun>& runs) {
  const std::vector<std::string> colours = run_colours(runs.size());
  const std::vector<ConfigRow> differences = config_differences(runs);
  std::set<std::string> labels;
  std::vector<PlotRun> out;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const ReportRun& run = runs[i];
    PlotRun plot;
    plot.source = &run;
    plot.label = run_label(run, i, differences);
    for (int copy = 2; !labels.insert(plot.label).second; ++copy) {
      plot.label = fmt::format("{} ({})", run.info.id, copy);
    }
    plot.colour = colours[i];
    plot.drawn = downsample_records(run.records, drawn_buckets(runs.size()));
    plot.events = event_times(run.records, event_rule(run.info.config));
    out.push_back(std::move(plot));
  }
  return out;
}

bool is_downsampled(const PlotRun& run) { return run.drawn.size() < run.source->records.size(); }

}  // namespace groklab::report
