// The keys that name a file whose contents belong to a run. The contents count, by their digest; not where they lie.
#pragma once

#include "groklab/config.h"

namespace groklab {

/// Calls visit(key, path, digest) for each.
template <typename ConfigT, typename Visitor>
void visit_input_files(ConfigT& config, Visitor&& visit) {
  visit("task.table", config.task.table, config.task.table_digest);
  visit("split.file", config.split.file, config.split.file_digest);
}

}  // namespace groklab
