// A reading of probes as lines of text, for the program and the page.
#pragma once

#include <string>
#include <vector>

#include "groklab/probes.h"

namespace groklab {

struct ReadingLine {
  std::string probe;  ///< "circuits", ...
  std::string name;
  std::string value;
};

/// What was read, without the spectra, single neurons and sweeps; of ablations only the parts taken away.
std::vector<ReadingLine> reading_lines(const ProbeResult& reading);

/// Names of components, largest first; "none" for no component.
std::string component_list(const std::vector<std::int64_t>& keys, const std::vector<std::string>& names);

}  // namespace groklab
