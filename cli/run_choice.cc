// See run_choice.h.
#include "run_choice.h"

#include <algorithm>

#include "groklab/base/error.h"
#include "groklab/sweep/stored_plan.h"

namespace groklab::cli {

void RunChoice::add_to(CLI::App& command) {
  command.add_option("RUN", runs, "Run ids, unique starts of them, 'last', or names");
  command.add_option("--where", where, "In the place of RUN: all runs that meet the condition; see groklab runs");
  command.add_option("--sweep", sweep, "In the place of RUN: all stored runs of this grid's file");
}

std::vector<std::string> RunChoice::ids(const Store& store, const char* command, NoRuns none) const {
  const int given = (runs.empty() ? 0 : 1) + (where.empty() ? 0 : 1) + (sweep.empty() ? 0 : 1);
  if (given != 1) {
    fail(ErrorKind::kConfig, "{}: expected RUN, --where or --sweep, found {} of them", command,
         given == 0 ? "none" : "several");
  }
  std::vector<std::string> all;
  if (!sweep.empty()) all = stored_runs(expand_grid(read_grid_file(sweep)), store);
  if (!where.empty()) {
    for (const RunInfo& info : store.runs(where)) all.push_back(info.id);
  }
  for (const std::string& name : runs) all.push_back(store.resolve(name));
  std::vector<std::string> ids;
  for (std::string& id : all) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
  }
  if (ids.empty() && none == NoRuns::kRefused) {
    fail(ErrorKind::kStore, "{}: expected runs, found none: {}", command, where.empty() ? sweep : where);
  }
  return ids;
}

}  // namespace groklab::cli
