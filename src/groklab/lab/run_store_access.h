// The door from the public view of a store to the store itself, for the report component.
#pragma once

#include "groklab/store.h"
#include "groklab/store/store.h"

namespace groklab {

struct RunStoreAccess {
  static const Store& store(const RunStore& run_store) { return *run_store.store_; }
};

}  // namespace groklab
