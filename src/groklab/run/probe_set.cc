// The probes of a list of names, for callers of the library.
#include "groklab/config/probe_set.h"

#include "groklab/probes.h"

namespace groklab {

ProbeSet probe_set(const std::string& names) { return parse_probes(names, "probes"); }

}  // namespace groklab
