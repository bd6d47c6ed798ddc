// Whether a probe result hangs together: lists that belong together have one length, numbers of components exist.
#pragma once

#include <string>

#include "groklab/probes.h"

namespace groklab {

/// What is wrong with a result that was read: "frequencies.logit_fraction: expected 56 numbers, found 3"; "" if
/// nothing. Whoever draws a result may rely on it.
std::string probe_result_fault(const ProbeResult& result);

}  // namespace groklab
