// A curve in one line of text.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace groklab {

/// One block character (▁▂▃▄▅▆▇█) per value; `low` maps to the lowest, `high` to the full block, NaN to a space.
std::string sparkline(std::span<const double> values, double low, double high);

/// The curve (steps ascending, values) seen at `width` points, evenly spaced in log(1 + step) up to the last step:
/// each point takes the newest value at or before it, so that a short transition late in a run keeps its place.
std::vector<double> resample_log_steps(std::span<const double> steps, std::span<const double> values,
                                       std::size_t width);

}  // namespace groklab
