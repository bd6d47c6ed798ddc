// See fork_config.h.
#include "groklab/lab/fork_config.h"

#include <algorithm>
#include <string_view>

#include "groklab/config.h"
#include "groklab/lab/stored_inputs.h"

namespace groklab {
namespace {

bool assigns(const std::vector<std::string>& assignments, std::string_view key) {
  return std::any_of(assignments.begin(), assignments.end(), [&](const std::string& assignment) {
    const std::size_t end = assignment.find('=');
    std::string_view found = std::string_view(assignment).substr(0, end);
    while (!found.empty() && found.back() == ' ') found.remove_suffix(1);
    while (!found.empty() && found.front() == ' ') found.remove_prefix(1);
    return found == key;
  });
}

}  // namespace

void change_config(Config& config, const std::vector<std::string>& assignments) {
  if (assigns(assignments, "split.train_fraction") && !assigns(assignments, "split.train_size")) {
    config.split.train_size = 0;  // a size wins over a fraction, so the old one would hide the new fraction
  }
  if (assigns(assignments, "task.table")) config.task.table_digest.clear();
  if (assigns(assignments, "split.file")) config.split.file_digest.clear();
  for (const std::string& assignment : assignments) set_config_value(config, assignment);
}

Config fork_config(const Store& store, const std::string& parent_id, std::int64_t step,
                   const std::vector<std::string>& assignments) {
  Config config = store.run(parent_id).config;
  find_inputs(store, config);
  config.fork = ForkConfig{};
  config.fork.run = parent_id;
  config.fork.step = step;
  change_config(config, assignments);
  return config;
}

}  // namespace groklab
