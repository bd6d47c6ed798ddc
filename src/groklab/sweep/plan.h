// Which runs a sweep makes, and which of them start from others. Knows no store and trains nothing.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "groklab/config.h"
#include "groklab/config/grid.h"

namespace groklab {

inline constexpr std::ptrdiff_t kNoParent = -1;

/// One run to make. A fork's own identity is known when its parent has ended (its last step may depend on a stopping
/// rule), so a fork is held as its parent and the changes.
struct PlannedRun {
  Config config;  ///< what will be trained; a fork's fork.run is only a placeholder
  std::ptrdiff_t parent = kNoParent;
  std::int64_t fork_step = -1;                              ///< of the parent; -1: its last
  std::vector<std::string> changes;                         ///< of a fork, "key=value"
  std::vector<std::pair<std::string, std::string>> varied;  ///< keys that differ within the sweep, parents' included
};

/// Parents stand before their forks.
class SweepPlan {
 public:
  std::deque<PlannedRun> runs;  ///< a vector would hold each three times while it grows

  /// Adds a run from scratch, or finds the equal one; returns its index.
  std::size_t add(const Config& config);
  /// Adds a fork of run `parent`, or finds the equal one.
  std::size_t add_fork(std::size_t parent, const std::vector<std::string>& changes, std::int64_t step = -1);
  std::size_t insert(PlannedRun run);
  /// The same for a run whose configuration is resolved already.
  std::size_t insert(PlannedRun run, const ResolvedConfig& resolved);

 private:
  std::unordered_map<std::string, std::size_t> known_;  ///< digest of a run's canonical text -> its index
};

/// All combinations of a grid, equal runs once. Every run's configuration is checked: what one run cannot be trained
/// with is an Error(kConfig) before anything starts.
/// Incomplete where `interrupt` was set meanwhile.
SweepPlan expand_grid(const Grid& grid, const std::atomic<bool>* interrupt = nullptr);

}  // namespace groklab
