// A network whose weights come from a stored run or from a file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "groklab/config.h"
#include "groklab/exec/thread_pool.h"
#include "groklab/run/network_run.h"
#include "groklab/store/store.h"

namespace groklab {

struct LoadedNetwork {
  NetworkRun run;
  std::int64_t step = 0;   ///< of a stored run, or in the metadata of an exported file; else 0
  bool has_split = false;  ///< false: no split is known and all rows count as training rows
};

/// Weights of a safetensors file; see imported_config. Throws Error(kConfig|kInput).
LoadedNetwork load_weights(const std::string& path, const std::optional<Config>& base,
                           const std::vector<std::string>& assignments, ThreadPool& pool);

/// A stored run at `at` (a step or "last"), with `assignments` on top of its config (train.precision, loss.form, ...;
/// the network's shape must stay).
LoadedNetwork load_run(const Store& store, const std::string& id, const std::string& at,
                       const std::vector<std::string>& assignments, ThreadPool& pool);

}  // namespace groklab
