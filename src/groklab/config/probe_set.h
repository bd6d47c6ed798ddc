// Names of the probes, as config keys and command lines have them.
#pragma once

#include <string>
#include <vector>

#include "groklab/probes.h"

namespace groklab {

/// In the order of the struct.
const std::vector<std::string>& probe_names();
/// Of a comma-separated list of names, or "all". `key` is named in the message. Throws Error(kConfig).
ProbeSet parse_probes(const std::string& list, const std::string& key);

}  // namespace groklab
