// How many steps to make before looking up.
#pragma once

#include <algorithm>
#include <cstdint>

namespace groklab {

/// Chooses chunks of steps that take about a tenth of a second: an interruption is noticed in time, and a fast
/// network is not slowed down by the looking.
class Pace {
 public:
  std::int64_t chunk() const { return chunk_; }
  void took(std::int64_t steps, double seconds) {
    const double wanted = seconds > 0 ? kChunkSeconds * static_cast<double>(steps) / seconds : 1e6;
    const double limit = 4.0 * static_cast<double>(chunk_);  // grow gently: early steps may be uncommonly fast
    chunk_ = static_cast<std::int64_t>(std::clamp(wanted, 1.0, std::min(limit, 1e6)));
  }

 private:
  static constexpr double kChunkSeconds = 0.1;
  std::int64_t chunk_ = 1;
};

}  // namespace groklab
