// Lists of probes, as config keys and command lines have them. The names come from the table of components.
#pragma once

#include <string>
#include <vector>

#include "groklab/probes.h"

namespace groklab {

/// The key that chooses probes by a list of names, and their ComponentSpec::choice.
inline constexpr const char* kProbesKey = "train.probes";

/// Every probe, in the table's order.
const std::vector<std::string>& probe_names();
/// Of a comma-separated list of names, or "all". `key` is named in the message. Throws Error(kConfig).
ProbeSet parse_probes(const std::string& list, const std::string& key);

}  // namespace groklab
