// The configuration of a network whose weights come from a file: what the caller says, what the file's metadata says,
// and what its tensors say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "groklab/config.h"
#include "groklab/files/safetensors.h"
#include "groklab/run/network_run.h"

namespace groklab {

struct ImportedConfig {
  Config config;
  bool has_split = false;  ///< false: no split is known, and all rows count as training rows
  std::int64_t step = 0;   ///< in the metadata of groklab's own exports, else 0
};

/// What shapes cannot say (task, activation, ...) comes from `base`, else from the configuration that groklab's own
/// exports carry in their metadata, else from the defaults; `assignments` ("key=value") go on top. Train and test
/// groups are told apart if base or assignments say how to split, or if the file's own configuration does and its task
/// was left alone. No file that the metadata name is opened: one that the task needs must be named in `assignments` or
/// `base`; nor do the metadata make a table of more than some 100 MB. `file_name` is for messages. Throws
/// Error(kConfig|kInput).
ImportedConfig imported_config(const TensorFile& file, const std::string& file_name, const std::optional<Config>& base,
                               const std::vector<std::string>& assignments);

/// Compares the file's vocabulary and all its tensors with what the config asks for, as far as it tells the task's
/// size, so that nothing of a size that the file has not is ever allocated. Throws Error(kConfig|kInput).
void check_known_sizes(const Config& config, const TensorFile& file, const std::string& file_name);

/// A run of `task` that holds the file's weights, at step 0. Throws Error(kInput) for tensors that do not fit.
NetworkRun imported_run(const TensorFile& file, const std::string& file_name, const ResolvedConfig& config, Task task,
                        Split split, ThreadPool& pool);

}  // namespace groklab
