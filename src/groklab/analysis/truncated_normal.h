// Moments of a truncated normal, which the fits of censored data share.
#pragma once

namespace groklab {

/// First two moments about 0.
struct NormalMoments {
  double first = 0, second = 0;
};
/// Of a standard normal within [a, b], a < b; an end may be infinite.
NormalMoments truncated_moments(double a, double b);

}  // namespace groklab
