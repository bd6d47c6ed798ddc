// From a config to everything that a run is made of: resolved config, name, task, split, and its fork parents.
#pragma once

#include <memory>
#include <string>

#include "groklab/config.h"
#include "groklab/store/store.h"
#include "groklab/task.h"

namespace groklab {

struct PreparedRun {
  ResolvedConfig config;  ///< digests of files filled in, their paths absolute
  std::string id;         ///< the config's, or the stored run's
  Task task;
  Split split;
  std::shared_ptr<const PreparedRun> parent;  ///< of a fork; else null
};

/// Throws Error: a bad config or file; a fork parent that is not in `store`, or whose table has other rows; a table
/// or row file whose contents differ from a digest that the config already holds (it changed since the run was made).
/// `store` may be null if the config is no fork.
PreparedRun prepare_run(Config config, const Store* store);

/// The same for a stored run. A table or row file that is gone or has changed is taken from the store's copy.
PreparedRun prepare_stored_run(const Store& store, const std::string& id);

}  // namespace groklab
