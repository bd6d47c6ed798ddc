// See work_option.h.
#include "work_option.h"

#include "groklab/base/error.h"
#include "groklab/config/grid.h"
#include "groklab/studies/reproduction.h"
#include "groklab/studies/study.h"

namespace groklab::cli {

void WorkOption::add_to(CLI::App& command) {
  command.add_option("GRID", grid, "TOML file of a sweep");
  command.add_option("--study", study, "A study in the place of a sweep");
  command.add_option("--scale", scale, "Of the study (default: full)")->default_val("full");
}

void WorkOption::check(const std::string& command) const {
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
  if (study.empty()) return {"sweep", grid_file};
  return {"reproduce", study, "--scale", scale};
}

}  // namespace groklab::cli
