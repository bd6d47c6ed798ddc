// Probe results as lines of text, for the program and the page, and the pieces that probes make them of.
#pragma once

#include <string>
#include <vector>

#include "groklab/probe/probe.h"

namespace groklab {

/// What was measured, without the spectra, single neurons and sweeps; of ablations only the parts taken away.
std::vector<ProbeLine> probe_lines(const ProbeResult& result);

/// Four digits; "none" for NaN.
std::string probe_number(double value);
/// A percentage; "none" for NaN.
std::string probe_fraction(double value);
/// "a on training rows, b on test rows", or "a on all rows" where b is NaN.
std::string on_both(double train, double test, std::string (*text)(double));
/// Names of components, largest first; "none" for no component.
std::string component_list(const std::vector<std::int64_t>& keys, const std::vector<std::string>& names);

}  // namespace groklab
