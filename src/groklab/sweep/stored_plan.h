// Which runs of a plan a store holds. Trains nothing.
#pragma once

#include <string>
#include <vector>

#include "groklab/store/store.h"
#include "groklab/sweep/plan.h"

namespace groklab {

/// Ids of the plan's runs that are stored, in the plan's order; a fork's identity is known where its parent is stored.
std::vector<std::string> stored_runs(const SweepPlan& plan, const Store& store);

}  // namespace groklab
