// The explicit table of probes. A new one is its source file, its test and a line here.
#include "groklab/probe/probe.h"

#define GROKLAB_PROBES(PROBE) \
  PROBE(circuits_probe)       \
  PROBE(frequencies_probe)    \
  PROBE(neurons_probe)        \
  PROBE(weights_probe)        \
  PROBE(geometry_probe)       \
  PROBE(subnetwork_probe)     \
  PROBE(ablation_probe)

namespace groklab {

#define GROKLAB_DECLARE(probe) const ProbeSpec& probe();
GROKLAB_PROBES(GROKLAB_DECLARE)
#undef GROKLAB_DECLARE

const std::vector<const ProbeSpec*>& probe_table() {
#define GROKLAB_LIST(probe) &probe(),
  static const std::vector<const ProbeSpec*> table = {GROKLAB_PROBES(GROKLAB_LIST)};
#undef GROKLAB_LIST
  return table;
}

}  // namespace groklab
