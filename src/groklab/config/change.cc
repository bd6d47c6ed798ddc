// See change.h.
#include "groklab/config/change.h"

#include <set>

#include "groklab/config/assignment.h"
#include "groklab/config/input_files.h"

namespace groklab {

void change_config(Config& config, const std::vector<std::string>& assignments, std::string_view option) {
  std::vector<Assignment> parsed;
  std::set<std::string_view> keys;
  parsed.reserve(assignments.size());  // the keys are views into it
  for (const std::string& assignment : assignments) {
    keys.insert(parsed.emplace_back(parse_assignment(assignment, option)).key);
  }
  if (keys.contains("split.train_fraction") && !keys.contains("split.train_size")) config.split.train_size = 0;
  visit_input_files(config, [&](const char* key, const std::string&, std::string& digest) {
    if (keys.contains(key)) digest.clear();
  });
  for (const Assignment& assignment : parsed) apply_assignment(config, assignment, option);
}

}  // namespace groklab
