// See sparkline.h.
#include "groklab/view/sparkline.h"

#include <algorithm>
#include <cmath>

namespace groklab {

std::string sparkline(std::span<const double> values, double low, double high) {
  static const char* const kBlocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::string text;
  for (const double value : values) {
    if (std::isnan(value)) {
      text += ' ';
      continue;
    }
    const double fraction = high > low ? std::clamp((value - low) / (high - low), 0.0, 1.0) : 0.0;
    text += kBlocks[static_cast<std::size_t>(std::lround(fraction * 7.0))];
  }
  return text;
}

std::vector<double> resample_log_steps(std::span<const double> steps, std::span<const double> values,
                                       std::size_t width) {
  std::vector<double> points;
  if (steps.empty() || width == 0) return points;
  if (steps.size() <= width) return {values.begin(), values.end()};
  const double end = std::log1p(steps.back());
  std::size_t at = 0;
  for (std::size_t column = 1; column <= width; ++column) {
    const double place = end * static_cast<double>(column) / static_cast<double>(width);
    while (at + 1 < steps.size() && std::log1p(steps[at + 1]) <= place + 1e-12) ++at;
    points.push_back(values[at]);
  }
  return points;
}

}  // namespace groklab
