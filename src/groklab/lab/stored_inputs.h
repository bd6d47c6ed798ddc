// The table and row files that users give, kept in the store beside the runs made from them.
#pragma once

#include "groklab/config.h"
#include "groklab/store/store.h"

namespace groklab {

/// Copies the files that `config` (prepared: with digests) names into the store, unless they are there already.
/// Throws Error(kInput|kIo).
void keep_inputs(const Store& store, const Config& config);

/// Points the paths of a stored config at the store's copies, where the user's own file is gone or has changed.
void find_inputs(const Store& store, Config& config);

}  // namespace groklab
