// See overview.h.
#include "overview.h"

namespace groklab::cli {

void OverviewFlags::add_to(CLI::App& command) {
  command.add_option("--x", options.x, "Config key on the axis of T_grok (default: the key with the most values)");
  command.add_option("--color", options.color, "Config key in colours (default: the one with the next most)");
  command.add_option("--facet", options.facet, "Config key of which each value has its own figures");
  command.add_option("--over", over, "Config key of repetitions, over which is aggregated (default: seed)");
  command.add_flag("--mean", options.use_mean, "Curves are means with Student's interval, not medians");
}

bool OverviewFlags::any() const {
  return !options.x.empty() || !options.color.empty() || !options.facet.empty() || !over.empty() || options.use_mean;
}

std::string OverviewFlags::as_arguments() const {
  std::string text;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) text += std::string(" ") + name + " " + value;
  };
  add("--x", options.x);
  add("--color", options.color);
  add("--facet", options.facet);
  add("--over", over);
  return text + (options.use_mean ? " --mean" : "");
}

std::string overview_page(const Store& store, const std::vector<RunInfo>& runs, const OverviewFlags& flags,
                          const std::string& command, const std::string& title) {
  std::vector<OverviewRun> read;
  for (const RunInfo& run : runs) read.push_back(overview_run(store, run));
  OverviewOptions options = flags.options;
  if (!flags.over.empty()) options.over = flags.over;
  options.command = command;
  return render_overview(read, options, title);
}

}  // namespace groklab::cli
