// From a configuration, and what the caller brings in its place, to the parts of a run.
#pragma once

#include <utility>

#include "groklab/config.h"
#include "groklab/run.h"
#include "groklab/task.h"

namespace groklab {

/// Makes the paths of tables and row files absolute, so that a stored run resumes from any directory, fills their
/// digests, so that the run's name follows their contents, and resolves. Throws Error(kConfig|kInput): also for a file
/// whose contents differ from a digest that is there already (it changed since the run was made).
ResolvedConfig resolve_with_files(Config config);

struct RunDescription {
  ResolvedConfig config;
  Task task;
  Split split;
};

/// The config of own parts names them by their contents, where those of files stand.
/// Throws Error(kConfig|kInput): what does not fit; a fork, whose parent only a store or a Run can give.
RunDescription describe_run(Config config, const RunParts& parts);

}  // namespace groklab
