// See change.h.
#include "groklab/config/change.h"

#include <algorithm>

namespace groklab {
namespace {

bool assigns(const std::vector<std::string>& assignments, const char* key) {
  return std::any_of(assignments.begin(), assignments.end(),
                     [&](const std::string& assignment) { return assigned_key(assignment) == key; });
}

}  // namespace

std::string assigned_key(const std::string& assignment) {
  const std::string key = assignment.substr(0, assignment.find('='));
  const std::size_t first = key.find_first_not_of(' ');
  return first == std::string::npos ? "" : key.substr(first, key.find_last_not_of(' ') - first + 1);
}

void change_config(Config& config, const std::vector<std::string>& assignments) {
  if (assigns(assignments, "split.train_fraction") && !assigns(assignments, "split.train_size")) {
    config.split.train_size = 0;  // a size wins over a fraction, so the old one would hide the new fraction
  }
  if (assigns(assignments, "task.table")) config.task.table_digest.clear();
  if (assigns(assignments, "split.file")) config.split.file_digest.clear();
  for (const std::string& assignment : assignments) set_config_value(config, assignment);
}

}  // namespace groklab
