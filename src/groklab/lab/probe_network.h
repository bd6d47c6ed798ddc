// Probes of stored runs and of weights from files, after training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groklab/config/probe_set.h"
#include "groklab/engine/engine.h"
#include "groklab/lab/prepared_run.h"
#include "groklab/probe/logit_slice.h"
#include "groklab/probes.h"
#include "groklab/store/store.h"

namespace groklab {

/// Probes every stored checkpoint of a run, with one result per neuron at the last, and adds the results to the store.
std::vector<ProbeResult> probe_checkpoints(Store& store, const std::string& id, const ProbeSet& set, ThreadPool& pool);

/// What the page shows of a run: stored results, and the engine's present state with every probe. `fixed_input` is the
/// first input of the reordered logits. Empty for tasks too large for probes.
/// Without `interventions` no forward passes for ablations and subnetworks are made.
InsideView inside_view(const Store& store, const PreparedRun& run, Engine& engine, std::int64_t fixed_input,
                       bool interventions = true);

}  // namespace groklab
