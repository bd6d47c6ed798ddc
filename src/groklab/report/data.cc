// See data.h.
#include "groklab/report/data.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string>

namespace groklab::report {

double drawable(double value) { return std::isfinite(value) ? value : std::numeric_limits<double>::quiet_NaN(); }

double for_colour(double value) {
  return std::isfinite(value) ? std::stod(fmt::format("{:.4g}", value)) : drawable(value);
}

}  // namespace groklab::report
