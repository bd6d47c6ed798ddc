// A network with its task and an engine that holds its weights: of a stored run, or from a file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "groklab/config.h"
#include "groklab/engine/engine.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/lab/prepared_run.h"
#include "groklab/store/store.h"

namespace groklab {

struct LoadedNetwork {
  std::unique_ptr<PreparedRun> run;  ///< stays where it is: the engine refers to it
  std::unique_ptr<Engine> engine;
  std::int64_t step = 0;   ///< of a stored run; 0 for a file
  bool has_split = false;  ///< false: no split is known and all rows count as training rows
};

/// Weights of a safetensors file. What shapes cannot say (task, activation, ...) comes from `base`, else from the
/// configuration that groklab's own exports carry in their metadata, else from the defaults; `assignments`
/// ("key=value") go on top. Train and test groups are told apart if base or assignments say how to split, or if the
/// file's own configuration does and its task was left alone. Throws Error(kConfig|kInput).
LoadedNetwork load_weights(const std::string& path, const std::optional<Config>& base,
                           const std::vector<std::string>& assignments, ThreadPool& pool);

/// A stored run at `at` (a step or "last"), with `assignments` on top of its config (train.precision, loss.form, ...;
/// the network's shape must stay).
LoadedNetwork load_run(const Store& store, const std::string& id, const std::string& at,
                       const std::vector<std::string>& assignments, ThreadPool& pool);

}  // namespace groklab
