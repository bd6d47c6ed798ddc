// See work_option.h.
#include "work_option.h"

#include <algorithm>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/config/grid.h"
#include "groklab/engine/engine.h"
#include "groklab/studies/reproduction.h"
#include "groklab/studies/study.h"
#include "options.h"

namespace groklab::cli {

void WorkOption::add_to(CLI::App& command) {
  command.add_option("GRID", grid, "TOML file of a sweep");
  command.add_option("--study", study, "A study in the place of a sweep");
  command.add_option("--scale", scale, "Of the study (default: full)")->default_val("full");
  command.add_option("--isa", instruction_set, kPinnedInstructionSet);
}

void WorkOption::check(const std::string& command) const {
  // The machine that plans need not have it; a word that no machine knows would be told by every task.
  const std::vector<std::string> names = all_instruction_sets();
  if (!instruction_set.empty() && std::find(names.begin(), names.end(), instruction_set) == names.end()) {
    fail(ErrorKind::kConfig, "--isa: expected one of {}, found {}", join(names, ", "), instruction_set);
  }
  if (grid.empty() != study.empty()) return;
  fail(ErrorKind::kConfig, "{}: expected a grid file or --study, found {}", command, grid.empty() ? "neither" : "both");
}

SweepPlan WorkOption::plan(const std::atomic<bool>& interrupt) const {
  if (study.empty()) return expand_grid(read_grid_file(grid), &interrupt);
  const studies::Study& found = studies::find_study(study);
  studies::Scale named;
  named.name = scale;
  studies::check_scale(found, named);
  return studies::plan_claims(found.claims, named).plan;
}

std::vector<std::string> WorkOption::words(const std::string& grid_file) const {
  std::vector<std::string> words = {"sweep", grid_file};
  if (!study.empty()) words = {"reproduce", study, "--scale", scale};
  if (!instruction_set.empty()) words.insert(words.end(), {"--isa", instruction_set});
  return words;
}

}  // namespace groklab::cli
