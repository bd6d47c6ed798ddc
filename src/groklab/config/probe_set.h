// Names of the probes, as config keys and command lines have them.
#pragma once

#include <string>
#include <vector>

namespace groklab {

struct ProbeSet {
  bool circuits = false;     ///< both circuits in the logits
  bool frequencies = false;  ///< components of logits and embedding, restricted and excluded loss
  bool neurons = false;      ///< neurons that carry one component, and their norm
  bool weights = false;      ///< spectral norms and effective ranks
  bool geometry = false;     ///< gradient symmetricity and distance irrelevance
  bool subnetwork = false;   ///< fewest neurons that keep the predictions
  bool ablation = false;     ///< what scaling one part does to accuracy and loss
};

/// In the order of the struct.
const std::vector<std::string>& probe_names();
/// Of a comma-separated list of names, or "all". `key` is named in the message. Throws Error(kConfig).
ProbeSet parse_probes(const std::string& list, const std::string& key);

}  // namespace groklab
