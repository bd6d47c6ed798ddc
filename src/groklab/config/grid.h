// A grid file: a configuration in which any key may hold several values. Which runs come of it is sweep/plan.h's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "groklab/config.h"
#include "groklab/config/value.h"

namespace groklab {

/// One key and its values, at least one.
struct GridAxis {
  std::string key;
  std::vector<Value> values;
  std::string where;  ///< "grid.toml:12", for messages
};

/// A [[case]]: keys whose values go together. Its own lists are crossed like the others.
using GridCase = std::vector<GridAxis>;

/// Runs of one kind: every combination of the axes' values, in each of the cases (none: once).
struct GridStage {
  std::string name;            ///< "" if it has none
  std::string of;              ///< name of the stage whose runs are forked; "" for the one before it
  std::vector<GridAxis> axes;  ///< in the order of the file; the last varies fastest
  std::vector<GridCase> cases;
  std::string where;
};

/// Stage 0 trains from scratch; every further one ([[then]]) forks the runs of an earlier one.
struct Grid {
  std::vector<GridStage> stages;
};

/// Reads a TOML grid file. A value may be a list or a range, { from = a, to = b } with `step`, or with `count` and
/// `scale = "linear"` (the default) or "log"; both ends belong to it; for a whole-number key its values are rounded
/// and equal ones dropped. Throws Error(kConfig|kInput): TOML syntax, unknown key, wrong type, out of range.
Grid read_grid_file(const std::string& path);
Grid parse_grid_text(std::string_view text, const std::string& where);

/// Gives a key one value in every run of the grid, whatever the file says of it: "key=value" as in --set. Throws
/// Error(kConfig) for an unknown key, a wrong value, and keys of forks' parents.
void set_in_grid(Grid& grid, const std::string& assignment, std::string_view option = "--set");

}  // namespace groklab
